from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib

import pytest

from bidding.core.canonical import Malformed
from bidding.sealing import package
from bidding.sealing.package import (
    NotAPackage,
    PackageCompressed,
    PackageDamaged,
    PackageDuplicate,
    PackageEncrypted,
    PackageInconsistent,
    PackageName,
    PackageOrder,
    PackageReader,
    PackageRefused,
    PackageStreamed,
    PackageTooLarge,
    PackageTruncated,
    PackageWriter,
)

MANIFEST = b'{"manifest":1}'
FILES = {("offer", 0): b"sheet" * 10, ("files", 0): b"index", ("files", 1): b"v" * 5000, ("files", 2): b""}


def written(files=FILES, manifest=MANIFEST):
    """A package by our own writer."""
    out = io.BytesIO()
    writer = PackageWriter(out, len(manifest))
    for (envelope, n), data in files.items():
        writer.begin(envelope, n, len(data))
        writer.write(data)
        writer.end()
    writer.finish(manifest)
    return out.getvalue()


def zipped(entries, compression=zipfile.ZIP_STORED):
    """A package by Python's own zip writer; entries are (name, data)."""
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", compression) as archive:
        warnings.simplefilter("ignore")  # the same name twice is what some tests are about
        for name, data in entries:
            archive.writestr(zipfile.ZipInfo(name), data, compression)
    return out.getvalue()


def names(files=FILES):
    return [("manifest.json", MANIFEST), *((f"{e}/{n}.age", data) for (e, n), data in files.items())]


class Taken:
    def __init__(self):
        self.manifest = None
        self.files = {}
        self.done = []

    def on_manifest(self, data):
        assert self.manifest is None
        assert not self.files
        self.manifest = data

    def on_file(self, envelope, n, size):
        taken, place = self, (envelope, n)
        taken.files[place] = bytearray()

        class Sink:
            def write(self, data):
                taken.files[place] += data

            def done(self):
                assert len(taken.files[place]) == size
                taken.done.append(place)

        return Sink()


def read(data, piece=None):
    taken = Taken()
    reader = PackageReader(taken.on_manifest, taken.on_file)
    step = piece or len(data) or 1
    for start in range(0, len(data), step):
        reader.feed(data[start : start + step])
    reader.close()
    return taken


@pytest.mark.parametrize("make", [written, lambda: zipped(names())], ids=["ours", "zipfile"])
@pytest.mark.parametrize("piece", [None, 1, 7, 1000])
def test_what_was_written_is_read_in_pieces_of_any_size(make, piece):
    taken = read(make(), piece)
    assert taken.manifest == MANIFEST
    assert {place: bytes(data) for place, data in taken.files.items()} == FILES
    assert taken.done == list(FILES)


def test_python_itself_reads_ours():
    with zipfile.ZipFile(io.BytesIO(written())) as archive:
        assert archive.testzip() is None
        assert [(info.filename, archive.read(info)) for info in archive.infolist()] == names()
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_places_kept_are_filled_in_later():
    out = io.BytesIO()
    writer = PackageWriter(out, len(MANIFEST))
    fill = writer.reserve("files", 0, 5)
    writer.begin("files", 1, 3)
    writer.write(memoryview(b"abc"))
    writer.end()
    fill(b"index")
    writer.finish(MANIFEST)
    assert read(out.getvalue()).files == {("files", 0): b"index", ("files", 1): b"abc"}


def test_a_wrong_announcement_is_the_writers_own_mistake():
    writer = PackageWriter(io.BytesIO(), 5)
    writer.begin("files", 0, 3)
    writer.write(b"ab")
    with pytest.raises(ValueError, match="announced 3"):
        writer.end()
    with pytest.raises(ValueError, match="announced 5"):
        writer.finish(b"1234")


def test_every_cut_is_noticed():
    data = written()
    for length in range(len(data)):
        with pytest.raises((PackageTruncated, NotAPackage)):
            read(data[:length])
    with pytest.raises(PackageTruncated):
        read(data[:-1])


def test_nothing_may_follow():
    with pytest.raises(PackageInconsistent):
        read(written() + b"x")
    with pytest.raises(PackageRefused):
        read(written() + written())


def test_every_changed_byte_is_noticed_or_means_nothing():
    whole = written()
    loose = 0
    for place in range(len(whole)):
        wrong = bytearray(whole)
        wrong[place] ^= 0x04
        try:
            taken = read(bytes(wrong))
        except PackageRefused:
            continue
        loose += 1
        assert {key: bytes(data) for key, data in taken.files.items()} == FILES
        assert taken.manifest == MANIFEST
    # only times, versions and permissions, which nobody reads
    assert loose < len(names()) * 40


@pytest.mark.parametrize(
    ("entries", "error"),
    [
        ([], NotAPackage),
        (names()[1:], PackageOrder),
        ([names()[1], names()[0], *names()[2:]], PackageOrder),
        ([*names(), names()[0]], PackageDuplicate),
        ([*names(), names()[1]], PackageDuplicate),
        ([names()[0], ("files/1.age", b"")], PackageOrder),
        ([names()[0], ("files/0.age", b""), ("files/2.age", b"")], PackageOrder),
        ([*names(), ("offer/1.age", b"")], PackageOrder),
        ([*names(), ("../../etc/passwd", b"")], PackageName),
        ([*names(), ("files/3.age/", b"")], PackageName),
        ([*names(), ("files/03.age", b"")], PackageName),
        ([*names(), ("readme.txt", b"")], PackageName),
        ([*names(), ("/files/3.age", b"")], PackageName),
        ([*names(), ("files\\3.age", b"")], PackageName),
        ([*names(), ("x" * 129, b"")], PackageName),
    ],
    ids=[
        "empty-zip", "no-manifest", "manifest-second", "manifest-twice", "file-twice", "begins-at-1", "gap",
        "back-to-envelope", "traversal", "folder", "leading-zero", "foreign", "absolute", "backslash", "long",
    ],
)  # fmt: skip
def test_other_contents_are_refused_by_name(entries, error):
    with pytest.raises(error):
        read(zipped(entries))


def test_compressed_packages_are_refused_before_they_are_unpacked():
    with pytest.raises(PackageCompressed) as caught:
        read(zipped(names(), zipfile.ZIP_DEFLATED))
    assert "manifest.json" in str(caught.value)


def _with_flag(flag):
    data = bytearray(written())
    struct.pack_into("<H", data, 6, flag)
    return bytes(data)


@pytest.mark.parametrize(
    ("flag", "error"),
    [(0x0001, PackageEncrypted), (0x0008, PackageStreamed), (0x0040, PackageInconsistent)],
    ids=["encrypted", "streamed", "unknown"],
)
def test_packages_of_other_tools_are_refused_by_their_flags(flag, error):
    with pytest.raises(error):
        read(_with_flag(flag))


@pytest.mark.parametrize("data", [b"%PDF-1.7", b"PK\x05\x06" + bytes(18), b"Rar!\x1a\x07"])
def test_what_is_no_package_is_called_so(data):
    with pytest.raises(NotAPackage):
        read(data)


@pytest.mark.parametrize("data", [b"", b"P", b"PK\x03\x04", b"PK\x03\x04" + bytes(10)])
def test_what_could_have_become_a_package_is_called_cut_off(data):
    with pytest.raises(PackageTruncated):
        read(data)


def test_damage_is_named():
    data = bytearray(written())
    place = data.index(b"v" * 100)
    data[place] ^= 1
    with pytest.raises(PackageDamaged) as caught:
        read(bytes(data))
    assert caught.value.params["name"] == "files/1.age"
    data = bytearray(written())
    data[data.index(MANIFEST)] ^= 1
    with pytest.raises(PackageDamaged):
        read(bytes(data))


def test_the_directory_may_not_say_something_else():
    whole = written()
    start = whole.index(b"PK\x01\x02")
    for place, layout, value in ((16, "<I", 5), (20, "<I", 5), (24, "<I", 5), (42, "<I", 5), (34, "<H", 1)):
        data = bytearray(whole)
        struct.pack_into(layout, data, start + place, value)
        with pytest.raises(PackageInconsistent):
            read(bytes(data))


def test_a_manifest_that_is_too_long_is_refused_before_it_comes():
    head = struct.pack(
        "<4sHHHHHIIIHH",
        b"PK\x03\x04",
        20,
        0,
        0,
        0,
        33,
        0,
        package.MAX_MANIFEST + 1,
        package.MAX_MANIFEST + 1,
        13,
        0,
    )
    with pytest.raises(PackageTooLarge):
        read(head + b"manifest.json")


def test_sizes_that_lie_are_noticed():
    body = b"abc"
    head = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 0, 0, 33, zlib.crc32(body), 3, 9, 13, 0)
    with pytest.raises(PackageInconsistent):
        read(head + b"manifest.json" + body)


def test_large_offsets_are_written_as_zip64(monkeypatch):
    # a package of more than 4 GiB, without writing one: the limit is lowered instead
    monkeypatch.setattr(package, "_MAX32", 2000)
    data = written({("files", 0): b"a" * 1500, ("files", 1): b"b" * 1500, ("files", 2): b"c"})
    assert b"PK\x06\x06" in data
    assert bytes(read(data).files["files", 1]) == b"b" * 1500


def test_refusals_are_malformed_as_well():
    assert issubclass(PackageRefused, Malformed)
