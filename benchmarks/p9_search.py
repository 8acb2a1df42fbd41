"""P9: the list of notices and the search in it, sixty-four clients at once, with 10,000 notices and with 1,000,000.

Every client holds a line of its own and asks for the next page as soon as it has one: the list, its older stretches, kinds and
states, and words of two signs, common and rare ones. The peer is a Flask of one view on the same server, asked the same way.
A page of the list is remembered for a second (``LIST_SECONDS``); ``anew`` is without that, as for words that nobody else asks.
Before anything is measured it is looked whether what is found is what a plain scan of the titles finds.
"""

from __future__ import annotations

import asyncio
import csv
import os
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.harness import OUT
from benchmarks.served import free_port, wait_for
from bidding import create_app
from bidding.core.actor import NOBODY
from bidding.core.clock import FakeClock
from bidding.db import db, uow
from bidding.db.schema import migrate
from bidding.identity import service as identity
from bidding.tenders.kinds import Stage
from bidding.tenders.methods import OFFERED
from bidding.tenders.rules import grams, mark

FEW, MANY, CLIENTS = 10_000, 1_000_000, 64
WARM, SECONDS, ROUNDS = 2.0, 10.0, 3
OF_HELLO, OF_FEW = 5.0, 1.3
#: Open at any time: what a county publishes in two months, and more.
OPEN = 2000
_PLACES = (
    "城南",
    "城北",
    "东街",
    "西河",
    "马岭",
    "叙永",
    "石坝",
    "白腊",
    "水尾",
    "江门",
    "天池",
    "两河",
    "观兴",
    "枧槽",
    "落卜",
)
_WHATS = (
    "道路",
    "桥梁",
    "排水",
    "学校",
    "医院",
    "供水",
    "堤防",
    "绿化",
    "路灯",
    "校舍",
    "管网",
    "厂房",
    "泵站",
    "农田",
    "公园",
    "广场",
)
_ACTS = ("改造", "新建", "维修", "采购", "监理", "设计", "勘察", "加固", "扩建", "养护")
_OWNERS = (
    "教育局",
    "水利局",
    "交通运输局",
    "人民医院",
    "住房和城乡建设局",
    "档案馆",
    "农业农村局",
    "卫生健康局",
)
#: Of what is asked: the list, common words, rarer ones, a number, kinds and states.
ASKED = (
    "/notices",
    "/notices?phase=open",
    "/notices?phase=closed",
    "/notices?family=procurement",
    "/notices?q=道路",
    "/notices?q=采购",
    "/notices?q=石坝 泵站",
    "/notices?q=天池公园扩建",
    "/notices?q=人民医院&family=procurement",
    "/notices?q=农田&phase=open",
    "/notices?q=枧槽落卜",
)


def _row(number: int) -> tuple[str, str, str, str]:
    """Title, owner, family and method of a notice; the same on every run."""
    mixed = number * 2_654_435_761 % 2**32
    place, what = _PLACES[mixed % 15], _WHATS[mixed // 15 % 16]
    act, owner = _ACTS[mixed // 240 % 10], _OWNERS[mixed // 2400 % 8]
    family, method = OFFERED[mixed // 19_200 % len(OFFERED)]
    return f"{place}{what}{act}工程（{number}）", f"明川县{owner}", family.value, method.value


class Stock:
    """A centre with so many notices, served."""

    def __init__(self, home: Path, count: int) -> None:
        self.home, self.count, self.port = home, count, free_port()
        app = create_app({"INSTANCE": str(home), "CLOCKWORK": False}, clock=FakeClock(datetime.now(UTC)))
        with app.app_context():
            migrate(db.engine)
            with uow.transaction(NOBODY, app.extensions["world"]) as tx:
                identity.found_centre(
                    tx,
                    name="中心",
                    uscc="91350100M000100Y43",
                    login="admin",
                    person="管理员",
                    lasts=timedelta(hours=1),
                )
            db.session.remove()
            db.engine.dispose()
        self._fill()
        self.process = self._serve()

    def _serve(self, **settings: str) -> subprocess.Popen[bytes]:
        command = [Path(sys.executable).with_name("bidding"), "serve", "--port", str(self.port)]
        process = subprocess.Popen(
            command,
            env={**os.environ, "BIDDING_INSTANCE": str(self.home), **settings},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(f"http://127.0.0.1:{self.port}/notices")
        return process

    def forget(self) -> None:
        """Serve on without remembering any page: as if nobody ever asked for what another just had."""
        self.stop()
        self.process = self._serve(BIDDING_LIST_SECONDS="0")

    def _fill(self) -> None:
        """Straight into the tables: to publish a million notices by the front door would take days.

        There is one account, so whoever prepared them also published them, which the table does not let pass.
        """
        connection = sqlite3.connect(self.home / "bidding.db")
        connection.executescript(
            "PRAGMA synchronous=OFF; PRAGMA cache_size=-400000; PRAGMA ignore_check_constraints=ON"
        )
        begin = datetime.now(UTC) - timedelta(minutes=self.count)
        form = "%Y-%m-%d %H:%M:%S.%f"
        (agency,) = connection.execute("SELECT id FROM organisation").fetchone()
        (account,) = connection.execute("SELECT id FROM account").fetchone()
        summary = "本项目内容、范围和规模以招标文件为准，投标人应当自行踏勘现场。"
        for first in range(0, self.count, 50_000):
            projects, listings, words = [], [], []
            for number in range(first, min(first + 50_000, self.count)):
                title, owner, family, method = _row(number)
                at = (begin + timedelta(minutes=number)).strftime(form)
                left = number - (self.count - OPEN)
                closes = (datetime.now(UTC) + timedelta(days=20 if left >= 0 else -1, minutes=left)).strftime(
                    form
                )
                code, identifier = f"A02539921{number:08}001", number + 1
                projects.append((identifier, f"p{number}", code, title, summary, family, method, agency, owner, closes, closes, at, account, at, account))  # fmt: skip
                text = "\n".join((title, code, owner, summary))
                kind = " ".join(
                    (f"family{family}", f"method{method}".replace("-", ""), mark(Stage.PUBLISHED))
                )
                listings.append((identifier, identifier, text, kind))
                words.append((identifier, " ".join(grams(text)), kind))
            connection.executemany(
                "INSERT INTO project (id, uid, code, title, summary, family, subject, trade, method, agency_id,"
                " owner_name, contact, phone, place, funding, term, consortium, qualification, award_method, stage,"
                " closes_at, opens_at, min_bids, created_at, prepared_by_id, published_at, published_by_id, version)"
                " VALUES (?,?,?,?,?,?,'construction','A02',?,?,?,'','','','','',0,'','','published',?,?,3,?,?,?,?,1)",
                projects,
            )
            connection.executemany(
                "INSERT INTO listing (id, project_id, words, kind) VALUES (?,?,?,?)", listings
            )
            connection.executemany("INSERT INTO listing_words (rowid, words, kind) VALUES (?,?,?)", words)
            connection.commit()
        connection.close()

    def check(self) -> None:
        """Stop unless what is found for some words is what a plain scan finds."""
        connection = sqlite3.connect(self.home / "bidding.db")
        for words in ("道路", "天池公园扩建", "枧槽落卜"):
            like = f"%{words}%"
            wanted = [
                uid
                for (uid,) in connection.execute(
                    "SELECT uid FROM project WHERE title LIKE ? ORDER BY id DESC LIMIT 20", (like,)
                )
            ]
            url = f"http://127.0.0.1:{self.port}/notices?q={urllib.parse.quote(words)}"
            page = urllib.request.urlopen(url).read().decode()
            if re.findall(r'href="/notices/(p[0-9]+)"', page) != wanted:
                raise RuntimeError(f"{words}: not what is there")
        connection.close()

    def stop(self) -> None:
        """End the server."""
        self.process.terminate()
        self.process.wait(30)


@contextmanager
def _bare() -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", "1"]
    command += ["--blocking-threads", "256", "--no-ws", "--backlog", "4096", "--backpressure", "4096"]
    process = subprocess.Popen(
        [*command, "benchmarks.bare:app"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/")
        yield port
    finally:
        process.terminate()
        process.wait(30)


def p99(port: int, paths: tuple[str, ...]) -> float:
    """Seconds within which ninety-nine of a hundred answers came."""
    return asyncio.run(_asked(port, paths))


async def _asked(port: int, paths: tuple[str, ...]) -> float:
    taken: list[float] = []
    begins = time.monotonic() + WARM
    await asyncio.gather(
        *(_ask(port, paths, number, begins, begins + SECONDS, taken) for number in range(CLIENTS))
    )
    return statistics.quantiles(taken, n=100)[98]


async def _ask(
    port: int, paths: tuple[str, ...], number: int, begins: float, ends: float, taken: list[float]
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while (at := time.monotonic()) < ends:
        path = urllib.parse.quote(paths[number % len(paths)], safe="/?=&")
        number += 1
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Language: zh-CN\r\n\r\n".encode()
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        if not head.startswith("HTTP/1.1 200"):
            raise AssertionError(head)
        length = re.search(r"(?i)content-length: ([0-9]+)", head)
        await reader.readexactly(int(length[1]) if length else 0)
        if at >= begins:
            taken.append(time.monotonic() - at)
    writer.close()


def run() -> bool:
    """Print the slowest hundredth with a million, against the peer's and against that with ten thousand."""
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as folder:
        few, many = (Stock(Path(folder) / str(count), count) for count in (FEW, MANY))
        try:
            few.check()
            many.check()
            with _bare() as bare:
                sides = {"many": (many.port, ASKED), "few": (few.port, ASKED), "hello": (bare, ("/",))}
                rows = [{name: p99(*side) for name, side in sides.items()} for _ in range(ROUNDS)]
                few.forget()
                many.forget()
                for row in rows:
                    row |= {f"{name}-anew": p99(*sides[name]) for name in ("many", "few")}
        finally:
            few.stop()
            many.stop()
    OUT.mkdir(exist_ok=True)
    with (OUT / "P9.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    middle = {name: statistics.median(row[name] for row in rows) for name in rows[0]}
    met = True
    compared = (
        ("P9", "many", "hello", OF_HELLO),
        ("P9-grown", "many", "few", OF_FEW),
        ("P9-anew", "many-anew", "hello", OF_HELLO),
        ("P9-anew-grown", "many-anew", "few-anew", OF_FEW),
    )
    for name, ours, other, goal in compared:
        ratio = statistics.median(row[ours] / row[other] for row in rows)
        met &= ratio <= goal
        print(
            f"{name} p99 {middle[ours] * 1000:.0f} ms against {middle[other] * 1000:.0f} ms ({other}):"
            f" ratio={ratio:.2f} goal<={goal} {'ok' if ratio <= goal else 'short'}"
        )
    return met
