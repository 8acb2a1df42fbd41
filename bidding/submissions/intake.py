"""Taking a ``.bidseal`` package off the line: every file durable and checked before anything is decided.

The bytes are written once, straight into the store of ciphertexts; nothing is buffered or unpacked elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bidding.core.canonical import Malformed, exactly, loads
from bidding.core.errors import N_, DomainError
from bidding.sealing.age import MAX_HEADER
from bidding.sealing.container import NotSealed as HeaderRefused
from bidding.sealing.container import check_age_header
from bidding.sealing.manifest import check_manifest
from bidding.sealing.package import PackageReader, PackageRefused
from bidding.sealing.panel import Panel
from bidding.storage import BlobStore, Staged, StorageFull


class Refused(DomainError):
    """The package is not what the protocol says; ``params['reason']`` tells where."""

    code = "submission.malformed"
    text = N_("签封包没有收下：%(reason)s。请用签封程序重新签封后再递交；已递交的不受影响。")
    status = 422


class NotSealed(DomainError):
    """A file of the package is not an age file, so anybody could read it (电子招标投标办法 26)."""

    code = "submission.not_sealed"
    text = N_(
        "文件 %(file)s 没有加密，按《电子招标投标办法》第二十六条不能接收。请用签封程序签封后再递交。（%(reason)s）"
    )
    status = 422


class TooLarge(DomainError):
    """More bytes than one bid may have."""

    code = "submission.too_large"
    text = N_("签封包超过上限 %(limit)s。请压缩附件中的图片，或者拆成几个文件。")
    status = 413


class OtherFiles(DomainError):
    """The files are not those of the manifest."""

    code = "submission.other_files"
    text = N_("文件 %(file)s 与签封清单不符：%(reason)s。传输可能损坏，请重新上传同一个签封包。")
    status = 422


@dataclass(frozen=True, slots=True)
class Received:
    """A package whose every file is durable and is the one its manifest names."""

    manifest: dict[str, Any]
    sig: str
    supersedes_sig: str | None
    files: tuple[tuple[str, int, int, str], ...]  # envelope, n, bytes, sha256


class _Sink:
    """One ciphertext on its way into the store."""

    def __init__(self, intake: PackageIntake, place: tuple[str, int], size: int, sha256: str) -> None:
        self._intake = intake
        self._place = place
        self._size = size
        self._sha256 = sha256
        self._head = bytearray()
        self._head_checked = False
        self._staged: Staged = intake.store.stage()

    @property
    def name(self) -> str:
        return f"{self._place[0]}/{self._place[1]}.age"

    def write(self, data: memoryview, /) -> None:
        self._staged.write(data)
        if not self._head_checked:
            self._head += data[: MAX_HEADER - len(self._head)]
            if len(self._head) >= MAX_HEADER:
                self._check_head()

    def _check_head(self) -> None:
        try:
            check_age_header(bytes(self._head))
        except HeaderRefused as error:
            raise NotSealed(file=self.name, reason=error.params["reason"]) from error
        self._head_checked = True

    def done(self) -> None:
        if not self._head_checked:
            self._check_head()
        digest = self._staged.keep()
        if digest != self._sha256:
            raise OtherFiles(file=self.name, reason="SHA-256")
        self._intake.kept[self._place] = (self._size, digest)

    def discard(self) -> None:
        self._staged.discard()


class PackageIntake:
    """Feed it the bytes of one package; ``finish`` says what was received."""

    def __init__(
        self,
        store: BlobStore,
        panel: Panel,
        panel_hash: bytes,
        *,
        limit: int,
        reserve: int,
        check: Callable[[dict[str, Any]], None],
    ) -> None:
        """``limit`` and ``reserve`` are bytes; ``check`` may refuse a manifest before the files come."""
        self.store = store
        self.kept: dict[tuple[str, int], tuple[int, str]] = {}
        self._panel = panel
        self._panel_hash = panel_hash
        self._limit = limit
        self._reserve = reserve
        self._check = check
        self._bytes = 0
        self._outer: dict[str, Any] = {}
        self._expected: dict[tuple[str, int], tuple[int, str]] = {}
        self._sink: _Sink | None = None
        self._reader = PackageReader(on_manifest=self._on_manifest, on_file=self._on_file)

    def feed(self, chunk: bytes) -> None:
        """The next bytes. Whatever is refused leaves no row behind, and its blobs are swept later."""
        self._bytes += len(chunk)
        if self._bytes > self._limit:
            raise TooLarge(limit=self._limit)
        try:
            self._reader.feed(chunk)
        except PackageRefused:  # says itself, in words, what is wrong with the package
            raise
        except Malformed as error:
            raise Refused(reason=str(error)) from error

    def finish(self) -> Received:
        """Everything is durable and as the manifest says; else a refusal."""
        try:
            self._reader.close()
        except PackageRefused:  # says itself, in words, what is wrong with the package
            raise
        except Malformed as error:
            raise Refused(reason=str(error)) from error
        missing = sorted(self._expected.keys() - self.kept.keys())
        if missing:
            envelope, n = missing[0]
            raise OtherFiles(file=f"{envelope}/{n}.age", reason="missing")
        files = tuple(
            (envelope, n, size, digest) for (envelope, n), (size, digest) in sorted(self.kept.items())
        )
        return Received(self._outer["manifest"], self._outer["sig"], self._outer["supersedes_sig"], files)

    def abandon(self) -> None:
        """Close and remove what is half-written."""
        if self._sink is not None:
            self._sink.discard()

    def _on_manifest(self, data: bytes) -> None:
        try:
            outer = exactly(loads(data), "manifest sig supersedes_sig", "manifest.json")
            check_manifest(outer["manifest"], outer["sig"], self._panel, self._panel_hash)
        except Malformed as error:
            raise Refused(reason=str(error)) from error
        self._outer = outer
        for envelope in outer["manifest"]["envelopes"]:
            for file in envelope["files"]:
                self._expected[envelope["id"], file["n"]] = (file["size"], file["sha256"])
        if self.store.free() < self._reserve + sum(size for size, _ in self._expected.values()):
            raise StorageFull
        self._check(outer["manifest"])

    def _on_file(self, envelope: str, n: int, size: int) -> _Sink:
        place = (envelope, n)
        if place not in self._expected:
            raise OtherFiles(file=f"{envelope}/{n}.age", reason="not in the manifest")
        wanted, sha256 = self._expected[place]
        if size != wanted:
            raise OtherFiles(file=f"{envelope}/{n}.age", reason=f"{size} != {wanted} bytes")
        self._sink = _Sink(self, place, size, sha256)
        return self._sink
