"""P5: the rush before a deadline. 200 tenderers with 5 MB each in the last 30 seconds: a fifth resumed, a twentieth
replaced, one in fifty withdrawn. Everything that was offered in time has to be accepted, with a receipt.

Half of them sign first and upload then (armed), half the other way. A figure of its own, against what was offered.
"""

from __future__ import annotations

import csv
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select, update

from benchmarks.harness import OUT, settle, timed
from benchmarks.served import MIB, Client, Refused, Served, Unpacked, demand, exchange
from bidding.core.canonical import dumps
from bidding.core.entropy import SystemEntropy
from bidding.db import db
from bidding.sealing.client import Sealed
from bidding.sealing.client import withdraw as sign_withdrawal
from bidding.submissions.models import Bid, Gate
from bidding.submissions.rules import BidState, GateState
from bidding.tenders.models import Project

TENDERERS = 200
SECONDS = 30
#: The last begins so many seconds before the deadline.
LAST = 2.0
PART = 2 * MIB
P99_S = 1.0


@dataclass
class Plan:
    """What one tenderer is going to do, and when, in seconds from the start."""

    number: int
    begins: float
    client: Client
    bid: Unpacked
    sealed: Sealed
    newer: Unpacked | None

    @property
    def resumes(self) -> bool:
        return self.number % 5 == 0

    @property
    def withdraws(self) -> bool:
        return self.number % 50 == 1

    @property
    def is_armed(self) -> bool:
        return self.number % 2 == 0


def run() -> bool:
    """Whether every bid that was offered in time stands, with its receipt, and the slowest finalise was quick."""
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as folder:
        home = Path(folder)
        bench = Served(home, TENDERERS)
        try:
            plans = _prepare(bench, home)
            settle()
            closes_at = datetime.now(UTC) + timedelta(seconds=SECONDS)
            _close_at(bench, closes_at)
            start = time.perf_counter()
            with ThreadPoolExecutor(TENDERERS) as pool:
                finalised = [
                    each for some in pool.map(lambda plan: _play(bench, plan, start), plans) for each in some
                ]
            return _judge(bench, plans, finalised, closes_at)
        finally:
            bench.stop()


def _prepare(bench: Served, home: Path) -> list[Plan]:
    attachment = home / "attachment.bin"
    attachment.write_bytes(SystemEntropy().bytes(5_000_000))
    plans = []
    for number in range(1, TENDERERS + 1):
        sealed = bench.seal(number, attachment)
        bid = bench.unpack(sealed)
        newer = bench.unpack(bench.seal(number, attachment)) if number % 20 == 3 else None
        begins = (SECONDS - LAST) * number / TENDERERS * (0.75 if newer or number % 50 == 1 else 1.0)
        plans.append(Plan(number, begins, bench.client(number), bid, sealed, newer))
    return plans


def _close_at(bench: Served, closes_at: datetime) -> None:
    """Let the deadline be then: past what an agency may set."""
    with bench.app.app_context():
        db.session.execute(update(Gate).values(closes_at=closes_at, next_due_at=closes_at))
        db.session.execute(update(Project).values(closes_at=closes_at))
        db.session.commit()
        db.session.remove()


def _play(bench: Served, plan: Plan, start: float) -> list[float]:
    """One tenderer's half minute; the seconds of every step that ended with an accepted bid."""
    time.sleep(max(0.0, start + plan.begins - time.perf_counter()))
    finalised = []
    try:
        finalised.append(_submit(bench, plan, plan.bid))
        if plan.newer is not None:
            finalised.append(_submit(bench, plan, plan.newer))
        if plan.withdraws:
            _withdraw(bench, plan)
    except Refused as error:  # too late: it counts as offered and not accepted
        print(f"tenderer {plan.number}: {error}", file=sys.stderr)
    return finalised


def _submit(bench: Served, plan: Plan, bid: Unpacked) -> float:
    client = plan.client
    if plan.is_armed:
        demand(bench.sign(client, bid), 202)
    seconds = 0.0
    for file in bid.files:
        began = time.perf_counter()
        answer = bench.send_file(client, bid.bid, file, PART, cut=plan.resumes)
        seconds = time.perf_counter() - began
        if file is bid.files[-1] and plan.is_armed and answer.headers.get("bid-state") != "accepted":
            raise RuntimeError("the last part was not told that the bid is accepted")
    if not plan.is_armed:
        seconds = timed(lambda: demand(bench.sign(client, bid), 201))
    return seconds


def _withdraw(bench: Served, plan: Plan) -> None:
    boundary = "rush"
    proof = dumps(sign_withdrawal(plan.sealed.key)).decode()
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="withdrawal"; filename="w.json"\r\n'
        f"Content-Type: application/json\r\n\r\n{proof}\r\n--{boundary}--\r\n"
    )
    headers = {**bench.headers(plan.client), "Content-Type": f"multipart/form-data; boundary={boundary}"}
    demand(exchange(bench.port, "POST", f"/bids/{plan.bid.bid}/withdraw", headers, body.encode()), 302, 303)


def _judge(bench: Served, plans: list[Plan], finalised: list[float], closes_at: datetime) -> bool:
    time.sleep(max(0.0, (closes_at - datetime.now(UTC)).total_seconds()) + 5)
    with bench.app.app_context():
        closed = db.session.scalar(select(Gate.state)) is not GateState.OPEN
        standing = {bid.uid: bid for bid in db.session.scalars(select(Bid))}
        db.session.remove()
    offered = [bid.bid for plan in plans for bid in (plan.bid, plan.newer) if bid is not None]
    accepted = [uid for uid in offered if uid in standing and standing[uid].received_at < closes_at]
    receipts = [
        exchange(
            bench.port, "GET", f"/bids/{plan.bid.bid}/receipt.tlog-proof", bench.headers(plan.client)
        ).status
        for plan in plans
    ]
    lost = sum(status != 200 for status in receipts)
    ended = sum(bid.state is not BidState.EFFECTIVE for bid in standing.values())
    share = len(accepted) / len(offered)
    p99 = sorted(finalised)[int(0.99 * len(finalised))]
    OUT.mkdir(exist_ok=True)
    with (OUT / "P5.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["finalise_seconds"], *([f"{each:.6f}"] for each in finalised)])
    met = closed and share == 1.0 and not lost and p99 <= P99_S
    print(
        f"P5 ratio={share:.3f} offered={len(offered)} ended={ended} lost={lost} p99={p99:.2f}s "
        f"goal=1.000,0,<={P99_S:.0f}s {'ok' if met else 'short'}"
    )
    return met
