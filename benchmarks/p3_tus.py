"""P3: an accepted upload by tus, by 1 and by 16 clients, against ``@tus/server`` on Node, which does not sync to disk.

Both get the same files from the same client, in parts of 16 MiB as our page sends them on a quick line. Ours ends with the answer that
the bid is accepted: durable, hashed, signed, in the log. Theirs ends with the last part. Needs Node.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from benchmarks.harness import pairs, settle, timed
from benchmarks.served import MIB, TUS, Client, File, Served, Unpacked, demand, exchange, free_port, wait_for
from bidding.core.entropy import SystemEntropy

SHAPES = ((1, 256 * MIB), (16, 64 * MIB))
PART = 16 * MIB
PAIRS = 7
PEER = Path(__file__).parent / "tus"


class Peer:
    """``@tus/server`` as a process."""

    def __init__(self, home: Path) -> None:
        program, self.folder = home / "program", home / "peer"
        shutil.copytree(PEER, program)
        subprocess.run(["npm", "ci", "--ignore-scripts", "--silent"], cwd=program, check=True)
        self.folder.mkdir()
        self.port = free_port()
        self.process = subprocess.Popen(["node", program / "server.mjs", self.folder, str(self.port)])
        wait_for(f"http://127.0.0.1:{self.port}/files")

    def send_file(self, file: File) -> None:
        begin = {**TUS, "Upload-Length": str(file.size)}
        made = demand(exchange(self.port, "POST", "/files", begin), 201)
        path, offset = made.headers["location"].partition(f":{self.port}")[2], 0
        while offset < file.size:
            headers = {
                **TUS,
                "Content-Type": "application/offset+octet-stream",
                "Upload-Offset": str(offset),
            }
            count = min(PART, file.size - offset)
            answer = demand(exchange(self.port, "PATCH", path, headers, file.path, offset, count), 204)
            offset = int(answer.headers["upload-offset"])

    def send(self, bid: Unpacked) -> None:
        for file in bid.files:
            self.send_file(file)

    def size(self) -> int:
        """Bytes of everything that came. It is kept, as ours is: deleting it would give the next run its place."""
        return sum(path.stat().st_size for path in self.folder.iterdir() if path.suffix != ".json")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


def _send(bench: Served, client: Client, bid: Unpacked) -> None:
    for file in bid.files:
        bench.send_file(client, bid.bid, file, PART)
    demand(bench.sign(client, bid), 201)


def _measure(clients: int, size: int) -> bool:
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as folder:
        home = Path(folder)
        bench, peer = Served(home, clients), Peer(home)
        attachment = home / "attachment.bin"
        with attachment.open("wb") as file:
            for _ in range(size // MIB):
                file.write(SystemEntropy().bytes(MIB))
        numbers = range(1, clients + 1)
        bids: list[Unpacked] = []

        def ours() -> float:
            shutil.rmtree(home / "unpacked", ignore_errors=True)
            bids.clear()
            for number in numbers:
                sealed = bench.seal(number, attachment)
                bids.append(bench.unpack(sealed))
                sealed.package.unlink()
            signed_in = [bench.client(number) for number in numbers]
            settle()
            with ThreadPoolExecutor(clients) as pool:
                return timed(lambda: list(pool.map(partial(_send, bench), signed_in, bids)))

        def theirs() -> float:
            before = peer.size()
            settle()
            with ThreadPoolExecutor(clients) as pool:
                seconds = timed(lambda: list(pool.map(peer.send, bids)))
            if peer.size() - before != sum(file.size for bid in bids for file in bid.files):
                raise RuntimeError("the peer does not hold every byte")
            return seconds

        try:
            return pairs("P3" if clients == 1 else f"P3-{clients}", ours, theirs, goal=1.0, n=PAIRS)
        finally:
            bench.stop()
            peer.stop()


def run() -> bool:
    """Both shapes; whether both goals are met."""
    if shutil.which("node") is None:
        print("P3 needs Node and was not run")
        return False
    met = [_measure(clients, size) for clients, size in SHAPES]
    return all(met)
