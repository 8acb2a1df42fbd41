"""The sealing program of the browser against the command line's: each opens what the other seals."""

from __future__ import annotations

import base64
import hashlib
from io import BytesIO

import pytest

from bidding.core.canonical import Malformed, dumps, loads
from bidding.core.errors import DomainError
from bidding.core.money import NotMoney, daxie, parse_yuan, yuan
from bidding.i18n.catalog import english
from bidding.i18n.extract import PLACES
from bidding.sealing import age, container
from bidding.sealing.client import seal, withdraw
from bidding.sealing.container import IndexEntry, open_volumes, parse_index, parse_sheet
from bidding.sealing.dealing import check_dealing, deal, identity_of, recipient_of
from bidding.sealing.keys import parse_bid_key, read_bid_key, write_key
from bidding.sealing.manifest import check_manifest, check_supersedes_sig, check_withdrawal
from bidding.sealing.offer import check_files, parse_tender
from bidding.sealing.panel import parse_panel
from tests.sealing.papers import OFFER, entropy, lot, panel_event, sale, tender_file, two_envelopes
from tests.sealing.test_client import TENDERER, Taken

pytestmark = pytest.mark.browser

PANEL = parse_panel(panel_event())
CLIENT = "c1" * 32
PASSPHRASE = "一句只有自己知道的长长的话"

_SEAL = """
  const tender = bidseal.parseTender(arg.tender, { panel: arg.panel });
  const files = arg.files.map(({ name, data, slot }) => {
    const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
    return { file: new File([bytes], name), slot: slot ?? arg.slot };
  });
  const pack = new bidseal.Package();
  const sizes = [];
  const kept = new Map();
  const sink = (envelope, n, { size }) => {
    sizes.push([envelope, n, size]);
    const writer = pack.sink(envelope, n);
    if (!arg.kept) return writer;
    const path = ["kept", `${envelope}-${n}`];
    kept.set(path, writer);
    return { path, write() { throw new Error("given twice"); }, close() {} };
  };
  const progress = [];
  const { importKey } = SubtleCrypto.prototype;
  if (arg.noble) SubtleCrypto.prototype.importKey = () => Promise.reject(new DOMException("", "NotSupportedError"));
  const sealed = await bidseal.seal(
    { tender, lot: arg.lot, tenderer: arg.tenderer, fields: arg.fields, files, client: arg.client,
      supersedes: arg.supersedes ?? undefined, entropy: arg.entropy ? given(arg.entropy) : undefined },
    { sink, onProgress: (told) => progress.push(told), ...(arg.alone && { workers: null }) },
  );
  SubtleCrypto.prototype.importKey = importKey;
  const home = await navigator.storage.getDirectory();
  for (const [[folder, name], writer] of kept) {
    const file = await (await (await home.getDirectoryHandle(folder)).getFileHandle(name)).getFile();
    writer.write(new Uint8Array(await file.arrayBuffer()));
    writer.close();
  }
  const blob = pack.finish(sealed);
  return { ...sealed, sizes, progress, package: hex(new Uint8Array(await blob.arrayBuffer())) };
"""


def _argument(files=(), **changes):
    """What ``_SEAL`` takes."""
    return {
        "tender": dumps(tender_file()).decode(),
        "panel": PANEL.hash.hex(),
        "lot": "1",
        "tenderer": dict(zip(("name", "uscc"), TENDERER, strict=True)),
        "fields": OFFER,
        "files": [{"name": name, "data": base64.b64encode(data).decode()} for name, data in files],
        "slot": "other",
        "client": CLIENT,
    } | changes


def _sealed(program, files=(), **changes):
    return program.run(_SEAL, _argument(files, **changes))


def _taken(tmp_path, sealed):
    path = tmp_path / f"{sealed['uid']}.bidseal"
    path.write_bytes(bytes.fromhex(sealed["package"]))
    return Taken(path)


def opened_by_hand(taken, key):
    """The sheet and the files, by name, of a package and its key."""
    manifest = taken.outer["manifest"]
    identities = dict(key.identities)
    plain = {}
    for envelope, n in ((each["id"], file["n"]) for each in manifest["envelopes"] for file in each["files"]):
        sealed = bytes(taken.files[envelope, n])
        listed = next(each for each in manifest["envelopes"] if each["id"] == envelope)["files"][n]
        assert (len(sealed), hashlib.sha256(sealed).hexdigest()) == (listed["size"], listed["sha256"])
        out = BytesIO()
        age.decrypt(BytesIO(sealed), out, identities[envelope])
        plain[envelope, n] = out.getvalue()
    place = {key: manifest[key] for key in ("project", "lot", "bid")}
    sheet, digest = parse_sheet(plain["offer", 0], envelope="offer", **place)
    count = len(manifest["envelopes"][1]["files"]) - 1
    files = {}
    for entry in parse_index(plain["files", 0], bid=manifest["bid"], envelope="files", volumes=count):
        sources = [BytesIO(bytes(taken.files["files", n])) for n in entry.volumes]
        files[entry.name] = b"".join(open_volumes(sources, identities["files"], entry))
    return sheet, digest, files


FILES = (
    ("空的.txt", b""),
    ("施工组织设计.pdf", hashlib.shake_128(b"plan").digest(3_000_001)),
    ("a.bin", b"x" * 65536),
)


def test_what_the_browser_seals_the_server_takes_and_its_key_opens(program, tmp_path):
    sealed = _sealed(program, FILES)
    taken = _taken(tmp_path, sealed)
    assert taken.outer == {key: sealed[key] for key in ("manifest", "sig", "supersedes_sig")}
    check_manifest(sealed["manifest"], sealed["sig"], PANEL, PANEL.hash)
    assert sealed["manifest"]["client"] == CLIENT
    sheet, digest, files = opened_by_hand(taken, parse_bid_key(sealed["bidKey"]))
    assert digest == sealed["sheets"]["offer"]
    assert sheet["tenderer"] == {"name": TENDERER[0], "uscc": TENDERER[1]}
    assert sheet["fields"] == {
        "price_fen": 123_456_789,
        "rate_ppm": 12_500,
        "days": 90,
        "quality": "合格",
        "remark": None,
    }
    assert files == dict(FILES)
    announced = {(envelope, n): size for envelope, n, size in sealed["sizes"]}
    assert announced == {place: len(data) for place, data in taken.files.items()}
    assert sealed["progress"][-1]["done"] == sealed["progress"][-1]["total"] == sum(len(d) for _, d in FILES)


@pytest.mark.parametrize(
    "how",
    [{}, {"kept": True}, {"alone": True}, {"alone": True, "noble": True}],
    ids=["workers", "in-files", "one-thread", "no-cipher"],
)
def test_with_the_same_randomness_both_make_the_same_package(program, tmp_path, how):
    """The browser's own cipher, where it has one, and noble's seal the same bytes, and so does who writes them to files."""
    paths = []
    for name, data in FILES:
        path = tmp_path / name
        path.write_bytes(data)
        paths.append(("other", path))
    there = seal(
        tender_file(),
        lot="1",
        tenderer=TENDERER,
        offer=OFFER,
        files=paths,
        out=tmp_path / "there.bidseal",
        entropy=entropy("same"),
    )
    stream = entropy("same").bytes(8192).hex()
    here = _sealed(program, FILES, client=there.manifest["client"], entropy=stream, **how)
    assert here["bidKey"] == there.key.to_json()
    assert bytes.fromhex(here["package"]) == there.package.read_bytes()


def test_two_envelopes_are_sealed_alike_by_both_and_the_price_lies_in_the_second_only(program, tmp_path):
    tender = two_envelopes()
    files = [("技术方案.pdf", b"plan" * 999, "technical"), ("清单.xlsx", b"prices" * 99, "bill")]
    for name, data, _ in files:
        (tmp_path / name).write_bytes(data)
    there = seal(
        tender,
        lot="1",
        tenderer=TENDERER,
        offer=OFFER,
        files=[(slot, tmp_path / name) for name, _, slot in files],
        out=tmp_path / "there.bidseal",
        entropy=entropy("two"),
    )
    here = program.run(
        _SEAL,
        _argument(
            tender=dumps(tender).decode(),
            panel=there.manifest["panel"],
            client=there.manifest["client"],
            entropy=entropy("two").bytes(16384).hex(),
        )
        | {
            "files": [
                {"name": name, "data": base64.b64encode(data).decode(), "slot": slot}
                for name, data, slot in files
            ]
        },
    )
    assert bytes.fromhex(here["package"]) == there.package.read_bytes()
    assert here["sheets"] == there.sheets
    taken, identities = Taken(there.package), dict(there.key.identities)
    place = {key: there.manifest[key] for key in ("project", "lot", "bid")}
    said, listed = {}, {}
    for (envelope, n), data in taken.files.items():
        out = BytesIO()
        age.decrypt(BytesIO(bytes(data)), out, identities[envelope])
        if envelope in ("technical", "offer"):
            said[envelope] = parse_sheet(out.getvalue(), envelope=envelope, **place)[0]["fields"]
        elif n == 0:
            index = parse_index(out.getvalue(), bid=place["bid"], envelope=envelope, volumes=1)
            listed[envelope] = [entry.name for entry in index]
    assert said["offer"] == {"price_fen": 123_456_789, "rate_ppm": 12_500}
    assert said["technical"] == {"days": 90, "quality": "合格", "remark": None}
    assert listed == {"files": ["技术方案.pdf"], "prices": ["清单.xlsx"]}


def test_a_replacement_and_a_withdrawal_are_signed_by_the_old_key(program):
    old = _sealed(program)
    new = _sealed(program, supersedes=old["bidKey"])
    old_pub = bytes.fromhex(old["manifest"]["sign_pub"])
    check_supersedes_sig(new["manifest"], new["supersedes_sig"], old_pub)
    proof = program.run("return bidseal.withdraw(arg)", new["bidKey"])
    assert proof == withdraw(parse_bid_key(new["bidKey"]))
    new_pub = bytes.fromhex(new["manifest"]["sign_pub"])
    check_withdrawal(proof["withdrawal"], proof["sig"], new_pub, PANEL, PANEL.hash)


def test_the_browser_opens_with_the_key_what_the_command_line_sealed(program, tmp_path):
    paths = []
    for name, data in FILES:
        path = tmp_path / name
        path.write_bytes(data)
        paths.append(("other", path))
    there = seal(
        tender_file(),
        lot="2",
        tenderer=TENDERER,
        offer=OFFER,
        files=paths,
        out=tmp_path / "there.bidseal",
        entropy=entropy("there"),
    )
    taken = Taken(there.package)
    opened = program.run(
        """
          const { panel } = bidseal.parseTender(arg.tender);
          const read = (envelope, n) => new Blob([unhex(arg.files[`${envelope}/${n}`])]);
          const { sheets, files } = await bidseal.openBid({ panel, manifest: arg.manifest, bidKey: arg.key, read });
          const digest = async (file) => hex(new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer())));
          return { sheets, files: await Promise.all(files.map(async ({ name, file }) => [name, await digest(file)])) };
        """,
        {
            "tender": dumps(tender_file()).decode(),
            "manifest": taken.outer["manifest"],
            "key": there.key.to_json(),
            "files": {f"{envelope}/{n}": bytes(data).hex() for (envelope, n), data in taken.files.items()},
        },
    )
    assert opened["sheets"]["offer"]["fields"]["price_fen"] == 123_456_789
    assert opened["files"] == [[name, hashlib.sha256(data).hexdigest()] for name, data in FILES]


def test_a_file_of_several_volumes_is_opened_by_the_command_line(program, monkeypatch):
    """The size of a volume is the protocol's; here the pieces are driven with volumes of 100 kB."""
    monkeypatch.setattr(container, "VOLUME", 100_000)
    identity = identity_of(b"s" * 32, b"c" * 32)
    whole = hashlib.shake_128(b"volumes").digest(250_001)
    sealed = program.run(
        """
          const { Crew, sealVolume } = bidseal.primitives;
          const crew = Crew.start(null);
          const entropy = given(arg.entropy);
          const file = new Blob([unhex(arg.data)]);
          const hash = crew.hash();
          const volumes = [];
          for (let start = 0; start < file.size; start += arg.volume) {
            const parts = [];
            const size = Math.min(arg.volume, file.size - start);
            const writer = { write: (chunk) => { parts.push(hex(chunk)); } };
            await sealVolume({ source: { file, name: "f", hash }, start, size, recipient: arg.recipient, writer, crew, entropy, onBytes() {} });
            volumes.push(parts.join(""));
          }
          const sha256 = await hash.digest();
          crew.stop();
          return { volumes, sha256 };
        """,
        {
            "data": whole.hex(),
            "volume": container.VOLUME,
            "recipient": recipient_of(identity),
            "entropy": "5a" * 192,
        },
    )
    entry = IndexEntry("f", "attachment", len(whole), sealed["sha256"], (1, 2, 3))
    sources = [BytesIO(bytes.fromhex(text)) for text in sealed["volumes"]]
    assert b"".join(open_volumes(sources, identity, entry)) == whole


_FAILING = """
  const tender = bidseal.parseTender(arg.tender);
  const stop = new AbortController();
  let written = 0;
  const sink = () => ({
    async write(chunk) {
      written += chunk.length;
      if (arg.how === "abort" && written > 3e6) stop.abort();
      if (arg.how === "sink" && written > 3e6) throw new RangeError("the line is dead");
    },
    close() {},
  });
  const file = new File([new Uint8Array(2e7)], "a.bin");
  if (arg.how === "gone") Object.defineProperty(file, "slice", { value: () => ({ size: 9, arrayBuffer() {
    throw new DOMException("changed on the disk", "NotReadableError");
  } }) });
  return [await refused(() => bidseal.seal(
    { tender, lot: arg.lot, tenderer: arg.tenderer, fields: arg.fields, files: [{ file, slot: "other" }], client: arg.client },
    { sink, signal: stop.signal, ...(arg.how === "gone" && { workers: null }) },
  )), written];
"""


@pytest.mark.parametrize(
    ("how", "name", "code"),
    [
        ("abort", "AbortError", None),
        ("sink", "RangeError", None),
        ("gone", "Refused", "sealing.file_refused"),
    ],
)
def test_sealing_stops_at_once_and_says_why(program, how, name, code):
    refusal, written = program.run(_FAILING, _argument() | {"how": how})
    assert refusal["name"] == name
    if code:
        assert refusal["code"] == code
    assert written < 10_000_000


def test_files_can_be_sent_one_by_one(program):
    """What an upload sends is what the manifest lists."""
    script = _SEAL.replace(
        "const blob = pack.finish(sealed);",
        """const blob = new Blob();
           for (const { id, files } of sealed.manifest.envelopes)
             for (const { n, size, sha256 } of files) {
               const file = await pack.file(id, n).arrayBuffer();
               if (file.byteLength !== size || hex(primitives.sha(new Uint8Array(file))) !== sha256) throw new Error(`${id}/${n}`);
             }""",
    )
    assert program.run(script, _argument(FILES))["uid"]


def test_key_files_are_read_by_both(program, tmp_path):
    key = parse_bid_key(_sealed(program)["bidKey"])
    ours = program.run(
        "return hex(bidseal.protectBidKey(arg.key, await primitives.stretch(arg.passphrase, undefined, 10)))",
        {"key": key.to_json(), "passphrase": PASSPHRASE},
    )
    path = tmp_path / "ours.key"
    path.write_bytes(bytes.fromhex(ours))
    assert read_bid_key(path, PASSPHRASE) == key
    write_key(tmp_path / "theirs.key", key, PASSPHRASE, entropy("key"), work_factor=10)
    theirs = {"data": (tmp_path / "theirs.key").read_bytes().hex(), "passphrase": PASSPHRASE}
    assert (
        program.run("return bidseal.openBidKey(unhex(arg.data), arg.passphrase, 'a')", theirs)
        == key.to_json()
    )
    wrong = program.run(
        "return refused(() => bidseal.openBidKey(unhex(arg.data), 'not the passphrase', 'a'))", theirs
    )
    assert wrong["code"] == "sealing.passphrase_wrong"


@pytest.mark.parametrize(
    ("how", "factor"),
    [("bidseal.stretch(arg)", 18), ("primitives.stretch(arg, undefined, 10)", 10)],
    ids=["in a worker", "in the page"],
)
def test_a_passphrase_is_stretched_as_everybody_elses_scrypt_does_it(program, how, factor):
    """Salt and key come from the browser; OpenSSL says whether they belong together."""
    script = f"const {{ key, salt, workFactor }} = await {how}; return [hex(key), hex(salt), workFactor];"
    key, salt, said = program.run(script, PASSPHRASE)
    assert said == factor
    salted = b"age-encryption.org/v1/scrypt" + bytes.fromhex(salt)
    cost = {"n": 2**factor, "r": 8, "p": 1, "maxmem": 2**29}
    assert hashlib.scrypt(PASSPHRASE.encode(), salt=salted, dklen=32, **cost).hex() == key


def test_a_passphrase_that_is_too_short_is_not_stretched(program):
    refusal = program.run("return refused(() => bidseal.stretch('elevensigns'))")
    assert (refusal["code"], refusal["field"]) == ("sealing.passphrase_short", "passphrase")


def _damages(dealing):
    """Copies of a dealing with one thing wrong in each."""
    other = deal(b"o" * 32, 3, PANEL.pubs, entropy("other"))[0]
    order = (2**252 + 27742317777372353535851937790883648493).to_bytes(32, "little").hex()
    zero = "00" * 32
    flipped = "%02x" % (int(dealing["c"][:2], 16) ^ 1) + dealing["c"][2:]

    def with_first(name, value):
        return dealing | {name: [value, *dealing[name][1:]]}

    return {
        "c flipped": dealing | {"c": flipped},
        "c not below the order": dealing | {"c": order},
        "z not below the order": with_first("z", order),
        "z of another": with_first("z", other["z"][0]),
        "E of another": with_first("E", other["E"][0]),
        "E the identity": with_first("E", zero),
        "E not canonical": with_first("E", "ff" * 32),
        "C of another": with_first("C", other["C"][0]),
        "C0 the identity": with_first("C", zero),
        "C short": dealing | {"C": dealing["C"][:-1]},
        "E swapped": dealing | {"E": dealing["E"][::-1]},
        "upper case": dealing | {"c": dealing["c"].upper()},
        "a key too many": dealing | {"x": "00"},
        "a key too few": {name: dealing[name] for name in "CEc"},
        "another's whole": other,
    }


def test_damaged_dealings_are_refused_by_both(program):
    ctx = b"c" * 32
    dealing, _ = deal(ctx, 3, PANEL.pubs, entropy("deal"))
    damaged = _damages(dealing)
    found = program.run(
        """
          const pubs = arg.pubs.map(unhex);
          const check = (dealing) => refused(() => primitives.checkDealing(unhex(arg.ctx), 3, pubs, dealing));
          return [await check(arg.dealing), await Promise.all(Object.values(arg.damaged).map(check))];
        """,
        {"ctx": ctx.hex(), "pubs": [p.hex() for p in PANEL.pubs], "dealing": dealing, "damaged": damaged},
    )
    assert found[0] is None
    for (name, each), refusal in zip(damaged.items(), found[1], strict=True):
        assert refusal["name"] == "Malformed", name
        with pytest.raises(Malformed):
            check_dealing(ctx, 3, PANEL.pubs, each)


def test_json_that_is_not_the_protocols_is_refused_by_both(program):
    texts = [
        '{"a":1,"a":2}', "1.0", "1e3", "9007199254740992", "NaN", '{"ä":1}', '"\\ud800"', "[" * 102 + "]" * 102,
        "[1,]", "{,}", "01", "'a'", '"\t"', "\ufeff1", "", "[1] 2", '{"a" 1}', "tru", "-", '"\\x"',
    ]  # fmt: skip
    refused = program.run(
        "return Promise.all(arg.map((text) => refused(() => primitives.loads(text))))", texts
    )
    for text, refusal in zip(texts, refused, strict=True):
        assert (refusal or {}).get("name") == "Malformed", text
        with pytest.raises(Malformed):
            loads(text)
    sound = ' {"b" : [ -0, true, null, "\\u00e9\\n\\ud83d\\ude00" ], "a": {"__proto__": 1}} '
    written = program.run("return new TextDecoder().decode(primitives.dumps(primitives.loads(arg)))", sound)
    assert written == dumps(loads(sound)).decode()


_SLIPS = {
    "name": ({"tenderer": {"name": " ", "uscc": TENDERER[1]}}, "sealing.tenderer_name", "name"),
    "uscc": ({"tenderer": {"name": "甲", "uscc": "91539921MA6KQ7X3AX"}}, "uscc.check_digit", "uscc"),
    "lot": ({"lot": "9"}, "sealing.lot_unknown", "lot"),
    "missing": ({"fields": {"price_fen": "1", "days": "1"}}, "sealing.field_missing", "quality"),
    "unknown": ({"fields": OFFER | {"x": "1"}}, "sealing.field_unknown", "x"),
    "wrong": ({"fields": OFFER | {"price_fen": "-1"}}, "sealing.field_wrong", "price_fen"),
    "panel": ({"panel": "00" * 32}, "sealing.panel_differs", "panel"),
    "tender": ({"tender": "{}"}, "sealing.tender_refused", "tender"),
    "old tender": ({"tender": dumps(tender_file() | {"v": 1}).decode()}, "sealing.tender_refused", "tender"),
    "slot": ({"slot": "attachment", "files": [("a", b"")]}, "sealing.slot_unknown", "file"),
    "twice": ({"files": [("a", b""), ("a", b"")]}, "sealing.file_refused", "file"),
    "direction": ({"files": [("a\u202eb", b"")]}, "sealing.file_refused", "file"),
}


#: What is said otherwise of a page than of a command.
_OF_A_PAGE = {"sealing.file_refused"}


def _refusals():
    found = [DomainError]
    for error in found:
        found += error.__subclasses__()
    return {error.code: str(error.text) for error in found}


def test_refusals_have_the_servers_words_in_both_languages(program):
    words = program.run("return primitives.WORDS")
    known, translated = _refusals(), english()
    compared = 0
    for code, (chinese, english_text) in words.items():
        assert PLACES.findall(chinese) == PLACES.findall(english_text), code
        message = translated.get(chinese)
        if code in known and code not in _OF_A_PAGE:
            assert chinese == known[code], code
            assert message is not None, code
        if message is not None:
            assert message.string == english_text, code
            compared += 1
    assert compared >= 25


def test_a_refusal_is_told_with_its_reason(program):
    script = """
      const told = [];
      for (const lang of ["zh-Hans", "en"]) {
        try { bidseal.readOffer(bidseal.parseTender(arg).lots.get("1"), { price_fen: "1.234", days: "1", quality: "x" }); }
        catch (error) { told.push(bidseal.said(error, lang)); }
      }
      return told;
    """
    assert program.run(script, dumps(tender_file()).decode()) == [
        "“投标报价（元）”（price_fen）填写有误：金额精确到分：以元为单位，最多 2 位小数。",
        "“投标报价（元）” (price_fen) is not right: Amounts go to the fen: in 元, at most 2 decimals.",
    ]


_PLACES = {
    "unknown": ([("none", "a")], "sealing.slot_unknown"),
    "ending": ([("technical", "a.txt")], "sealing.ending"),
    "full": ([("technical", "a.pdf"), ("technical", "b.PDF")], "sealing.slot_full"),
    "lacking": ([("other", "a")], "sealing.slot_missing"),
    "right": ([("technical", "a.PDF"), ("other", "a"), ("other", "b")], None),
}


@pytest.mark.parametrize(("files", "code"), _PLACES.values(), ids=_PLACES)
def test_files_are_held_against_their_slots_as_the_command_line_does(program, files, code):
    slots = (("technical", "技术标", True, [".pdf"], False), ("other", "其他材料", False, [], True))
    tender = tender_file() | {"lots": [lot("1", "道路", slots=slots)]}
    refusal = program.run(
        """
          const lot = bidseal.parseTender(arg.tender).lots.get("1");
          return refused(() => bidseal.checkFiles(lot, arg.files.map(([slot, name]) => ({ slot, name }))));
        """,
        {"tender": dumps(tender).decode(), "files": files},
    )
    assert (refusal or {}).get("code") == code
    if code is None:
        check_files(parse_tender(tender).lots["1"], files)
        return
    with pytest.raises(DomainError) as told:
        check_files(parse_tender(tender).lots["1"], files)
    assert told.value.code == code


def test_what_is_above_the_ceiling_is_known_before_it_is_sealed(program):
    script = """
      const [price, rate] = bidseal.parseTender(arg).lots.get("1").fields;
      return [bidseal.aboveCeiling(price, price.ceiling), bidseal.aboveCeiling(price, price.ceiling + 1),
              bidseal.aboveCeiling(price, null), bidseal.aboveCeiling(rate, 1e9)];
    """
    assert program.run(script, dumps(tender_file()).decode()) == [False, True, False, False]


def test_what_is_below_the_floor_is_known_before_it_is_sealed(program):
    script = """
      const [price, rate] = bidseal.parseTender(arg).lots.get("1").fields;
      return [bidseal.belowFloor(price, price.floor - 1), bidseal.belowFloor(price, price.floor),
              bidseal.belowFloor(price, null), bidseal.belowFloor(rate, 0)];
    """
    assert program.run(script, dumps(sale()).decode()) == [True, False, False, False]


_AMOUNTS = [
    "1,234.50",
    "￥１２.5",
    "300元",
    "0",
    "90071992547409.91",
    "1,23",
    "-1",
    "1.234",
    "90071992547409.92",
    "",
    "x",
    "人民币 5 元整",
]


def test_amounts_are_read_and_written_as_the_server_does(program):
    found = program.run(
        "return arg.map((text) => { try { return bidseal.parseYuan(text); } catch (error) { return error.code; } })",
        _AMOUNTS,
    )
    for text, value in zip(_AMOUNTS, found, strict=True):
        if isinstance(value, int):
            assert value == parse_yuan(text), text
        else:
            with pytest.raises(NotMoney):
                parse_yuan(text)
    fens = [0, 1, 10, 50, 105, 100, 1_000, 123_456_789, 100_050_000_000, 1_050_000_000_005, 2**53 - 1]
    fens += [int(hashlib.sha256(bytes([n])).hexdigest()[: 4 + n % 8], 16) for n in range(60)]
    written = program.run("return arg.map((fen) => [bidseal.yuan(fen), bidseal.daxie(fen)])", fens)
    assert written == [[yuan(fen), daxie(fen)] for fen in fens]


@pytest.mark.parametrize(("changes", "code", "field"), _SLIPS.values(), ids=_SLIPS)
def test_what_a_tenderer_can_put_right_has_a_code_and_a_field(program, changes, code, field):
    refusal = program.run(f"return refused(async () => {{ {_SEAL} }})", _argument(**changes))
    assert (refusal["code"], refusal["field"]) == (code, field)
