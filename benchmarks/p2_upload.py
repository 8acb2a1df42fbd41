"""P2: a durable accepted upload, by 1 and by 16 clients, against ``dd conv=fsync`` of the same bytes.

The server is the one that `make run` starts, as a process of its own; a client sends a sealed package over loopback
and waits for the answer that gives the receipt. Both sides end with the bytes on the same disk; before every run the
disk has nothing pending, what is copied lies in the page cache for both, and both write where nothing was before.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.harness import pairs, settle, timed
from benchmarks.served import MIB, Served
from bidding.sealing.client import Sealed

#: Clients, and the bytes of each one's attachment.
SHAPES = ((1, 256 * MIB), (16, 64 * MIB))
PAIRS = 7


def _measure(clients: int, size: int) -> bool:
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as folder:
        home = Path(folder)
        bench = Served(home, clients)
        attachment = home / "attachment.bin"
        with attachment.open("wb") as file:
            for _ in range(size // MIB):
                file.write(os.urandom(MIB))
        numbers = range(1, clients + 1)
        packages: list[Sealed] = []
        kept: list[list[Path]] = []

        def ours() -> float:
            fresh = [bench.seal(number, attachment) for number in numbers]
            signed_in = [bench.client(number) for number in numbers]
            for old in packages:
                old.package.unlink()
            packages[:] = fresh
            settle()
            with ThreadPoolExecutor(clients) as pool:
                return timed(lambda: list(pool.map(bench.send_package, signed_in, fresh)))

        def theirs() -> float:
            # Kept like ours: a copy that may lie where the last one was just deleted takes a fifth of the time here.
            copies = [home / f"copy-{len(kept)}-{number}" for number in numbers]
            kept.append(copies)

            def copy(number: int) -> None:
                source = packages[number - 1].package
                command = [
                    "dd",
                    f"if={source}",
                    f"of={copies[number - 1]}",
                    "bs=1M",
                    "conv=fsync",
                    "status=none",
                ]
                subprocess.run(command, check=True)

            settle()
            with ThreadPoolExecutor(clients) as pool:
                return timed(lambda: list(pool.map(copy, numbers)))

        try:
            name = "P2" if clients == 1 else f"P2-{clients}"
            return pairs(name, ours, theirs, goal=0.85, n=PAIRS)
        finally:
            bench.stop()


def run() -> bool:
    """Both shapes, the second even where the first falls short; whether both goals are met."""
    met = [_measure(clients, size) for clients, size in SHAPES]
    return all(met)
