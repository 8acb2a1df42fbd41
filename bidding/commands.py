"""The ``bidding`` command. A subcommand is loaded only when called: sealing and verifying need no Flask."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

import click
from click.exceptions import NoArgsIsHelpError

from bidding.core.errors import N_
from bidding.i18n.terminal import say, speaks_english

#: name → module:object. Two-word names are commands of a group.
COMMANDS = {
    "seal": "bidding.sealing.cli:seal",
    "withdraw": "bidding.sealing.cli:withdraw",
    "key": "bidding.sealing.cli:key",
    "trustee": "bidding.opening.cli:trustee",
    "draw": "bidding.experts.cli:draw",
    "open": "bidding.opening.offline.cli:open_hall",
    "verify": "bidding.verification.cli:verify",
    "witness": "bidding.ledger.cli:witness",
    "serve": "bidding.server:serve",
    "certificate": "bidding.certificate:certificate",
    "paper-key": "bidding.server:paper_key",
    "migrate": "bidding.server:migrate",
    "logs": "bidding.server:logs",
    "found": "bidding.server:found",
    "rehearsal": "bidding.rehearsal.cli:rehearsal",
    "demo": "bidding.story.cli:demo",
    "story": "bidding.story.cli:story",
}


class Lazy(click.Group):
    """A group that imports a subcommand's module only when it is asked for."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run, and say what was typed wrong in the terminal's language; click itself knows English only."""
        try:
            told = super().main(args, prog_name, complete_var, False, **extra)
        except click.ClickException as error:
            if not standalone_mode:
                raise
            _say_wrong(error)
        except click.Abort:
            if not standalone_mode:
                raise
            sys.exit(1)
        if not standalone_mode:
            return told
        sys.exit(told if isinstance(told, int) else 0)  # click hands a status over, where a command set one

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is meant; a name that is none is told with those that are."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            known = "、".join(COMMANDS)
            ctx.fail(say(N_("没有 %(what)s 这个命令。能用的有：%(known)s。"), what=args[0], known=known))
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order in which a tender goes."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)  # noqa: S101 — a programming error, not an input
        return command


def _say_wrong(error: click.ClickException) -> NoReturn:
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    if speaks_english() or isinstance(error, NoArgsIsHelpError):
        error.show()
    elif isinstance(error, click.UsageError) and ctx is not None:
        click.echo(say(N_("用法：%(usage)s"), usage=ctx.get_usage().partition(" ")[2]), err=True)
        click.echo(say(N_("说明：%(command)s --help"), command=ctx.command_path), err=True)
        click.echo(say(N_("错误：%(reason)s"), reason=_reason(error, ctx)), err=True)
    else:
        click.echo(say(N_("错误：%(reason)s"), reason=error.format_message()), err=True)
    sys.exit(error.exit_code)


def _reason(error: click.UsageError, ctx: click.Context) -> str:
    """What is wrong, as far as click says it in parts; else its own words, or ours where we raised it."""
    if isinstance(error, click.MissingParameter):
        return say(N_("没有写 %(what)s。"), what=error.param_hint or _named(error.param, ctx))
    if isinstance(error, click.NoSuchOption):
        if error.possibilities:
            near = "、".join(sorted(error.possibilities))
            return say(N_("没有 %(what)s 这个选项；是不是 %(near)s？"), what=error.option_name, near=near)
        return say(N_("没有 %(what)s 这个选项。"), what=error.option_name)
    if isinstance(error, click.BadParameter):
        what = error.param_hint or _named(error.param, ctx)
        return say(N_("%(what)s 写得不对：%(reason)s"), what=what, reason=error.message)
    return error.format_message()


def _named(param: click.Parameter | None, ctx: click.Context) -> str:
    return param.get_error_hint(ctx) if param is not None else ""


@click.command(cls=Lazy)
@click.version_option(package_name="sunlit-bidding")
def main() -> None:
    """阳光交易 · Sunlit Bidding."""
