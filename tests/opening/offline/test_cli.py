"""A hall without the server: package out, shares by file, result in. One closed tender of the whole product for all."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from click.testing import CliRunner

from bidding.commands import main
from bidding.core.canonical import dumps, loads
from bidding.core.clock import FakeClock
from bidding.opening.bundle import sealed_name
from bidding.opening.offline import cli
from bidding.opening.offline.package import write_offline
from tests.opening.synthetic import PROJECT, at, closed

WORDS = ["--host", "王主持", "--supervisor", "李监督"]


@pytest.fixture(scope="module")
def tender():
    return closed("a laptop in the hall")


def tender_file(made):
    fields = [
        {"name": "price_fen", "label": "投标报价（元）", "kind": "fen", "required": True, "ceiling": None},
        {"name": "days", "label": "工期（日历天）", "kind": "integer", "required": True, "ceiling": None},
    ]
    lots = [{"code": code, "name": f"标段{code}", "fields": fields, "slots": []} for code in ("1", "2")]
    return {"v": 2, "panel": made.panel_event, "lots": lots, "title": "<b>一条路", "closes_at": made.closes}


def package(made, **changed):
    out = BytesIO()
    sealed = [(sealed_name(bid.uid, "offer"), bid.ciphertext) for bid in made.wanted()]
    sealed = [(name, changed.get(name, data)) for name, data in sealed]
    write_offline(
        out,
        made.package(),
        changed.get("tender", tender_file(made)),
        [(name, BytesIO(data)) for name, data in sealed if data is not None],
    )
    return out.getvalue()


@pytest.fixture
def desk(tender, tmp_path, monkeypatch):
    (tmp_path / "package.zip").write_bytes(package(tender))
    (tmp_path / "shares").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BIDDING_LANG", "zh")
    set_clock(monkeypatch, at(tender.closes + 120))
    return tmp_path


def set_clock(monkeypatch, now):
    monkeypatch.setattr(cli, "SystemClock", lambda: FakeClock(now))


@pytest.fixture(scope="module")
def batches(tender):
    made = {role: tender.batch(role) for role in ("supervisor", "finance", "notary")}
    return made | {"files": tender.batch("finance", public=False)}


def put(desk, batches, *names):
    for name in names:
        (desk / "shares" / f"shares-{PROJECT}-{name}.json").write_bytes(dumps(batches[name].value))


def run(*more, stdin="y\n\n\n\n", panel=None):
    arguments = ["open", "package.zip", "--shares", "shares", *WORDS, *more]
    return CliRunner().invoke(main, arguments, input=stdin)


def test_with_k_trustees_files_the_sheets_are_shown_and_a_result_is_written(desk, tender, batches):
    put(desk, batches, "supervisor", "finance", "notary", "files")
    told = run()
    assert told.exit_code == 0, told.output
    assert "1. 1  lan（USCC-lan）" in told.output
    assert "投标报价（元） = 12,000,000.00" in told.output
    page = (desk / f"opening-{PROJECT}-1.html").read_text("utf-8")
    assert "&lt;b&gt;一条路" in page
    assert "12,050,000.00" in page
    result = loads((desk / f"opening-result-{PROJECT}-1.json").read_bytes())
    assert len(result["sheets"]) == 3
    assert len(result["batches"]) == 4
    assert (result["host"], result["supervisor"]) == ("王主持", "李监督")
    assert b"price" not in dumps(result)


def test_nothing_opens_before_the_kth_file_and_a_bad_one_is_named(desk, tender, batches):
    put(desk, batches, "supervisor", "finance")
    (desk / "shares" / "shares-x.json").write_bytes(b'{"batch":1,"sig":2}')
    told = run("--yes", "--panel", tender.panel.hash.hex())
    assert told.exit_code == 1
    assert "要 3 位受托人的，现在有 2 位" in told.output
    assert "没有收下 shares-x.json" in told.output
    assert not list(desk.glob("opening-*.html"))


def test_the_laptop_waits_for_the_next_stick(desk, batches, monkeypatch):
    put(desk, batches, "supervisor", "finance")
    asked = []

    def prompt(*_args, **_more):
        asked.append(1)
        put(desk, batches, "notary")
        return ""

    monkeypatch.setattr(cli.click, "prompt", prompt)
    assert run().exit_code == 0
    assert len(asked) == 2  # for the stick, and before the result is written


@pytest.mark.parametrize("wrong", ["clock", "panel", "sheet", "tender", "extra"])
def test_what_a_trustees_client_would_refuse_the_laptop_refuses(desk, tender, batches, monkeypatch, wrong):
    put(desk, batches, "supervisor", "finance", "notary")
    more = []
    name = sealed_name(tender.wanted()[0].uid, "offer")
    if wrong == "clock":
        set_clock(monkeypatch, at(tender.closes - 1))
    elif wrong == "panel":
        more = ["--panel", "00" * 32]
    elif wrong == "sheet":
        (desk / "package.zip").write_bytes(package(tender, **{name: tender.wanted()[1].ciphertext}))
    elif wrong == "tender":
        other = tender_file(tender) | {"panel": tender.panel_event | {"min_bids": 2}}
        (desk / "package.zip").write_bytes(package(tender, tender=other))
    else:
        with zipfile.ZipFile(desk / "package.zip", "a") as archive:
            archive.writestr("sealed/" + "0" * 32 + "/offer.age", b"x")
    told = run(*more)
    assert told.exit_code == 1, told.output
    assert "没有开箱" in told.output
    assert not list(desk.glob("opening-*.html"))


def test_a_sheet_that_the_server_did_not_have_is_the_platforms_verdict(desk, tender, batches):
    (desk / "package.zip").write_bytes(
        package(tender, **{sealed_name(tender.wanted()[0].uid, "offer"): None})
    )
    put(desk, batches, "supervisor", "finance", "notary")
    told = run()
    assert told.exit_code == 0, told.output
    assert "1. 1  平台原因" in told.output
    assert (
        loads((desk / f"opening-result-{PROJECT}-1.json").read_bytes())["verdicts"][0]["verdict"]
        == "platform"
    )


def test_nothing_is_written_over(desk, batches):
    put(desk, batches, "supervisor", "finance", "notary")
    assert run().exit_code == 0
    assert run().exit_code == 1
