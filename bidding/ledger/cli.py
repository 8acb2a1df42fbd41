"""``bidding witness``: the witness's side, on the supervisor's own machine. No Flask, no database."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

import click
import httpx

from bidding.core.canonical import Malformed, dumps, exactly, loads
from bidding.core.clock import Clock, SystemClock, unix
from bidding.core.entropy import SystemEntropy
from bidding.core.errors import N_
from bidding.i18n.terminal import say, tell
from bidding.ledger.note import Algorithm, VerifierKey, parse_head, parse_note, parse_vkey
from bidding.ledger.wire import COSIGNATURES, REQUESTS, authorization, parse_add_checkpoint
from bidding.ledger.witness import (
    Fork,
    Refused,
    StateFile,
    Witness,
    keep_evidence,
    new_key,
    parse_key,
    parse_requests,
)
from bidding.ledger.witness_server import Calls, WitnessServer


@dataclass
class Turn:
    """What came of asking once."""

    cosigned: list[tuple[str, int]] = field(default_factory=list)
    #: Why a request was not cosigned, or an answer not taken.
    refused: list[str] = field(default_factory=list)
    #: Pairs of signed notes that prove a forked log.
    evidence: list[str] = field(default_factory=list)
    #: Origins whose server holds less than this witness has seen.
    behind: list[str] = field(default_factory=list)


def take_turn(client: httpx.Client, witness: Witness, clock: Clock) -> Turn:
    """Ask the server what is to be cosigned, cosign what may be, and hand the lines in.

    Raises ``httpx.HTTPError`` when the server cannot be reached or refuses the witness; nothing is lost then,
    for the server asks again.
    """
    turn = Turn()
    sizes = [{"origin": origin, "size": size} for origin, size in witness.sizes().items()]
    answer = _post(client, witness, clock, REQUESTS, dumps({"v": 1, "sizes": sizes}))
    requests, show = parse_requests(answer)
    lines = []
    for vkey, text in requests:
        try:
            line = witness.cosign(text, vkey, unix(clock.now()))
        except Fork as fork:
            turn.evidence.append(fork.evidence)
            turn.refused.append(str(fork))
        except (Refused, Malformed) as error:
            turn.refused.append(str(error))
        else:
            head = parse_head(parse_note(parse_add_checkpoint(text).note)[0])
            turn.cosigned.append((head.origin, head.size))
            lines.append({"origin": head.origin, "size": head.size, "line": line})
    notes = [note for note in map(witness.note, show) if note is not None]
    turn.behind = [origin for origin in show if witness.note(origin) is not None]
    if lines or notes:
        body = dumps({"v": 1, "cosignatures": lines, "notes": notes})
        taken = exactly(loads(_post(client, witness, clock, COSIGNATURES, body)), "v refused", "answer")
        turn.refused += [f"{item['origin']} {item['size']}: {item['reason']}" for item in taken["refused"]]
    return turn


def _post(client: httpx.Client, witness: Witness, clock: Clock, path: str, body: bytes) -> bytes:
    headers = {
        "Authorization": authorization(witness.name, witness.seed, "POST", path, body, unix(clock.now())),
        "Content-Type": "application/json",
        "Accept": "application/json",
    }
    response = client.post(path, content=body, headers=headers)
    response.raise_for_status()
    return response.content


@click.group(invoke_without_command=True)
@click.option("--url", help="中心的网址，例如 https://bids.example.gov.cn。The centre's address.")
@click.option(
    "--key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="见证的密钥文件。The witness's key file.",
)
@click.option(
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    help="见证的记录文件。What the witness remembers.",
)
@click.option("--once", is_flag=True, help="只问一轮。Ask once, then end.")
@click.option(
    "--every",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="两轮之间的秒数。Seconds between turns.",
)
@click.pass_context
def witness(
    ctx: click.Context, url: str | None, key: Path | None, state: Path | None, once: bool, every: int
) -> None:
    """联署中心的日志，谁也不能悄悄改写。Cosign the centre's logs, so that nobody can rewrite them unseen.

    先用 `bidding witness new` 做密钥，请中心管理员登记它打印的一行，再让它在中心以外的电脑上一直运行。

    Make a key with `bidding witness new`, have the centre's administrator enrol the line it prints, then leave this
    running on a machine that is not the centre's. Where the centre can reach that machine, `bidding witness serve`
    does the same and is called instead of asking.
    """
    if ctx.invoked_subcommand is not None:
        return
    if url is None or key is None or state is None:
        raise click.UsageError(
            say(N_("--url、--key、--state 都要写；还没有密钥的，先运行 bidding witness new。"))
        )
    own = _own(key, state)
    with httpx.Client(base_url=url, timeout=30) as client:
        if once:
            raise SystemExit(0 if _turn(client, own, state) else 1)
        while True:
            _turn(client, own, state)
            time.sleep(every)


def _own(key: Path, state: Path) -> Witness:
    try:
        name, seed = parse_key(key.read_text("utf-8"))
    except Malformed as error:
        raise click.ClickException(f"{key}: {error}") from error
    return Witness(name, seed, StateFile(state))


def _turn(client: httpx.Client, own: Witness, state: Path) -> bool:
    """One turn, told on the terminal; whether all went well."""
    try:
        turn = take_turn(client, own, SystemClock())
    except (httpx.HTTPError, Malformed) as error:
        tell(N_("no turn：这一轮没有问成，%(reason)s"), reason=str(error), err=True)
        return False
    for origin, size in turn.cosigned:
        tell(N_("已联署 cosigned %(origin)s %(size)s"), origin=origin, size=size)
    for reason in turn.refused:
        tell(N_("REFUSED 不能联署：%(reason)s"), reason=reason, err=True)
    for origin in turn.behind:
        tell(N_("BEHIND %(origin)s：服务器上的日志比见证过的短"), origin=origin, err=True)
    for evidence in turn.evidence:
        path = keep_evidence(state, evidence)
        if path:
            tell(N_("FORK：日志被分叉，证据在 %(path)s；请保存好，并告诉监督部门"), path=path, err=True)
        else:
            tell(N_("FORK：日志被分叉，证据已存了几份，不再多存；请保存好，并告诉监督部门"), err=True)
    return not (turn.refused or turn.behind)


def _log_key(_ctx: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> list[VerifierKey]:
    try:
        keys = [parse_vkey(value.strip()) for value in values]
    except Malformed as error:
        raise click.BadParameter(str(error)) from error
    if any(key.algorithm is not Algorithm.ED25519 for key in keys):
        raise click.BadParameter("a witness's key, not a log's")
    return keys


@witness.command()
@click.option("--key", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--state", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--log",
    "logs",
    required=True,
    multiple=True,
    callback=_log_key,
    help="中心的日志公钥，见日志页；可以写几次。The centre's log key, from its page of the log; may be repeated.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="监听的地址。Where to listen.")
@click.option("--port", type=click.IntRange(0, 65535), default=8470, show_default=True)
def serve(key: Path, state: Path, logs: list[VerifierKey], host: str, port: int) -> None:
    """由中心来要联署，中心要能连到这台电脑。

    Be called by the centre for every cosignature (C2SP tlog-witness), where it can reach this machine.

    密钥和状态文件可以与“去问中心”的见证共用。Shares its key and its state with the witness that asks: both may run at once.
    """

    def report(line: str) -> None:
        click.echo(line, err=not line.startswith("cosigned"))

    try:
        calls = Calls(_own(key, state), logs, SystemClock(), evidence=state, tell=report)
    except (Refused, Malformed) as error:
        raise click.ClickException(str(error)) from error
    with WitnessServer((host, port), calls, report) as server:
        click.echo(f"listening on {host}:{server.server_address[1]}")
        server.serve_forever()


@witness.command()
@click.option(
    "--name",
    required=True,
    help="像网址而没有 https:// 的名称，例如 supervisor.example.gov.cn/w1。The witness's name.",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="写出的密钥文件。The key file to write.",
)
def new(name: str, out: Path) -> None:
    """做一把见证密钥，打印要登记的公钥。Make a witness key, and print the public line to enrol."""
    try:
        text = new_key(name, SystemEntropy())
    except Malformed as error:
        raise click.ClickException(str(error)) from error
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise click.ClickException(say(N_("%(file)s 已经有了；密钥从不覆盖。"), file=str(out))) from error
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    own_name, seed = parse_key(text)
    click.echo(str(Witness(own_name, seed, StateFile(out)).vkey))
