from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from bidding.core.canonical import dumps, loads
from bidding.sealing import age, enrolment
from bidding.sealing.cli import key, seal, trustee, withdraw
from bidding.sealing.keys import parse_posting, read_bid_key, read_trustee_key
from bidding.sealing.manifest import check_withdrawal
from bidding.sealing.panel import parse_panel
from tests.people import uscc
from tests.sealing.papers import entropy, panel_event, tender_file

PASSPHRASE = "一句只有自己知道的话，够长"
CODE = uscc("91539921MA6KQ7X3A")


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with a tender file, an attachment and a passphrase; the terminal speaks Chinese."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BIDDING_LANG", "zh")
    (tmp_path / "tender.json").write_bytes(dumps(tender_file()))
    (tmp_path / "技术标.pdf").write_bytes(b"%PDF-" + bytes(100_000))
    (tmp_path / "pass").write_text(PASSPHRASE + "\n", "utf-8")
    return tmp_path


#: log2 of what stretching a passphrase costs here; a person's own commands take a second for it.
CHEAP = 4


def run(command, *arguments, stdin=None, work_factor=CHEAP):
    return CliRunner().invoke(command, [str(each) for each in arguments], input=stdin, obj=work_factor)


def seal_with(*more, stdin="y\n", fields=("price_fen=1,234,567.89", "days=90", "quality=合格"), **how):
    arguments = ["tender.json", "--name", "岚岳建设", "--uscc", CODE, "--passphrase-file", "pass"]
    for field in fields:
        arguments += ["--field", field]
    return run(seal, *arguments, *more, stdin=stdin, **how)


def test_sealing_shows_everything_asks_and_writes_package_and_key(desk):
    result = seal_with("--lot", "1", "--file", "technical=技术标.pdf", work_factor=None)
    assert result.exit_code == 0, result.output
    panel = parse_panel(panel_event())
    assert "1,234,567.89 元（壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分）" in result.output
    assert panel.hash.hex() in result.output.replace(" ", "")
    (package,) = desk.glob("T-2026-1-1-*.bidseal")
    (key_file,) = desk.glob("bid-*.key")
    key = read_bid_key(key_file, PASSPHRASE)
    assert (key.project, key.lot, key.panel) == ("T-2026-1", "1", panel.hash.hex())
    assert package.name == f"T-2026-1-1-{key.bid[:8]}.bidseal"
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert key_file.read_bytes().splitlines()[1].endswith(f" {age.WORK_FACTOR}".encode())


def test_nothing_is_written_without_a_yes(desk):
    before = sorted(desk.iterdir())
    result = seal_with("--lot", "1", stdin="n\n")
    assert result.exit_code == 1
    assert "没有确认" in result.output
    assert sorted(desk.iterdir()) == before


def test_the_panel_of_the_notice_is_compared_for_the_user(desk):
    right = parse_panel(panel_event()).hash.hex()
    wrong = seal_with("--lot", "1", "--panel", "0" * 64, "--yes", stdin="")
    assert wrong.exit_code == 1
    assert "信任锚不一致" in wrong.output
    done = seal_with("--lot", "1", "--panel", right.upper(), "--yes", "--out", "a.bidseal", stdin="")
    assert done.exit_code == 0, done.output
    assert (desk / "a.bidseal").exists()


@pytest.mark.parametrize(
    ("more", "fields", "words"),
    [
        (["--lot", "9"], None, "没有标段“9”"),
        ([], None, "1、2"),
        (["--lot", "1"], ["days=90"], "投标报价（元）（price_fen）"),
        (["--lot", "1"], ["price_fen=abc", "days=90", "quality=a"], "要填金额"),
        (["--lot", "1"], ["price=5", "days=90", "quality=a"], "没有“price”"),
        (["--lot", "1"], ["price_fen"], "名称=内容"),
        (["--lot", "1", "--file", "other=no.pdf"], None, "no.pdf"),
        (["--lot", "1", "--file", "no.pdf"], None, "technical（技术标）"),
        (["--lot", "1", "--file", "技术=no.pdf"], None, "technical"),
        (["--lot", "1", "--file", "technical=no.docx"], None, ".pdf"),
    ],
    ids=[
        "lot",
        "which-lot",
        "missing",
        "no-money",
        "unknown",
        "no-equals",
        "no-file",
        "no-slot",
        "slot",
        "ending",
    ],
)
def test_a_wrong_input_is_named_and_nothing_is_written(desk, more, fields, words):
    before = sorted(desk.iterdir())
    result = seal_with(*more) if fields is None else seal_with(*more, fields=fields)
    assert result.exit_code == 1
    assert words in result.output
    assert sorted(desk.iterdir()) == before


def test_an_offer_may_come_from_a_file_in_fen(desk):
    offer = {"price_fen": 100, "days": 90, "quality": "合格"}
    (desk / "offer.json").write_text(json.dumps(offer), "utf-8")
    result = seal_with("--lot", "1", "--offer", "offer.json", "--field", "days=60", fields=())
    assert result.exit_code == 0, result.output
    assert "1.00 元（壹元整）" in result.output
    assert "工期（日历天）：60" in result.output


def test_a_short_passphrase_is_refused_with_its_limit(desk):
    (desk / "pass").write_text("short\n", "utf-8")
    result = seal_with("--lot", "1")
    assert result.exit_code == 1
    assert "口令至少 12 个字符，现在是 5 个" in result.output
    assert list(desk.glob("*.bidseal")) == []


def test_replacing_and_withdrawing_take_the_old_key(desk):
    assert seal_with("--lot", "1", "--out", "a.bidseal", "--key-out", "a.key").exit_code == 0
    second = seal_with("--lot", "1", "--out", "b.bidseal", "--key-out", "b.key", "--replaces", "a.key")
    assert second.exit_code == 0, second.output
    key = read_bid_key(desk / "b.key", PASSPHRASE)
    done = run(withdraw, "b.key", "--passphrase-file", "pass", stdin="y\n")
    assert done.exit_code == 0, done.output
    proof = loads((desk / f"withdraw-{key.bid}.json").read_bytes())
    panel = parse_panel(panel_event())
    sign_pub = loads((desk / "b.bidseal").read_bytes()[30 + 13 :].split(b"PK\x03\x04")[0])["manifest"][
        "sign_pub"
    ]
    check_withdrawal(proof["withdrawal"], proof["sig"], bytes.fromhex(sign_pub), panel, panel.hash)
    again = run(withdraw, "b.key", "--passphrase-file", "pass", "--yes")
    assert again.exit_code == 1
    assert "已经存在" in again.output


def test_a_wrong_passphrase_and_a_wrong_file_are_told_apart(desk):
    (desk / "a.key").write_bytes(b"nothing")
    result = run(withdraw, "a.key", "--passphrase-file", "pass", "--yes")
    assert result.exit_code == 1
    assert "a.key 不是可用的密钥文件" in result.output
    assert run(trustee, "new", "notary", "--passphrase-file", "pass").exit_code == 0
    (desk / "pass").write_text("another passphrase\n", "utf-8")
    result = run(withdraw, "trustee-notary.age", "--passphrase-file", "pass", "--yes")
    assert "口令不对" in result.output


def test_a_trustee_is_made_drilled_and_restored_from_paper(desk):
    made = run(trustee, "new", "notary", "--passphrase-file", "pass")
    assert made.exit_code == 0, made.output
    card = enrolment.check_enrolment(loads((desk / "trustee-notary.json").read_bytes()))
    assert enrolment.fingerprint(card["name"], card["pub"], card["sign"]) in made.output
    challenge, _ = enrolment.challenge("d-1", "notary", bytes.fromhex(card["pub"]), entropy())
    (desk / "drill-d-1.json").write_bytes(dumps(challenge))
    done = run(trustee, "drill", "drill-d-1.json", "--key", "trustee-notary.age", "--passphrase-file", "pass")
    assert done.exit_code == 0, done.output
    assert enrolment.drill_of(loads((desk / "drill-d-1-answer.json").read_bytes())) == "d-1"
    paper = made.output.splitlines()[-1].strip()
    (desk / "safe").mkdir()
    again = run(
        trustee, "new", "notary", "--folder", "safe", "--from-paper", "--passphrase-file", "pass", stdin=paper
    )
    assert again.exit_code == 0, again.output
    assert read_trustee_key(desk / "safe" / "trustee-notary.age", PASSPHRASE) == read_trustee_key(
        desk / "trustee-notary.age", PASSPHRASE
    )


def test_a_key_is_never_overwritten_and_a_name_is_an_identifier(desk):
    assert run(trustee, "new", "notary", "--passphrase-file", "pass").exit_code == 0
    again = run(trustee, "new", "notary", "--passphrase-file", "pass")
    assert again.exit_code == 1
    assert "不会被覆盖" in again.output
    bad = run(trustee, "new", "公证", "--passphrase-file", "pass")
    assert bad.exit_code == 1
    assert "只用字母" in bad.output


def test_a_drill_for_another_key_is_refused(desk):
    assert run(trustee, "new", "notary", "--passphrase-file", "pass").exit_code == 0
    other = enrolment.enrolment("finance", b"f" * 32)
    challenge, _ = enrolment.challenge("d-1", "finance", bytes.fromhex(other["pub"]), entropy())
    (desk / "drill.json").write_bytes(dumps(challenge))
    result = run(trustee, "drill", "drill.json", "--key", "trustee-notary.age", "--passphrase-file", "pass")
    assert result.exit_code == 1
    assert "drill.json 不能用" in result.output


def test_an_english_terminal_is_spoken_to_in_english(desk, monkeypatch):
    monkeypatch.setenv("BIDDING_LANG", "en")
    result = seal_with("--lot", "9")
    assert result.exit_code == 1
    assert "There is no lot" in result.output
    result = seal_with("--lot", "1", fields=["price_fen=面议", "days=90", "quality=a"])
    assert "An amount: digits only, in yuan" in result.output


def test_only_the_envelopes_asked_for_are_revealed_and_never_the_signing_key(desk):
    seal_with("--lot", "1", "--file", "technical=技术标.pdf", "--key-out", "a.key")
    own = read_bid_key(desk / "a.key", PASSPHRASE)
    nothing = run(key, "reveal", "a.key", "--envelope", "offer", "--passphrase-file", "pass", stdin="n\n")
    assert nothing.exit_code == 1
    assert not list(desk.glob("posted-*"))
    done = run(key, "reveal", "a.key", "--envelope", "offer", "--passphrase-file", "pass", "--yes")
    assert done.exit_code == 0, done.output
    written = (desk / f"posted-{own.bid}.json").read_text("utf-8")
    assert parse_posting(loads(written)).identities == (own.identities[0],)
    assert own.sign_seed.hex() not in written
    assert own.identities[1][1] not in written
    unknown = run(key, "reveal", "a.key", "--envelope", "price", "--passphrase-file", "pass", "--yes")
    assert unknown.exit_code == 1
    assert "没有“price”" in unknown.output
