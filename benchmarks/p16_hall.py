"""P16: a thousand watchers of a hall, as its page polls; against a Flask of one view that is asked as often.

Every watcher holds a line of its own, as a browser does, and asks every four seconds or so with the tag of what it shows
(``static/js/hall.js``). Ours answers with the product's headers, permissions and language; the peer with one word. The figure
is the server's processor time, so the clients' share of the two cores is not in it.
"""

from __future__ import annotations

import asyncio
import csv
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.harness import OUT
from benchmarks.p12_memory import worker
from benchmarks.served import Served, free_port, wait_for

WATCHERS, EVERY = 1000, 4.0
#: Seconds until every watcher has what it shows, and seconds that are measured.
WARM, SECONDS = 8.0, 30.0
PAIRS = 3
CORE = 0.25
_BROWSER = "User-Agent: Mozilla/5.0\r\nAccept: */*\r\nAccept-Language: zh-CN,zh;q=0.9,en;q=0.8\r\n"
_TICK = os.sysconf("SC_CLK_TCK")


def run() -> bool:
    """Print the share of one core that a hall takes, and the peer's; whether the goal is met."""
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as folder:
        served = Served(Path(folder), 1)
        try:
            with _bare() as (port, bare):
                sides = {
                    "ours": (served.port, f"/hall/{served.tender.uid}/board", worker(served.process.pid)),
                    "theirs": (port, "/", bare),
                }
                rows = [
                    {name: asyncio.run(_watched(*side)) for name, side in sides.items()} for _ in range(PAIRS)
                ]
        finally:
            served.stop()
    OUT.mkdir(exist_ok=True)
    with (OUT / "P16.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ["ours", "theirs"])
        writer.writeheader()
        writer.writerows(rows)
    own, other = (sorted(row[name] for row in rows)[PAIRS // 2] for name in ("ours", "theirs"))
    met = own <= CORE
    print(
        f"P16 {WATCHERS} watchers: {own:.1%} of one core, a Flask of one view {other:.1%}: ratio={own / other:.2f};"
        f" goal<={CORE:.0%} {'ok' if met else 'short'}"
    )
    return met


@contextmanager
def _bare() -> Iterator[tuple[int, int]]:
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", "1"]
    command += ["--blocking-threads", "256", "--no-ws", "--backlog", "4096", "--backpressure", "4096"]
    process = subprocess.Popen(
        [*command, "benchmarks.bare:app"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/")
        yield port, worker(process.pid)
    finally:
        process.terminate()
        process.wait(30)


async def _watched(port: int, path: str, server: int) -> float:
    """The share of one core that the server takes while all watch."""
    answers: Counter[int] = Counter()
    ends = time.monotonic() + WARM + SECONDS
    watchers = [asyncio.create_task(_watch(port, path, ends, answers)) for _ in range(WATCHERS)]
    await asyncio.sleep(WARM)
    before, at, counted = _seconds(server), time.monotonic(), answers.total()
    await asyncio.sleep(SECONDS - 1)
    used, passed, asked = _seconds(server) - before, time.monotonic() - at, answers.total() - counted
    await asyncio.gather(*watchers)
    if set(answers) > {200, 304}:
        raise AssertionError(f"answers: {answers}")
    if asked < 0.9 * WATCHERS * passed / EVERY:
        raise AssertionError(f"asked {asked} times in {passed:.0f} s: the clients could not keep up")
    return used / passed


async def _watch(port: int, path: str, ends: float, answers: Counter[int]) -> None:
    await asyncio.sleep(EVERY * random.random())
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    tag = ""
    while time.monotonic() < ends:
        known = f"If-None-Match: {tag}\r\n" if tag else ""
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{_BROWSER}{known}\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = re.search(r"(?i)content-length: ([0-9]+)", head)
        status = int(head.split(" ", 2)[1])
        if length and status != 304:
            await reader.readexactly(int(length[1]))
        answers[status] += 1
        found = re.search(r"(?i)\netag: (\S+)", head)
        tag = found[1] if found else ""
        await asyncio.sleep(EVERY * (0.85 + 0.3 * random.random()))
    writer.close()


def _seconds(process: int) -> float:
    """Processor time of a process so far."""
    fields = (Path("/proc") / str(process) / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK
