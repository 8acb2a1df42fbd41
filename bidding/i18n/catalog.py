"""Which language a reader gets, and the English of every Chinese text.

The source texts are Chinese; ``en/<domain>.po`` holds their English, a file per domain. The files are merged once
when the process starts: there is nothing to compile and nothing that can be stale.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Protocol

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, g, request
from flask_babel import Babel, Domain, get_locale, refresh
from flask_login import current_user
from markupsafe import Markup
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

HOME = Path(__file__).parent / "en"

#: The cookie that remembers a choice of language, and what it may say, with each language's own name.
COOKIE = "language"
LANGUAGES = {"zh-Hans": "中文", "en": "English"}
DEFAULT = "zh-Hans"
_LOCALES = {code: Locale.parse(code, sep="-") for code in LANGUAGES}


def english() -> Catalog:
    """Every domain's translations in one catalogue, read again at each call: it is large, and few need it. Where two differ the first file's stands (see ``conflicts``)."""
    merged = Catalog(locale="en", charset="utf-8")
    for _, message in _messages():
        if merged.get(message.id) is None:
            merged.add(message.id, message.string)
    return merged


def conflicts() -> list[str]:
    """Texts that two domains translate differently, so that one of them reads what the other meant."""
    found, known = [], dict[str, str]()
    for name, message in _messages():
        other = known.setdefault(str(message.id), str(message.string))
        if other != message.string:
            found.append(f"{name}: {message.id!r} is {message.string!r} here and {other!r} elsewhere")
    return found


def _messages() -> Iterator[tuple[str, Message]]:
    for path in sorted(HOME.glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="en", abort_invalid=True):
                if message.id:
                    yield path.name, message


@lru_cache(maxsize=1)
def _translations() -> Translations:
    compiled = BytesIO()
    write_mo(compiled, english())
    compiled.seek(0)
    return Translations(compiled)


def say_in(language: str) -> Callable[[str], str]:
    """What gives a text in one of ``LANGUAGES``, outside of any request."""
    if language != "en":
        return str
    say: Callable[[str], str] = _translations().gettext
    return say


class _Merged(Domain):  # type: ignore[misc]
    """Translations from the merged catalogue; Chinese needs none."""

    def get_translations(self) -> NullTranslations:
        """What ``gettext`` asks."""
        locale = get_locale()
        return _translations() if locale is not None and locale.language == "en" else NullTranslations()


def init_app(app: Flask) -> None:
    """Give ``_()`` to templates, and every request its language."""
    babel = Babel(app, default_locale="zh_Hans", default_timezone="Asia/Shanghai", locale_selector=_selected)
    babel.domain_instance = _Merged()
    app.jinja_env.globals["_"] = _in_page
    app.context_processor(lambda: {"_": _saying()})


class _Say(Protocol):
    def __call__(self, text: str, **variables: object) -> Markup: ...


def _say(is_english: bool) -> _Say:
    def say(text: str, **variables: object) -> Markup:
        said = str(text)  # a form's label may be a text that waits for its reader
        if not variables:
            return _whole(said, is_english)
        marked = _marked(said, is_english)
        if all(
            type(value) is int for value in variables.values()
        ):  # nothing to escape, and most have only numbers
            return Markup(str.__mod__(marked, variables))  # noqa: S704 — see _marked
        return marked % variables

    return say


_SAY = {is_english: _say(is_english) for is_english in (False, True)}


def _saying() -> _Say:
    """``_`` of a page: a text, with its variables escaped, as Jinja's own says it, but of a language that is asked for once.

    A page says some two hundred texts, and to ask for the language took longer than to say them.
    """
    locale = get_locale()
    return _SAY[locale is not None and locale.language == "en"]


def _in_page(text: str, **variables: object) -> Markup:
    """``_`` where no page is at hand: in macros, which are imported without one."""
    return _saying()(text, **variables)


@lru_cache(maxsize=8192)
def _marked(text: str, is_english: bool) -> Markup:
    """The text as it is to be filled in: it is ours, and may hold tags."""
    return Markup(_translations().gettext(text) if is_english else text)  # noqa: S704 — never what a reader wrote


@lru_cache(maxsize=8192)
def _whole(text: str, is_english: bool) -> Markup:
    """A text without variables, in which a per cent sign is written twice all the same."""
    return _marked(text, is_english) % {}


def _selected() -> Locale:
    return _LOCALES[language()]


def speak(code: str) -> None:
    """Answer this request in the language that its address names; in the usual one if it names none of ours."""
    if code in LANGUAGES:
        g.language = code
        refresh()


def language() -> str:
    """The reader's language: named by the address, chosen in this browser, kept with the account, or asked for by the browser."""
    for choice in (g.get("language"), request.cookies.get(COOKIE), getattr(current_user, "language", None)):
        if choice in LANGUAGES:
            return str(choice)
    return preferred(request.headers.get("Accept-Language", ""))


@lru_cache(maxsize=1024)
def preferred(header: str) -> str:
    """What ``Accept-Language`` asks for: browsers send few different ones, and every watcher of a hall its own each time."""
    accepted = parse_accept_header(header, LanguageAccept)
    return "en" if accepted.best_match(["zh", "zh-CN", "zh-Hans", "en"], DEFAULT) == "en" else DEFAULT
