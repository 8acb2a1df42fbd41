"""``bidding story`` plays the whole job and checks it; ``bidding demo`` fills an instance to look around in."""

from __future__ import annotations

import time
from pathlib import Path

import click

from bidding.core.clock import FakeClock
from bidding.core.errors import N_
from bidding.i18n.terminal import say
from bidding.story.centre import Centre
from bidding.story.demo import accounts, fill
from bidding.story.play import Wrong
from bidding.story.whole import BEGINS, FEWEST, Story, begin, instance


@click.command()
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="还不存在的或空的文件夹。A folder that does not exist yet, or is empty.",
)
@click.option("--tenderers", default=20, show_default=True, type=click.IntRange(FEWEST, 200))
def story(out: Path, tenderers: int) -> None:
    """从公告到节资报告演一遍，把文书留在 OUT，再核验。Play the whole job, leave its papers in OUT, and verify them."""
    if out.exists() and any(out.iterdir()):
        raise click.ClickException(say(N_("文件夹 %(folder)s 不是空的；请换一个新的。"), folder=str(out)))
    out.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    clock = FakeClock(BEGINS)
    with instance(out / "instance", clock) as app:
        try:
            told = _play(out, tenderers, begin(out / "people", app, clock, tenderers))
        except Wrong as error:
            raise click.ClickException(say(N_("演示对不上：%(reason)s"), reason=str(error))) from error
    for name, seconds in told.told.acts:
        click.echo(f"{seconds:8.2f} s  {name}")
    for remark in told.told.remarks:
        click.echo(f"            {remark}")
    click.echo(f"{time.perf_counter() - start:8.2f} s  in all; awarded to {told.winner}")
    click.echo(f"verified: {out / 'opening.zip'} with {len(told.tender.received)} receipts")


def _play(out: Path, tenderers: int, centre: Centre) -> Story:
    told = Story(centre, out, tenderers)
    told.play()
    with told.told.act("papers, report, bundle"):
        told.leave()
    with told.told.act("verify"):
        told.check()
    return told


@click.command()
def demo() -> None:
    """装入演示中心；已有中心的不动。Fill an empty instance with a centre to look around in."""
    click.echo("\n".join(fill() or accounts()))
