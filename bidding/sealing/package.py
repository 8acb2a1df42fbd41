"""The ``.bidseal`` package (protocol §3.7): a zip of stored entries, written in one pass, read as it arrives.

``manifest.json`` comes first, then ``ENVELOPE/N.age``, nothing else. The reader is a push parser for a server:
it never holds a file, and takes nothing on trust that a zip says twice.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, NoReturn, Protocol

from bidding.core.canonical import IDENTIFIER, Malformed
from bidding.core.errors import N_, DomainError

MANIFEST = "manifest.json"
MAX_MANIFEST = 4 * 1024 * 1024
MAX_ENTRIES = 20_000
_NAME = re.compile(rf"({IDENTIFIER.pattern})/(0|[1-9][0-9]{{0,5}})\.age")
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END64 = struct.Struct("<4sQHHIIQQQQ")
_LOCATOR = struct.Struct("<4sIQI")
_END = struct.Struct("<4sHHHHIIH")
_LOCAL_SIGNATURE = b"PK\x03\x04"
_CENTRAL_SIGNATURE = b"PK\x01\x02"
_END64_SIGNATURE = b"PK\x06\x06"
_LOCATOR_SIGNATURE = b"PK\x06\x07"
_END_SIGNATURE = b"PK\x05\x06"
_CRC_PLACE = 14  # in a local header
_MAX16 = 0xFFFF
_MAX32 = 0xFFFFFFFF
_ZIP64 = 1  # the extra field with the large sizes
_ENCRYPTED = 0x0001
_STREAMED = 0x0008
_UTF8 = 0x0800
_DAY_ONE = 0x0021  # 1980-01-01: a package says nothing about when it was made
#: Room per entry in the central directory: the fixed part, the longest name, some extra fields.
_CENTRAL_ROOM = 512


class PackageRefused(DomainError, Malformed):
    """A package that is not one; the subclasses say why."""

    code = "package.refused"
    text = N_("签封包不能接收。请用签封程序重新生成后再上传。")
    status = 422


class NotAPackage(PackageRefused):
    code = "package.not_a_package"
    text = N_("这不是签封包：文件开头不是签封程序写入的格式。请上传扩展名为 .bidseal 的文件。")


class PackageTruncated(PackageRefused):
    code = "package.truncated"
    text = N_("签封包不完整，文件在中途结束。请检查文件大小后重新上传；从优盘复制的请重新复制。")


class PackageCompressed(PackageRefused):
    code = "package.compressed"
    text = N_("签封包中的“%(name)s”被压缩过。签封包只能由签封程序生成，不能用压缩软件重新打包。")


class PackageEncrypted(PackageRefused):
    code = "package.encrypted"
    text = N_("签封包中的“%(name)s”设有压缩软件的密码。签封包只能由签封程序生成，不要另设密码。")


class PackageStreamed(PackageRefused):
    code = "package.streamed"
    text = N_("签封包中的“%(name)s”没有事先写明大小。签封包只能由签封程序生成，不能用压缩软件重新打包。")


class PackageName(PackageRefused):
    code = "package.name"
    text = N_("签封包中有不该有的内容“%(name)s”。签封包里只有清单和加密文件，请用签封程序重新生成。")


class PackageOrder(PackageRefused):
    code = "package.order"
    text = N_("签封包中“%(name)s”的位置不对。清单必须在最前，加密文件依次排列，请用签封程序重新生成。")


class PackageDuplicate(PackageRefused):
    code = "package.duplicate"
    text = N_("签封包中“%(name)s”出现了两次。请用签封程序重新生成。")


class PackageDamaged(PackageRefused):
    code = "package.damaged"
    text = N_("签封包中的“%(name)s”在保存或传输中损坏，校验值不符。请重新复制或重新生成后再上传。")


class PackageInconsistent(PackageRefused):
    code = "package.inconsistent"
    text = N_("签封包的目录与内容不一致（%(what)s）。请用签封程序重新生成。")


class PackageTooLarge(PackageRefused):
    code = "package.too_large"
    text = N_("签封包的清单或文件数量超过上限：清单不超过 4 MiB，文件不超过 20000 个。")


class Sink(Protocol):
    """Where one sealed file goes."""

    def write(self, data: memoryview, /) -> object:
        """Take all of it; the memory is only lent."""
        ...

    def done(self) -> None:
        """The file is whole and its checksum agrees."""
        ...


@dataclass(slots=True)
class _Entry:
    name: str
    size: int
    crc: int
    offset: int


def _fields64(extra: bytes, count: int, name: str) -> list[int]:
    """The first ``count`` numbers of the zip64 extra field."""
    place = 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, place)
        body = extra[place + 4 : place + 4 + length]
        if kind == _ZIP64 and len(body) >= 8 * count:
            return list(struct.unpack_from(f"<{count}Q", body))
        place += 4 + length
    raise PackageInconsistent(what=name)


class PackageReader:
    """Takes a package in pieces of any size and hands on what is in it.

    ``on_manifest(bytes)`` is called once, before any ``on_file(envelope, n, size)``, which gives the sink.
    After the last ``feed`` call ``close``: only then is the package known to be whole. Raises subclasses of
    ``PackageRefused``; after one the reader is of no use.
    """

    def __init__(
        self,
        on_manifest: Callable[[bytes], object],
        on_file: Callable[[str, int, int], Sink],
    ) -> None:
        self._on_manifest = on_manifest
        self._on_file = on_file
        self._entries: list[_Entry] = []
        self._names: set[str] = set()
        self._last: tuple[str, int] = ("", -1)
        self._offset = 0
        self._head = (
            bytearray()
        )  # a local header on its way in, the manifest, or everything after the last file
        self._wanted = 4
        self._step: Callable[[], None] = self._signature
        self._sink: Sink | None = None
        self._left = 0
        self._crc = 0

    def feed(self, chunk: bytes | bytearray | memoryview) -> None:
        """The next bytes of the package."""
        view = memoryview(chunk)
        while view:
            if self._sink is not None:
                view = self._data(self._sink, view)
                continue
            take = view[: self._wanted - len(self._head)]
            self._head += take
            self._offset += len(take)
            view = view[len(take) :]
            if len(self._head) == self._wanted:
                self._step()

    def close(self) -> None:
        """Say that nothing more comes; check the directory at the end against what has come."""
        if self._sink is not None or self._step != self._tail_full:
            if not self._entries and not bytes(self._head).startswith(_LOCAL_SIGNATURE[: len(self._head)]):
                raise NotAPackage
            raise PackageTruncated
        _Tail(bytes(self._head), self._entries, self._offset - len(self._head)).check()

    def _data(self, sink: Sink, view: memoryview) -> memoryview:
        piece = view[: self._left]
        self._crc = zlib.crc32(piece, self._crc)
        self._left -= len(piece)
        self._offset += len(piece)
        sink.write(piece)
        if not self._left:
            self._file_done(sink)
        return view[len(piece) :]

    def _file_done(self, sink: Sink) -> None:
        entry = self._entries[-1]
        if self._crc != entry.crc:
            raise PackageDamaged(name=entry.name)
        self._sink = None
        sink.done()
        self._expect(4, self._signature)

    def _expect(self, size: int, step: Callable[[], None]) -> None:
        self._head.clear()
        self._wanted, self._step = size, step

    def _signature(self) -> None:
        found = bytes(self._head)
        if found == _LOCAL_SIGNATURE:
            self._wanted, self._step = _LOCAL.size, self._local
        elif not self._entries:
            raise NotAPackage
        elif found == _CENTRAL_SIGNATURE:
            self._wanted = (len(self._entries) + 1) * _CENTRAL_ROOM
            self._step = self._tail_full
        else:
            raise PackageInconsistent(what=self._entries[-1].name)

    def _tail_full(self) -> NoReturn:
        raise PackageInconsistent(what="central directory")

    def _local(self) -> None:
        *_, name_length, extra_length = _LOCAL.unpack(self._head)
        if not 0 < name_length <= 128:
            raise PackageName(name="…")
        self._wanted, self._step = _LOCAL.size + name_length + extra_length, self._entry

    def _entry(self) -> None:
        head = bytes(self._head)
        _, _, flags, method, _, _, crc, packed, size, name_length, _ = _LOCAL.unpack_from(head)
        raw = head[_LOCAL.size : _LOCAL.size + name_length]
        name = raw.decode("ascii", "replace")
        _check_method(flags, method, name)
        if size == _MAX32 or packed == _MAX32:
            size, packed = _fields64(head[_LOCAL.size + name_length :], 2, name)
        if size != packed:
            raise PackageInconsistent(what=name)
        envelope, n = self._place(name)
        if len(self._entries) >= MAX_ENTRIES or (n < 0 and size > MAX_MANIFEST):
            raise PackageTooLarge
        self._entries.append(_Entry(name, size, crc, self._offset - len(head)))
        if n < 0:
            self._expect(size, self._manifest)
        else:
            self._begin(envelope, n, size)

    def _place(self, name: str) -> tuple[str, int]:
        """Envelope and number, n = -1 for the manifest; refuses any other name, repetition and order."""
        if name in self._names:
            raise PackageDuplicate(name=name)
        self._names.add(name)
        if name == MANIFEST:
            if self._entries:
                raise PackageOrder(name=name)
            return "", -1
        match = _NAME.fullmatch(name)
        if match is None:
            raise PackageName(name=_shown(name))
        if not self._entries:
            raise PackageOrder(name=name)
        envelope, n = match[1], int(match[2])
        last_envelope, last_n = self._last
        if n != (last_n + 1 if envelope == last_envelope else 0):
            raise PackageOrder(name=name)
        self._last = (envelope, n)
        return envelope, n

    def _manifest(self) -> None:
        data = bytes(self._head)
        if zlib.crc32(data) != self._entries[-1].crc:
            raise PackageDamaged(name=MANIFEST)
        self._expect(4, self._signature)
        self._on_manifest(data)

    def _begin(self, envelope: str, n: int, size: int) -> None:
        self._head.clear()
        self._left, self._crc = size, 0
        self._sink = self._on_file(envelope, n, size)
        if not size:
            self._file_done(self._sink)


def _check_method(flags: int, method: int, name: str) -> None:
    if flags & _ENCRYPTED:
        raise PackageEncrypted(name=_shown(name))
    if flags & _STREAMED:
        raise PackageStreamed(name=_shown(name))
    if method:
        raise PackageCompressed(name=_shown(name))
    if flags & ~_UTF8:
        raise PackageInconsistent(what=_shown(name))


def _shown(name: str) -> str:
    """A stranger's name, safe to print."""
    return "".join(sign if sign.isprintable() else "?" for sign in name[:64])


class _Tail:
    """Everything after the last file: the central directory and the records that end it."""

    def __init__(self, data: bytes, entries: list[_Entry], start: int) -> None:
        self._data = data
        self._entries = entries
        self._start = start
        self._place = 0

    def check(self) -> None:
        """Refuse what is missing, left over, or other than what came before."""
        for entry in self._entries:
            self._central(entry)
        size = self._place
        if self._data[self._place : self._place + 4] == _CENTRAL_SIGNATURE:
            raise PackageInconsistent(what="central directory")
        if self._data[self._place : self._place + 4] == _END64_SIGNATURE:
            self._end64(size)
        self._end(size)

    def _take(self, layout: struct.Struct, signature: bytes) -> tuple[int, ...]:
        place, self._place = self._place, self._place + layout.size
        if self._place > len(self._data):
            raise PackageTruncated
        found, *fields = layout.unpack_from(self._data, place)
        if found != signature:
            raise PackageInconsistent(what="central directory")
        return tuple(fields)

    def _slice(self, length: int) -> bytes:
        place, self._place = self._place, self._place + length
        if self._place > len(self._data):
            raise PackageTruncated
        return self._data[place : self._place]

    def _central(self, entry: _Entry) -> None:
        fields = self._take(_CENTRAL, _CENTRAL_SIGNATURE)
        _, _, flags, method, _, _, crc, packed, size, name_length, extra_length, note_length, disk = fields[
            :13
        ]
        offset = fields[15]
        name = self._slice(name_length).decode("ascii", "replace")
        extra = self._slice(extra_length)
        self._slice(note_length)
        large = [value == _MAX32 for value in (size, packed, offset)]
        if any(large):
            numbers = iter(_fields64(extra, sum(large), name))
            size, packed, offset = (
                next(numbers) if is_large else value
                for is_large, value in zip(large, (size, packed, offset), strict=True)
            )
        _check_method(flags, method, name)
        if (name, size, packed, crc, offset, disk) != (
            entry.name,
            entry.size,
            entry.size,
            entry.crc,
            entry.offset,
            0,
        ):
            raise PackageInconsistent(what=entry.name)

    def _end64(self, size: int) -> None:
        length, _, _, disk, central_disk, here, total, central, start = self._take(_END64, _END64_SIGNATURE)
        count = len(self._entries)
        if (length, disk, central_disk, here, total, central, start) != (
            _END64.size - 12,
            0,
            0,
            count,
            count,
            size,
            self._start,
        ):
            raise PackageInconsistent(what="zip64")
        disk, end64, disks = self._take(_LOCATOR, _LOCATOR_SIGNATURE)
        if (disk, end64, disks) != (0, self._start + size, 1):
            raise PackageInconsistent(what="zip64")

    def _end(self, size: int) -> None:
        disk, central_disk, here, total, central, start, note = self._take(_END, _END_SIGNATURE)
        count = len(self._entries)
        expected = (min(count, _MAX16), min(count, _MAX16), min(size, _MAX32), min(self._start, _MAX32))
        if (disk, central_disk) != (0, 0) or (here, total, central, start) != expected:
            raise PackageInconsistent(what="central directory")
        if note or self._place != len(self._data):
            raise PackageInconsistent(what="bytes after the end")


class PackageWriter:
    """Writes a package in one pass over the files.

    What can only be written when the files have been hashed (the manifest, an index) gets its place by
    ``reserve`` and is filled in later; its size must be known exactly.
    """

    def __init__(self, out: BinaryIO, manifest_size: int) -> None:
        self._out = out
        self._entries: list[_Entry] = []
        self._written = self._crc = 0
        self._reserve(MANIFEST, manifest_size)

    def reserve(self, envelope: str, n: int, size: int) -> Callable[[bytes], None]:
        """Keep a place for ``ENVELOPE/N.age``; call what comes back with its ``size`` bytes before ``finish``."""
        return self._reserve(f"{envelope}/{n}.age", size)

    def begin(self, envelope: str, n: int, size: int) -> None:
        """Start ``ENVELOPE/N.age``, which will have exactly ``size`` bytes."""
        self._open(f"{envelope}/{n}.age", size)
        self._crc = self._written = 0

    def write(self, data: bytes | memoryview, /) -> None:
        """Bytes of the file begun last."""
        self._out.write(data)
        self._crc = zlib.crc32(data, self._crc)
        self._written += len(data)

    def end(self) -> None:
        """The file begun last is whole."""
        entry = self._entries[-1]
        if self._written != entry.size:
            msg = f"{entry.name}: {self._written} bytes, announced {entry.size}"
            raise ValueError(msg)
        self._seal(entry, self._crc)

    def finish(self, manifest: bytes) -> None:
        """Write the manifest and the directory. The stream is left open."""
        self._fill(self._entries[0], manifest)
        self._out.write(self._directory(self._out.tell()))

    def _reserve(self, name: str, size: int) -> Callable[[bytes], None]:
        self._open(name, size)
        self._out.seek(size, 1)
        entry = self._entries[-1]
        return lambda data: self._fill(entry, data)

    def _fill(self, entry: _Entry, data: bytes) -> None:
        if len(data) != entry.size:
            msg = f"{entry.name}: {len(data)} bytes, announced {entry.size}"
            raise ValueError(msg)
        end = self._out.tell()
        self._out.seek(entry.offset + _LOCAL.size + len(entry.name))
        self._out.write(data)
        self._out.seek(end)
        self._seal(entry, zlib.crc32(data))

    def _open(self, name: str, size: int) -> None:
        if size >= _MAX32:
            msg = f"{name}: a volume is never this large"
            raise ValueError(msg)
        raw = name.encode("ascii")
        self._entries.append(_Entry(name, size, 0, self._out.tell()))
        self._out.write(
            _LOCAL.pack(_LOCAL_SIGNATURE, 20, 0, 0, 0, _DAY_ONE, 0, size, size, len(raw), 0) + raw
        )

    def _seal(self, entry: _Entry, crc: int) -> None:
        entry.crc = crc
        end = self._out.tell()
        self._out.seek(entry.offset + _CRC_PLACE)
        self._out.write(struct.pack("<I", crc))
        self._out.seek(end)

    def _directory(self, start: int) -> bytes:
        out = bytearray()
        for entry in self._entries:
            raw = entry.name.encode("ascii")
            large = entry.offset >= _MAX32
            extra = struct.pack("<HHQ", _ZIP64, 8, entry.offset) if large else b""
            version = 45 if large else 20
            out += _CENTRAL.pack(
                _CENTRAL_SIGNATURE, version, version, 0, 0, 0, _DAY_ONE, entry.crc, entry.size, entry.size,
                len(raw), len(extra), 0, 0, 0, 0o100600 << 16, min(entry.offset, _MAX32),
            )  # fmt: skip
            out += raw + extra
        size, count = len(out), len(self._entries)
        if start >= _MAX32 or count >= _MAX16:
            out += _END64.pack(
                _END64_SIGNATURE, _END64.size - 12, 45, 45, 0, 0, count, count, size, start
            ) + _LOCATOR.pack(_LOCATOR_SIGNATURE, 0, start + size, 1)
        out += _END.pack(
            _END_SIGNATURE, 0, 0, min(count, _MAX16), min(count, _MAX16), size, min(start, _MAX32), 0
        )
        return bytes(out)
