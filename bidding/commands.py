"""The ``bidding`` command. A subcommand is loaded only when called: sealing and verifying need no Flask."""

from __future__ import annotations

from importlib import import_module

import click

#: name → module:object. Two-word names are commands of a group.
COMMANDS = {
    "seal": "bidding.sealing.cli:seal",
    "withdraw": "bidding.sealing.cli:withdraw",
    "trustee": "bidding.opening.cli:trustee",
    "draw": "bidding.experts.cli:draw",
    "verify": "bidding.verification.cli:verify",
    "witness": "bidding.ledger.cli:witness",
    "serve": "bidding.server:serve",
    "certificate": "bidding.certificate:certificate",
    "migrate": "bidding.server:migrate",
    "logs": "bidding.server:logs",
    "found": "bidding.server:found",
    "demo": "bidding.story.cli:demo",
    "story": "bidding.story.cli:story",
}


class Lazy(click.Group):
    """A group that imports a subcommand's module only when it is asked for."""

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


@click.command(cls=Lazy)
@click.version_option(package_name="sunlit-bidding")
def main() -> None:
    """阳光交易 · Sunlit Bidding."""
