"""What people's own commands ask on the terminal, and how they refuse. No Flask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from bidding.core.canonical import Malformed
from bidding.core.errors import N_, DomainError
from bidding.i18n.terminal import say
from bidding.sealing import age
from bidding.sealing.keys import TrusteeKey, check_passphrase, check_typed, read_trustee_key


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


def work_factor() -> int:
    """log2 of scrypt's N for a key file: age's own, or what a program says that runs the command (click's ``obj``)."""
    said = click.get_current_context().obj
    return said if isinstance(said, int) else age.WORK_FACTOR


def trustee_key(path: Path, file: Path | None) -> TrusteeKey:
    """The trustee's key at ``path``, its passphrase from ``file`` or asked for. Raises what ``read_trustee_key`` does."""
    check_typed(path)
    return read_trustee_key(path, passphrase(N_("密钥文件的口令"), file))


def passphrase_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--passphrase-file``, for machines without a keyboard."""
    return click.option(
        "--passphrase-file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="密钥文件口令所在的文件（取第一行）；不写则在屏幕上询问。",
    )(command)
