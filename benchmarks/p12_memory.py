"""P12: the memory of the serving worker, against a bare Flask worker on the same server; and of each of 200 uploads at once.

Resident sizes (VmRSS) of the one worker process after its first pages. The uploads are 50 tenderers' four each, whose lines
have brought half of a part and hang, so that every one holds a thread; then all of them end well.
"""

from __future__ import annotations

import csv
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from base64 import b64encode
from pathlib import Path

from benchmarks.harness import OUT
from benchmarks.served import MIB, TUS, Client, File, Refused, Served, demand, exchange, free_port, wait_for

TENDERERS, EACH = 50, 4
PART = 4 * MIB
ROUNDS = 5
RATIO, UPLOAD_MB = 2.5, 0.5


def run() -> bool:
    """Both figures; whether both goals are met."""
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as folder:
        home = Path(folder)
        served = Served(home, TENDERERS)
        try:
            for path in ("/", "/notices", "/status", "/sign-in"):
                urllib.request.urlopen(f"{served.url}{path}", timeout=60).read()
            own, bare = _rss(worker(served.process.pid)), statistics.median(_bare() for _ in range(3))
            rows = [_uploads(served) for _ in range(ROUNDS)]
        finally:
            served.stop()
    OUT.mkdir(exist_ok=True)
    with (OUT / "P12.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["before_bytes", "with_200_uploads_bytes"])
        writer.writerows(rows)
    # The first round pays for threads that stay; what a further one takes is what an upload takes.
    each = [(loaded - before) / (TENDERERS * EACH) / 1e6 for before, loaded in rows]
    met = own / bare <= RATIO and max(each) <= UPLOAD_MB
    print(f"P12 worker {own / 1e6:.0f} MB, bare {bare / 1e6:.0f} MB: ratio={own / bare:.2f} goal<={RATIO}")
    print(
        f"P12 each of {TENDERERS * EACH} uploads: first {each[0]:.2f} MB, most {max(each):.2f} MB goal<={UPLOAD_MB}"
    )
    return met


def _bare() -> int:
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--workers", "1"]
    command += ["--blocking-threads", "256", "benchmarks.bare:app"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/")
        return _rss(worker(process.pid))
    finally:
        process.terminate()
        process.wait(30)


def worker(server: int) -> int:
    """The process that serves: the server's largest child."""
    children = (Path("/proc") / str(server) / "task" / str(server) / "children").read_text().split()
    return max(map(int, children), key=_rss)


def _rss(pid: int) -> int:
    status = (Path("/proc") / str(pid) / "status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def _uploads(served: Served) -> tuple[int, int]:
    """The worker's size before, and while 200 uploads hang in the middle of a part."""
    attachment = served.home / "attachment.bin"
    attachment.write_bytes(bytes(PART))
    bid = served.unpack(served.seal(1, attachment))
    file = next(file for file in bid.files if file.size > PART)
    serving = worker(served.process.pid)
    clients = [served.client(number) for number in range(1, TENDERERS + 1)]
    urls = [
        (client, _create(served, client, bid.bid, file, n)) for client in clients for n in range(1, EACH + 1)
    ]
    before = _rss(serving)
    data = file.path.read_bytes()
    lines = [_begin(served, client, url, data) for client, url in urls]
    time.sleep(2)
    loaded = _rss(serving)
    for line in lines:
        line.sendall(data[len(data) // 2 :])
    for line in lines:
        if b" 204 " not in line.recv(65536).split(b"\r\n", 1)[0]:
            raise Refused("a part was refused")
        line.close()
    for client, url in urls:
        demand(exchange(served.port, "DELETE", url, {**served.headers(client), **TUS}), 204)
    return before, loaded


def _create(served: Served, client: Client, bid: str, file: File, n: int) -> str:
    words = {"bid": bid, "envelope": file.envelope, "n": str(n)}
    metadata = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in words.items())
    headers = {**served.headers(client), **TUS, "Upload-Length": str(file.size), "Upload-Metadata": metadata}
    answer = exchange(served.port, "POST", f"/notices/{served.tender.uid}/uploads", headers)
    return demand(answer, 201).headers["location"]


def _begin(served: Served, client: Client, url: str, data: bytes) -> socket.socket:
    """A line that has brought half of the file."""
    told = {
        **served.headers(client),
        **TUS,
        "Host": f"127.0.0.1:{served.port}",
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": "0",
        "Content-Length": str(len(data)),
    }
    line = socket.create_connection(("127.0.0.1", served.port), 120)
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    line.sendall(f"PATCH {url} HTTP/1.1\r\n{head}\r\n".encode() + data[: len(data) // 2])
    return line
