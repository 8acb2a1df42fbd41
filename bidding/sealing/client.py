"""The tenderer's side, offline: a tender file, an offer and attachments become one ``.bidseal`` package.

One pass over the files, nothing of them anywhere else on the disk. No Flask, no database.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from bidding.core.canonical import Malformed, dumps, lp
from bidding.core.codes import check_uscc
from bidding.core.entropy import Entropy
from bidding.core.errors import N_, DomainError
from bidding.core.signing import public_key
from bidding.sealing import age
from bidding.sealing.container import (
    VOLUME,
    IndexEntry,
    check_name,
    index_bytes,
    padme,
    seal_stream,
    sheet_bytes,
    volume_count,
)
from bidding.sealing.dealing import deal, identity_of, recipient_of
from bidding.sealing.keys import BidKey, FileExists
from bidding.sealing.manifest import (
    bid_uid,
    check_manifest,
    sign_manifest,
    sign_supersede,
    withdrawal,
)
from bidding.sealing.offer import Lot, Tender, parse_tender, read_offer, slot_of
from bidding.sealing.package import PackageWriter
from bidding.sealing.panel import EnvelopeSpec, envelope_ctx

_NO_HASH = "0" * 64
_NO_SIGNATURE = "0" * 128
Take = Callable[[bytes | memoryview], object]


class NameMissing(DomainError):
    """A tenderer without a name."""

    code = "sealing.tenderer_name"
    text = N_("请填写投标人名称，与营业执照一致，最多 200 个字。")
    status = 422


class FileRefused(DomainError):
    """An attachment that cannot be sealed as it is."""

    code = "sealing.file_refused"
    text = N_("附件 %(file)s 不能签封：%(reason)s。请改正后再运行一次；没有写出签封包。")
    status = 422


class OtherTender(DomainError):
    """A bid key of another project, panel or lot."""

    code = "sealing.other_tender"
    text = N_(
        "密钥文件是项目 %(project)s 标段 %(lot)s 的，不是这一次的。替换投标要用同一标段上一份投标的密钥文件。"
    )
    status = 422


@dataclass(frozen=True, slots=True)
class Sealed:
    """A package on the disk, and what its tenderer must keep."""

    bid: str
    package: Path
    size: int
    #: SHA-256 of every sheet as it will be read out, in hex, by its envelope.
    sheets: Mapping[str, str]
    key: BidKey
    manifest: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Source:
    slot: str
    path: Path
    name: str
    size: int


@lru_cache(maxsize=1)
def client_hash() -> str:
    """The SHA-256 (hex) of the code that seals: this package and the core it stands on, names and contents."""
    digest = hashlib.sha256()
    home = Path(__file__).parent
    for folder in (home.parent / "core", home):
        for path in sorted(folder.glob("*.py")):
            digest.update(lp(f"{folder.name}/{path.name}", path.read_bytes()))
    return digest.hexdigest()


def seal(
    tender: Mapping[str, Any],
    *,
    lot: str,
    tenderer: tuple[str, str],
    offer: Mapping[str, Any],
    files: Sequence[tuple[str, Path]],
    out: Path,
    entropy: Entropy,
    replaces: BidKey | None = None,
) -> Sealed:
    """Seal a bid into the new file ``out``.

    ``tender`` is the JSON served as ``tender.json``; ``tenderer`` name and unified social credit code; ``offer``
    the sheet's fields as ``offer.read_offer`` takes them; ``files`` (slot, path), of which the caller has asked
    ``offer.check_files`` whether they are all that the lot wants; ``replaces`` the key of the bid that this one replaces.
    The caller must have compared the panel hash with the printed notice, and must keep ``Sealed.key``. Raises
    ``DomainError`` subclasses, ``OSError``; then no package is left behind.
    """
    known = parse_tender(tender)
    place = known.lot(lot)
    fields = read_offer(place, offer)
    name, uscc = _tenderer(*tenderer)
    for slot, _ in files:
        slot_of(place, slot)
    sources = _sources(files)
    _check_replaces(replaces, known, lot)
    seed = entropy.bytes(32)
    job = _Job(known, place, {"name": name, "uscc": uscc}, fields, sources, seed, replaces, entropy)
    with _new_file(out) as file:
        job.write(file)
    return Sealed(job.bid, out, out.stat().st_size, job.sheets, job.key, job.manifest)


def withdraw(key: BidKey) -> dict[str, Any]:
    """The signed withdrawal of a bid, ``{"withdrawal", "sig"}``. Handed in, it is final for that bid."""
    return withdrawal(key.project, bytes.fromhex(key.panel), key.sign_seed)


def _tenderer(name: str, uscc: str) -> tuple[str, str]:
    if not name.strip() or len(name) > 200:
        raise NameMissing(field="name")
    return name.strip(), check_uscc(uscc)


def _sources(files: Sequence[tuple[str, Path]]) -> list[_Source]:
    sources = [_source(slot, path) for slot, path in files]
    places = [(source.slot, source.name) for source in sources]
    for slot, name in places:
        if places.count((slot, name)) > 1:
            raise FileRefused(file=name, reason=N_("同一个文件位里有两个同名的附件"), field="file")
    return sources


def _source(slot: str, path: Path) -> _Source:
    if not path.is_file():
        raise FileRefused(file=path.name, reason=N_("没有这个文件"), field="file")
    try:
        return _Source(slot, path, check_name(path.name, "name"), path.stat().st_size)
    except (Malformed, OSError) as error:
        raise FileRefused(file=path.name, reason=str(error), field="file") from error


def _check_replaces(replaces: BidKey | None, tender: Tender, lot: str) -> None:
    if replaces is None:
        return
    wanted = (tender.panel.project, lot, tender.panel.hash.hex())
    if (replaces.project, replaces.lot, replaces.panel) != wanted:
        raise OtherTender(project=replaces.project, lot=replaces.lot, field="replaces")


@contextmanager
def _new_file(out: Path) -> Iterator[BinaryIO]:
    """A file that appears under its name only when it is whole and durable."""
    if out.exists():
        raise FileExists(file=out.name)
    draft = out.with_name(out.name + ".part")
    try:
        with draft.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.rename(out)
    except FileExistsError as error:
        raise FileExists(file=draft.name) from error
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


class _Job:
    """One bid on its way into its package."""

    def __init__(
        self,
        tender: Tender,
        lot: Lot,
        tenderer: dict[str, str],
        fields: dict[str, Any],
        sources: list[_Source],
        seed: bytes,
        replaces: BidKey | None,
        entropy: Entropy,
    ) -> None:
        self._tender = tender
        self._lot = lot.code
        self._sheet_of = {field.name: field.envelope for field in lot.fields}
        self._files_of = {slot.code: slot.envelope for slot in lot.slots}
        self._tenderer = tenderer
        self._fields = fields
        self._sources = sources
        self._seed = seed
        self._replaces = replaces
        self._entropy = entropy
        self.bid = bid_uid(public_key(seed))
        self.sheets: dict[str, str] = {}
        self.key, self.manifest = self._deal()

    def _deal(self) -> tuple[BidKey, dict[str, Any]]:
        """Deal every envelope's key, and write the manifest with places for the hashes."""
        panel = self._tender.panel
        identities, envelopes = [], []
        for spec in panel.envelopes:
            ctx = envelope_ctx(panel.hash, self.bid, spec.id)
            dealing, secret = deal(ctx, panel.k, panel.pubs, self._entropy)
            identity = identity_of(secret, ctx)
            identities.append((spec.id, identity))
            sizes = [age.sealed_size(size) for size in self._plain_sizes(spec)]
            files = [{"n": n, "size": size, "sha256": _NO_HASH} for n, size in enumerate(sizes)]
            envelopes.append(
                {"id": spec.id, "recipient": recipient_of(identity), "dealing": dealing, "files": files}
            )
        key = BidKey(panel.project, self._lot, panel.hash.hex(), self.bid, self._seed, tuple(identities))
        return key, {
            "v": 1,
            "type": "bid",
            "project": panel.project,
            "lot": self._lot,
            "panel": panel.hash.hex(),
            "bid": self.bid,
            "sign_pub": public_key(self._seed).hex(),
            "supersedes": None if self._replaces is None else self._replaces.bid,
            "client": client_hash(),
            "envelopes": envelopes,
        }

    def _sources_in(self, spec: EnvelopeSpec) -> list[_Source]:
        return [source for source in self._sources if self._files_of[source.slot] == spec.id]

    def _plain_sizes(self, spec: EnvelopeSpec) -> list[int]:
        if spec.public:
            return [len(self._sheet(spec))]
        hashes = [_NO_HASH] * len(self._sources_in(spec))
        return [len(self._index(spec, hashes)), *(padme(n) for n in self._volumes(spec))]

    def _volumes(self, spec: EnvelopeSpec) -> list[int]:
        """The plain size of every volume of an envelope, file after file."""
        return [
            min(VOLUME, source.size - n * VOLUME)
            for source in self._sources_in(spec)
            for n in range(volume_count(source.size))
        ]

    def _sheet(self, spec: EnvelopeSpec) -> bytes:
        return sheet_bytes(
            {
                "v": 1,
                "project": self._tender.panel.project,
                "lot": self._lot,
                "bid": self.bid,
                "envelope": spec.id,
                "tenderer": self._tenderer,
                "fields": {k: v for k, v in self._fields.items() if self._sheet_of[k] == spec.id},
            }
        )

    def _index(self, spec: EnvelopeSpec, hashes: Sequence[str]) -> bytes:
        entries, n = [], 1
        for source, sha256 in zip(self._sources_in(spec), hashes, strict=True):
            count = volume_count(source.size)
            entries.append(
                IndexEntry(source.name, source.slot, source.size, sha256, tuple(range(n, n + count)))
            )
            n += count
        return index_bytes(self.bid, spec.id, entries)

    def write(self, file: BinaryIO) -> None:
        """Write the package in one pass; the hashes go into the places kept for them."""
        package = PackageWriter(file, len(self._signed(_NO_SIGNATURE, self._superseded(_NO_SIGNATURE))))
        for spec, written in zip(self._tender.panel.envelopes, self.manifest["envelopes"], strict=True):
            if spec.public:
                self._write_sheet(package, spec, written)
            else:
                self._write_files(package, spec, written)
        sig = sign_manifest(self._seed, self.manifest)
        old = None if self._replaces is None else sign_supersede(self._replaces.sign_seed, self.manifest)
        # What the server will check is checked here, where the tenderer can still do something about it.
        check_manifest(self.manifest, sig, self._tender.panel, self._tender.panel.hash)
        package.finish(self._signed(sig, old))

    def _superseded(self, sig: str) -> str | None:
        return None if self._replaces is None else sig

    def _signed(self, sig: str, supersedes_sig: str | None) -> bytes:
        return dumps({"manifest": self.manifest, "sig": sig, "supersedes_sig": supersedes_sig})

    def _write_sheet(self, package: PackageWriter, spec: EnvelopeSpec, written: dict[str, Any]) -> None:
        plain = self._sheet(spec)
        self.sheets[spec.id] = hashlib.sha256(plain.rstrip(b" ")).hexdigest()
        sealed = self._sealed(plain, written)
        package.begin(spec.id, 0, len(sealed))
        package.write(sealed)
        package.end()

    def _sealed(self, plain: bytes, written: dict[str, Any]) -> bytes:
        """A small file, sealed; its hash goes into the manifest as number 0."""
        out = BytesIO()
        age.encrypt(BytesIO(plain), out, written["recipient"], self._entropy)
        written["files"][0]["sha256"] = hashlib.sha256(out.getvalue()).hexdigest()
        return out.getvalue()

    def _write_files(self, package: PackageWriter, spec: EnvelopeSpec, written: dict[str, Any]) -> None:
        fill = package.reserve(spec.id, 0, written["files"][0]["size"])
        hashes, n = [], 1
        for source in self._sources_in(spec):
            with source.path.open("rb", buffering=0) as opened, Pipeline() as pipeline:
                reader = _HashedFile(opened, source, pipeline.submit)
                for number in range(volume_count(source.size)):
                    size = min(VOLUME, source.size - number * VOLUME)
                    file = written["files"][n]
                    package.begin(spec.id, n, file["size"])
                    file["sha256"] = self._volume(reader, package, pipeline, written["recipient"], size)
                    package.end()
                    n += 1
                hashes.append(reader.finish())
        fill(self._sealed(self._index(spec, hashes), written))

    def _volume(
        self, reader: _HashedFile, package: PackageWriter, pipeline: Pipeline, recipient: str, size: int
    ) -> str:
        digest = hashlib.sha256()
        try:
            sink = pipeline.into(digest.update, package.write)
            seal_stream(reader.volume(size), sink, recipient, size, self._entropy)
            pipeline.wait()
        except Malformed as error:
            raise FileRefused(file=reader.name, reason=str(error), field="file") from error
        return digest.hexdigest()


class Pipeline:
    """Hashes and writes one block while the next one is encrypted, each on a thread of its own.

    ``age`` lends every block until its next write returns, so exactly one is under way.
    """

    def __init__(self) -> None:
        self._workers = ThreadPoolExecutor(3)
        self._targets: tuple[Take, ...] = ()
        self._under_way: list[Future[object]] = []

    def __enter__(self) -> Pipeline:
        return self

    def __exit__(self, *_: object) -> None:
        self._workers.shutdown(cancel_futures=True)

    def submit(self, take: Take, data: bytes) -> Future[object]:
        """Call a function with bytes in the background."""
        return self._workers.submit(take, data)

    def into(self, *targets: Take) -> Pipeline:
        """From now on every block goes to these, at the same time."""
        self._targets = targets
        return self

    def write(self, data: bytes | memoryview, /) -> None:
        """Hand on a block once the one before it is done."""
        self.wait()
        self._under_way = [self._workers.submit(target, data) for target in self._targets]

    def wait(self) -> None:
        """The block under way is done; what went wrong with it is raised here."""
        for future in self._under_way:
            future.result()
        self._under_way = []


class _HashedFile:
    """A file read once, volume after volume, its hash running along in the background."""

    def __init__(
        self,
        file: Any,
        source: _Source,
        submit: Callable[[Take, bytes], Future[object]],
    ) -> None:
        self._file = file
        self._source = source
        self._submit = submit
        self._hash = hashlib.sha256()
        self._hashing: Future[object] | None = None
        self._left = 0

    @property
    def name(self) -> str:
        """The file's name."""
        return self._source.name

    def volume(self, size: int) -> _HashedFile:
        """Begin a volume of that many bytes."""
        self._left = size
        return self

    def read(self, size: int, /) -> bytes:
        """The next bytes of the volume; none at its end."""
        data: bytes = self._file.read(min(size, self._left))
        self._left -= len(data)
        if self._hashing is not None:
            self._hashing.result()
        self._hashing = self._submit(self._hash.update, data)
        return data

    def finish(self) -> str:
        """The hash (hex) of the whole file; ``FileRefused`` where it has grown meanwhile."""
        if self._hashing is not None:
            self._hashing.result()
        if self._file.read(1):
            raise FileRefused(file=self.name, reason=N_("签封期间文件变了"), field="file")
        return self._hash.hexdigest()
