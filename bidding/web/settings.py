"""What a centre may set, where it is read from, and what it is when nobody set it."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

from bidding.core.entropy import SystemEntropy
from bidding.core.errors import N_

#: Steps of 1000, as file managers count and as the pages print: 2 GB stand there as 2 GB.
MEGA = 10**6
GIGA = 10**9


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of ``instance/settings.toml``; ``BIDDING_<NAME>`` in the environment says the same."""

    name: str
    default: str | int | bool
    meaning: str


SETTINGS = (
    Setting(
        "CENTRE_NAME", "政务服务中心招投标交易中心", "the centre's name, in the head of every page and paper"
    ),
    Setting("REGION", "000000", "the centre's division by GB/T 2260, six digits: in every project's number"),
    Setting(
        "REGION_NAMES",
        "",
        "names of divisions in the savings report: 510524=叙永县, 510521=泸县; without one it is told by its digits",
    ),
    Setting(
        "SAVINGS_BASIS",
        "budget",
        "what the savings of procurement are counted from: budget, or ceiling where one was set",
    ),
    Setting("HOTLINE", "", "the telephone in the foot of every page"),
    Setting("SERVICE_HOURS", N_("工作日 8:30—12:00、13:30—17:30"), "when the hotline is answered"),
    Setting("SERVICE_DESK", "", "where the network service room is"),
    Setting(
        "FEES",
        "",
        "what the centre charges and how much, as its one-time notices say it; empty: ask at the window",
    ),
    Setting(
        "LOG_HOST", "localhost", "HOST of every log's origin (protocol §4); never changed once a log exists"
    ),
    Setting(
        "OCID_PREFIX",
        "ocds-000000",
        "the prefix that the Open Contracting Partnership registered for the centre: before every number in open data; "
        "what has been published keeps the one it was published under",
    ),
    Setting("DATABASE_URL", "", "postgresql://…; empty: instance/bidding.db"),
    Setting("BEHIND_TLS", False, "browsers come by HTTPS: Secure __Host- cookies, HSTS"),
    Setting("PROXIES", 0, "how many proxies in front are ours; only their X-Forwarded-* counts"),
    Setting("MAX_FORM", 25 * MEGA, "bytes of an ordinary form with its files"),
    Setting("MAX_DOCUMENT", 10 * MEGA, "bytes of a licence or an authorisation letter"),
    Setting("MAX_FILE", 2 * GIGA, "bytes of one uploaded file or sealed part"),
    Setting("MAX_BID", 4 * GIGA, "bytes of one sealed bid"),
    Setting("MAX_UPLOADS", 8 * GIGA, "bytes of everything one tenderer has on its way in"),
    Setting("UPLOAD_HOURS", 72, "how long an upload that nobody goes on with is kept"),
    Setting("DISK_RESERVE", GIGA, "bytes kept free so that what has been uploaded can still be finished"),
    Setting("SESSION_IDLE_MINUTES", 30, "sign-in ends after this long without a page"),
    Setting("SESSION_HOURS", 12, "sign-in ends after this long at the latest"),
    Setting("INVITATION_HOURS", 24, "how long an invitation holds; at most 24"),
    Setting("ACCEPTANCE", True, "a project is published only once the centre's window has taken it on"),
    Setting("DRILL_DAYS", 30, "how long a trustee's key drill counts; at most 30 (protocol §2)"),
    Setting(
        "SECOND_FACTOR_DAYS",
        14,
        "days from the first sign-in until supervisors and administrators must have a second factor; 0: never",
    ),
    Setting(
        "PASSKEY_HOST", "", "the name that passkeys are made under; empty: the host of the page's address"
    ),
    Setting(
        "PUBLIC_URL",
        "",
        "where browsers find the centre, https://…: for links in mails, calendars and the SMS to experts; empty: none",
    ),
    Setting("SMTP_HOST", "", "the mail server; empty: no mails are sent"),
    Setting("SMTP_PORT", 587, "its port: 587 for STARTTLS, 465 for TLS"),
    Setting("SMTP_SECURITY", "starttls", "starttls, tls, or plain"),
    Setting("SMTP_USER", "", "who signs in to the mail server; empty: nobody"),
    Setting("SMTP_PASSWORD", "", "with which password"),
    Setting("SMTP_CA", "", "file with the authority of the mail server's certificate; empty: the system's"),
    Setting("MAIL_FROM", "", "the address that mails come from"),
    Setting("SMS_URL", "", "an SMS gateway's address, with places {to}, {text}, {id}; empty: no SMS"),
    Setting("SMS_HEADERS", "", "headers of its requests, a JSON object"),
    Setting("SMS_BODY", "", "JSON that is posted to it, with the same places; empty: a GET without a body"),
    Setting("SMS_ACCEPTED", "", "text that a good answer holds; empty: any answer with status 2xx"),
    Setting(
        "PROVINCE_PLATFORM",
        "",
        "the USCC of this platform at the province's; empty: nothing is noted for the province",
    ),
    Setting(
        "PROVINCE_PROFILE", "", "file with the province's own names, codes and numbers, JSON; empty: none"
    ),
    Setting(
        "PROVINCE_URL", "", "where messages to the province are posted; empty: packages to be carried over"
    ),
    Setting("PROVINCE_HEADERS", "", "headers of these posts, a JSON object"),
    Setting("PROVINCE_FORMAT", "json", "json or xml"),
    Setting("PROVINCE_ACCEPTED", "", "text that a good answer holds; empty: any answer with status 2xx"),
    Setting("PROVINCE_CA", "", "file with the authority of the receiver's certificate; empty: the system's"),
    Setting(
        "WITNESS_QUORUM",
        0,
        "how many witnesses must cosign for projects published from now on; 0: more than half of those in service",
    ),
    Setting("WITNESS_CA", "", "file with the authority of the witnesses' certificates; empty: the system's"),
    Setting(
        "HALL_SECONDS", 1, "how long the state of an opening hall is believed by its watchers; 0: not at all"
    ),
    Setting(
        "LIST_SECONDS",
        1,
        "how long a page of the list of notices is handed to everybody who has not signed in; 0: not at all",
    ),
    Setting(
        "API_PUBLIC_A_MINUTE",
        120,
        "requests to the JSON interface from one address without a key; 0: any number",
    ),
    Setting("API_KEY_A_MINUTE", 300, "the same with a key, of each key"),
    Setting(
        "REHEARSAL_URL",
        "",
        "where staff find the rehearsal room (bidding rehearsal), https://…; empty: no link to it",
    ),
    Setting("CHANNEL_SECONDS", 20, "how long a step of a mail server or gateway may take"),
    Setting("OUTBOX_HOURS", 24, "how long a letter is tried before it is given up"),
    Setting("BID_LETTERS", True, "messages about one's own bids also leave by e-mail and SMS"),
    Setting("PASSWORD_ROUNDS", 2, "argon2id passes"),
    Setting("PASSWORD_MEMORY_KIB", 19 * 1024, "argon2id memory"),
    Setting("PASSWORD_LANES", 1, "argon2id lanes"),
    Setting(
        "PASSWORDS_AT_ONCE",
        4,
        "passwords checked at the same time, half of them kept for known browsers; the others wait",
    ),
    Setting("THROTTLE_MINUTES", 15, "how long a failed sign-in counts"),
    Setting("THROTTLE_PAIR", 5, "failures of one account from one address, before every attempt has to wait"),
    Setting(
        "THROTTLE_ADDRESS", 40, "failures of one address over all accounts, before every attempt has to wait"
    ),
    Setting("THROTTLE_WAIT_SECONDS", 30, "how long an attempt waits then; it is never refused for longer"),
)


class BadSetting(ValueError):
    """A setting that is not known or has the wrong form; said at start, not at the first use."""


def load(app: Flask, config: Mapping[str, Any]) -> None:
    """Fill ``app.config``. Later wins: default, ``instance/settings.toml``, ``BIDDING_*``, ``config``.

    Creates ``instance/`` with its folders for blobs and keys, and the session key on the first start.
    Raises ``BadSetting``.
    """
    instance = Path(app.instance_path)
    keys = Path(config.get("KEYS", instance / "keys"))
    blobs = Path(config.get("BLOBS", instance / "blobs"))
    sealed = Path(config.get("SEALED", instance / "sealed"))
    for folder in (instance, keys, blobs, sealed):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    values: dict[str, Any] = {setting.name: setting.default for setting in SETTINGS}
    values |= _from_file(instance / "settings.toml")
    values |= _from_environment(os.environ)
    values |= config
    values["KEYS"], values["BLOBS"], values["SEALED"] = str(keys), str(blobs), str(sealed)
    values["SECRET_KEY"] = config.get("SECRET_KEY") or secret(keys / "secret.key")
    values["SQLALCHEMY_DATABASE_URI"] = database_url(
        config.get("SQLALCHEMY_DATABASE_URI") or values["DATABASE_URL"], instance
    )
    if not 1 <= values["INVITATION_HOURS"] <= 24:
        raise BadSetting("INVITATION_HOURS: an invitation holds from 1 to 24 hours")
    if values["SAVINGS_BASIS"] not in ("budget", "ceiling"):
        raise BadSetting("SAVINGS_BASIS: budget or ceiling")
    if not 1 <= values["DRILL_DAYS"] <= 30:
        raise BadSetting("DRILL_DAYS: a drill counts from 1 to 30 days")
    if values["WITNESS_QUORUM"] < 0:
        raise BadSetting("WITNESS_QUORUM: 0 or more")
    if not re.fullmatch("ocds-[a-z0-9]{6}", values["OCID_PREFIX"]):
        raise BadSetting("OCID_PREFIX: ocds- and six lower-case letters or digits")
    values["PUBLIC_URL"] = values["PUBLIC_URL"].rstrip("/")
    if values["PUBLIC_URL"] and not values["PUBLIC_URL"].startswith(("https://", "http://")):
        raise BadSetting("PUBLIC_URL: https://…")
    if values["OUTBOX_HOURS"] < 1 or values["CHANNEL_SECONDS"] < 1:
        raise BadSetting("OUTBOX_HOURS, CHANNEL_SECONDS: at least 1")
    app.config.update(values)
    app.config.update(_of_flask(values))
    app.config.update({name: value for name, value in config.items() if name not in _OURS})


_OURS = frozenset(
    {setting.name for setting in SETTINGS}
    | {"KEYS", "BLOBS", "SEALED", "SECRET_KEY", "SQLALCHEMY_DATABASE_URI"}
)


def _of_flask(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same wishes in the words of Flask and its extensions."""
    tls = bool(values["BEHIND_TLS"])
    prefix = "__Host-" if tls else ""  # browsers refuse the prefix on plain HTTP
    return {
        "SESSION_COOKIE_NAME": f"{prefix}sunlit-form",
        "SESSION_COOKIE_SECURE": tls,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "SIGN_IN_ENDPOINT": "identity.sign_in",
        "SIGN_IN_COOKIE": f"{prefix}sunlit",
        "DEVICE_COOKIE": f"{prefix}sunlit-device",
        "MAX_CONTENT_LENGTH": values["MAX_FORM"],
        "WTF_CSRF_TIME_LIMIT": None,  # a page left open over lunch must still send; the token dies with the session
        "WTF_CSRF_SSL_STRICT": False,  # forms.same_origin asks the Origin, which privacy settings do not strip
    }


def database_url(url: str, instance: Path) -> str:
    """The SQLAlchemy URL: both spellings of PostgreSQL go to psycopg 3, nothing means the file in ``instance/``."""
    if not url:
        return f"sqlite:///{instance / 'bidding.db'}"
    for spelling in ("postgres://", "postgresql://"):
        if url.startswith(spelling):
            return "postgresql+psycopg://" + url.removeprefix(spelling)
    return url


def secret(path: Path) -> str:
    """The key that signs form cookies: 32 random bytes in hex, made once, readable by its owner only."""
    if not path.exists():
        key = SystemEntropy().bytes(32).hex()
        draft = path.with_name(f"{path.name}.{key[:8]}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(key + "\n")
        with suppress(FileExistsError):  # two processes may start at once: the first name stands, whole
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text("ascii").strip()


def _from_file(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadSetting(f"{path.name}: {error}") from error
    known = {setting.name: setting for setting in SETTINGS}
    for name, value in found.items():
        if name not in known:
            raise BadSetting(f"{path.name}: no setting is called {name}")
        if type(value) is not type(known[name].default):
            raise BadSetting(f"{path.name}: {name} must be like {known[name].default!r}")
    return found


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if environment.get("DATABASE_URL"):
        found["DATABASE_URL"] = environment["DATABASE_URL"]
    for setting in SETTINGS:
        text = environment.get(f"BIDDING_{setting.name}")
        if text is not None:
            found[setting.name] = _read(setting, text)
    return found


def _read(setting: Setting, text: str) -> str | int | bool:
    if isinstance(setting.default, bool):
        if text.lower() not in ("0", "1", "true", "false"):
            raise BadSetting(f"BIDDING_{setting.name}: true or false")
        return text.lower() in ("1", "true")
    if isinstance(setting.default, int):
        if not text.isascii() or not text.isdigit():
            raise BadSetting(f"BIDDING_{setting.name}: a whole number")
        return int(text)
    return text
