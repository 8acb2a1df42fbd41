"""What the offline commands say and ask on the terminal: Chinese, or English where the terminal speaks it.

No Flask: the catalogue's English is read straight from its file.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import click
from babel.messages.pofile import read_po

from bidding.core.canonical import Malformed
from bidding.core.errors import N_, DomainError
from bidding.sealing.keys import check_passphrase

_ENGLISH = Path(__file__).parent.parent / "i18n" / "en"


def speaks_english() -> bool:
    """Whether the terminal wants English: ``BIDDING_LANG``, else the locale."""
    for name in ("BIDDING_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return value.lower().startswith("en")
    return False


@lru_cache(maxsize=1)
def _english() -> dict[str, str]:
    out: dict[str, str] = {}
    for path in sorted(_ENGLISH.glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="en"):
                if isinstance(message.id, str) and message.id and message.string:
                    out[message.id] = str(message.string)
    return out


def say(text: str, /, **places: Any) -> str:
    """A Chinese text in the terminal's language, its places filled; texts among them are translated too."""
    if speaks_english():
        text = _english().get(text, text)
        places = {
            name: _english().get(value, value) if isinstance(value, str) else value
            for name, value in places.items()
        }
    return text % places if places else text


def tell(text: str, /, **places: Any) -> None:
    """Print a line of it."""
    click.echo(say(text, **places))


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what the domain refuses into the command's error: one sentence, exit status 1."""
    try:
        yield
    except DomainError as error:
        raise click.ClickException(say(error.text, **error.params)) from error
    except Malformed as error:
        raise click.ClickException(say(N_("文件的内容不对：%(reason)s"), reason=str(error))) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise click.ClickException(
            say(N_("文件 %(file)s 读写不了：%(reason)s"), file=error.filename or "", reason=reason)
        ) from error


def passphrase(words: str, file: Path | None, *, new: bool = False) -> str:
    """A passphrase: the first line of ``file``, or asked for; a new one twice, and not a short one."""
    if file is not None:
        with refusals():
            lines = file.read_text("utf-8").splitlines()
        found = lines[0] if lines else ""
    else:
        found = click.prompt(
            say(words),
            hide_input=True,
            confirmation_prompt=say(N_("再输一次")) if new else False,
        )
    if new:
        with refusals():
            check_passphrase(found)
    return str(found)


def passphrase_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--passphrase-file``, for machines without a keyboard."""
    return click.option(
        "--passphrase-file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="密钥文件口令所在的文件（取第一行）；不写则在屏幕上询问。",
    )(command)
