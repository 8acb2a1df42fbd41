from __future__ import annotations

import hashlib
import zipfile
from io import BytesIO

import pyrage
import pytest

from bidding.core.canonical import dumps, loads
from bidding.core.codes import InvalidUscc
from bidding.core.entropy import SystemEntropy
from bidding.sealing import client, container
from bidding.sealing.client import FileRefused, NameMissing, OtherTender, client_hash, seal
from bidding.sealing.container import open_volumes, parse_index, parse_sheet
from bidding.sealing.dealing import combine, identity_of, make_share, trustee_scalar
from bidding.sealing.keys import FileExists
from bidding.sealing.manifest import check_manifest, check_supersedes_sig, check_withdrawal
from bidding.sealing.offer import LotUnknown, TenderRefused
from bidding.sealing.package import PackageReader
from bidding.sealing.panel import envelope_ctx, parse_panel
from tests.people import uscc
from tests.sealing.keyring import STANDING, seed_of
from tests.sealing.papers import OFFER, entropy, panel_event, tender_file

TENDERER = ("岚岳建设集团有限公司", uscc("91539921MA6KQ7X3A"))


class Taken:
    """What a server would take off the line."""

    def __init__(self, package, piece=65536):
        self.files = {}
        reader = PackageReader(self._manifest, self._file)
        with package.open("rb") as source:
            while data := source.read(piece):
                reader.feed(data)
        reader.close()

    def _manifest(self, data):
        self.outer = loads(data)

    def _file(self, envelope, n, size):
        self.files[envelope, n] = bytearray()
        taken = self

        class Sink:
            def write(self, data):
                taken.files[envelope, n] += data

            def done(self):
                assert len(taken.files[envelope, n]) == size

        return Sink()


def sealed(tmp_path, name="a.bidseal", **changes):
    given = {
        "lot": "1",
        "tenderer": TENDERER,
        "offer": OFFER,
        "files": [],
        "out": tmp_path / name,
        "entropy": entropy(name),
    } | changes
    return seal(changes.pop("tender", tender_file()), **{k: v for k, v in given.items() if k != "tender"})


def attachments(tmp_path, *sizes):
    paths = []
    for number, size in enumerate(sizes):
        path = tmp_path / f"附件{number}.pdf"
        path.write_bytes(hashlib.shake_128(str(number).encode()).digest(size))
        paths.append(("other", path))
    return paths


@pytest.fixture
def small_volumes(monkeypatch):
    """Volumes of 100 kB, so that a file has several; the panel and the server never see the number."""
    for module in (client, container):
        monkeypatch.setattr(module, "VOLUME", 100_000)


def test_a_package_is_what_the_server_checks(tmp_path):
    paths = attachments(tmp_path, 0, 1, 70_000, 3_000_000)
    done = sealed(tmp_path, files=paths)
    taken = Taken(done.package)
    panel = parse_panel(panel_event())
    manifest = check_manifest(taken.outer["manifest"], taken.outer["sig"], panel, panel.hash)
    assert manifest["bid"] == done.bid
    assert manifest["client"] == client_hash()
    assert taken.outer["supersedes_sig"] is None
    for envelope in manifest["envelopes"]:
        for file in envelope["files"]:
            data = bytes(taken.files[envelope["id"], file["n"]])
            assert (len(data), hashlib.sha256(data).hexdigest()) == (file["size"], file["sha256"])
            container.check_age_header(data[:8192])
    assert done.size == done.package.stat().st_size
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []


def test_any_three_trustees_open_it_and_find_what_was_sealed(tmp_path, small_volumes):
    paths = attachments(tmp_path, 0, 99_999, 100_000, 250_001)
    done = sealed(tmp_path, files=paths)
    taken = Taken(done.package)
    panel = parse_panel(panel_event())
    identities = {}
    for envelope in done.manifest["envelopes"]:
        ctx = envelope_ctx(panel.hash, done.bid, envelope["id"])
        shares = [
            make_share(
                ctx,
                i,
                trustee_scalar(seed_of(name)),
                bytes.fromhex(envelope["dealing"]["E"][i - 1]),
                entropy(),
            )
            for i, name in list(enumerate(STANDING, 1))[1:4]
        ]
        identities[envelope["id"]] = identity_of(combine(shares), ctx)
    assert tuple(identities.items()) == done.key.identities
    sheet = opened(taken.files["offer", 0], identities["offer"])
    parts, digest = parse_sheet(sheet, project="T-2026-1", lot="1", bid=done.bid, envelope="offer")
    assert digest == done.sheets["offer"]
    assert parts["tenderer"] == {"name": TENDERER[0], "uscc": TENDERER[1]}
    assert parts["fields"] == {
        "price_fen": 123456789,
        "rate_ppm": 12500,
        "days": 90,
        "quality": "合格",
        "remark": None,
    }
    count = len(taken.files) - 2
    assert count == 1 + 1 + 1 + 3
    index = parse_index(
        opened(taken.files["files", 0], identities["files"]), bid=done.bid, envelope="files", volumes=count
    )
    for entry, (slot, path) in zip(index, paths, strict=True):
        sources = [BytesIO(bytes(taken.files["files", n])) for n in entry.volumes]
        data = b"".join(open_volumes(sources, identities["files"], entry))
        assert (entry.slot, entry.name, data) == (slot, path.name, path.read_bytes())


def opened(data, identity):
    """Decrypt with the second implementation of age."""
    return pyrage.decrypt(bytes(data), [pyrage.x25519.Identity.from_str(identity)])


def test_the_age_tool_and_unzip_read_a_package(tmp_path):
    done = sealed(tmp_path, files=attachments(tmp_path, 70_000))
    with zipfile.ZipFile(done.package) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["manifest.json", "offer/0.age", "files/0.age", "files/1.age"]
        data = archive.read("files/1.age")
    assert opened(data, dict(done.key.identities)["files"])[:70_000] == (tmp_path / "附件0.pdf").read_bytes()


def test_two_packages_of_one_offer_have_nothing_in_common(tmp_path):
    first, second = (sealed(tmp_path, name, entropy=SystemEntropy()) for name in ("a.bidseal", "b.bidseal"))
    assert first.bid != second.bid
    assert first.key.sign_seed != second.key.sign_seed
    assert first.sheets != second.sheets
    assert first.size == second.size


def test_a_replacement_is_signed_by_the_old_bid(tmp_path):
    old = sealed(tmp_path)
    new = sealed(tmp_path, "b.bidseal", replaces=old.key)
    outer = Taken(new.package).outer
    assert outer["manifest"]["supersedes"] == old.bid
    check_supersedes_sig(outer["manifest"], outer["supersedes_sig"], bytes.fromhex(old.manifest["sign_pub"]))


def test_a_bid_of_another_lot_or_tender_is_not_replaced(tmp_path):
    old = sealed(tmp_path)
    with pytest.raises(OtherTender):
        sealed(tmp_path, "b.bidseal", replaces=old.key, lot="2")
    other = tender_file() | {"panel": panel_event(project="T-2026-2")}
    with pytest.raises(OtherTender):
        sealed(tmp_path, "b.bidseal", replaces=old.key, tender=other)


def test_a_withdrawal_holds_for_its_own_bid_only(tmp_path):
    done = sealed(tmp_path)
    proof = client.withdraw(done.key)
    panel = parse_panel(panel_event())
    check_withdrawal(
        proof["withdrawal"], proof["sig"], bytes.fromhex(done.manifest["sign_pub"]), panel, panel.hash
    )
    assert proof["withdrawal"]["bid"] == done.bid


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"lot": "9"}, LotUnknown),
        ({"tenderer": ("", TENDERER[1])}, NameMissing),
        ({"tenderer": ("岚岳", "91539921MA6KQ7X3A0")}, InvalidUscc),
        ({"tender": {"v": 1}}, TenderRefused),
    ],
    ids=["lot", "name", "code", "tender"],
)
def test_what_cannot_be_sealed_leaves_no_package(tmp_path, changes, error):
    with pytest.raises(error):
        sealed(tmp_path, **changes)
    assert list(tmp_path.iterdir()) == []


def test_panels_with_other_envelopes_are_refused_not_guessed_at(tmp_path):
    two = [{"id": name, "public": True, "stage": n} for n, name in enumerate(("technical", "price"), 1)]
    with pytest.raises(TenderRefused):
        sealed(tmp_path, tender=tender_file() | {"panel": panel_event(envelopes=two)})


def test_files_that_are_missing_or_twice_or_change_meanwhile_are_named(tmp_path):
    ((slot, path),) = attachments(tmp_path, 10)
    with pytest.raises(FileRefused, match="没有这个文件"):
        sealed(tmp_path, files=[("other", tmp_path / "no.pdf")])
    with pytest.raises(FileRefused, match="附件0"):
        sealed(tmp_path, files=[(slot, path), (slot, path)])

    class Growing:
        """Entropy that a clumsy editor works beside."""

        def __init__(self):
            self._own = entropy()

        def bytes(self, count):
            with path.open("ab") as file:
                file.write(b"more")
            return self._own.bytes(count)

    with pytest.raises(FileRefused, match="变了"):
        sealed(tmp_path, files=[(slot, path)], entropy=Growing())
    assert sorted(each.name for each in tmp_path.iterdir()) == ["附件0.pdf"]


def test_a_file_that_shrinks_is_refused(tmp_path):
    ((slot, path),) = attachments(tmp_path, 10_000)

    class Shrinking:
        def __init__(self):
            self._own = entropy()

        def bytes(self, count):
            path.write_bytes(b"less")
            return self._own.bytes(count)

    with pytest.raises(FileRefused, match="附件0"):
        sealed(tmp_path, files=[(slot, path)], entropy=Shrinking())


def test_a_package_is_never_overwritten(tmp_path):
    done = sealed(tmp_path)
    before = done.package.read_bytes()
    with pytest.raises(FileExists):
        sealed(tmp_path)
    assert done.package.read_bytes() == before


def test_the_client_is_named_by_its_code():
    assert client_hash() == client_hash()
    assert len(bytes.fromhex(client_hash())) == 32
    assert dumps(client_hash())
