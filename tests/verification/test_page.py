"""A whole opening checked in the browser: the honest one holds, and every forgery is refused as `bidding verify` refuses it."""

from __future__ import annotations

import base64
import io
import zipfile

import pytest
from playwright.sync_api import expect

from bidding.core.archive import Unreadable
from bidding.core.canonical import Malformed, dumps
from bidding.verification.findings import KINDS, NOTICES
from bidding.verification.proofs import verify_proof
from bidding.verification.receipts import ReceiptFile
from bidding.verification.verify import Asked
from tests.conftest import ROOT
from tests.opening.sitting.test_service import HOST, SUPERVISOR, Hall, name_of, recorded, sign
from tests.verification import proving
from tests.verification import test_draws as draws
from tests.verification import test_extensions as extensions
from tests.verification import test_paper as paper
from tests.verification import test_proofs as proofs
from tests.verification import test_stages as stages
from tests.verification import test_verdicts as verdicts
from tests.verification import test_withdrawn as withdrawn
from tests.verification.test_extensions import extended
from tests.verification.test_tamperings import RECEIPTS, TAMPERINGS

pytestmark = pytest.mark.browser

__all__ = ["extended"]

PAGE = ROOT / "static" / "vendor" / "verify.html"
_CHECK = """
  const { checkOpening } = await import("/static/vendor/openings.js");
  const bytes = Uint8Array.from(atob(arg.zip), (sign) => sign.charCodeAt(0));
  try { return await checkOpening({ ...arg, zip: new File([bytes], "opening.zip") }); }
  catch (error) { return { error: error.name, message: error.message }; }
"""


def found_in_page(program, data, **given):
    """What the page's program finds."""
    return program.run(_CHECK, {"zip": base64.b64encode(data).decode(), **given})


def told(findings):
    """Mark, code and places, as both say them; a kind of event or notice by its words."""
    return [
        (
            str(each["mark"]),
            each["code"],
            {
                name: (KINDS | NOTICES).get(value, value) if name == "kind" else value
                for name, value in each["params"].items()
            },
        )
        for each in findings
    ]


def alike(program, judge, data, receipts=(), **given):
    """The report of the command line, after the page was found to say the same."""
    report = judge(data, receipts=[ReceiptFile(name, text) for name, text in receipts], **given)
    page = found_in_page(
        program, data, receipts=[{"name": name, "text": text} for name, text in receipts], **given
    )
    assert told(page["findings"]) == told([each.to_json() for each in report.findings])
    assert page["accepted"] is report.accepted
    return report, page


def test_the_honest_opening_holds_with_the_same_words_and_sheets(program, judge, honest):
    anchor = honest.panel.hash.hex()
    words = judge(honest.zip()).words
    receipts = [(f"{bid[:4]}.tlog-proof", text) for bid, text in honest.receipts.items()]
    report, page = alike(program, judge, honest.zip(), receipts=receipts, panel=anchor, words=words)
    assert report.accepted
    assert [sheet["fields"] for sheet in page["sheets"]] == [dict(sheet.fields) for sheet in report.sheets]
    assert (page["words"], page["panel"], page["size"]) == (report.words, report.panel, report.size)
    assert not page["complete"]  # those receipts have the log's own line only
    assert found_in_page(program, honest.zip(), panel=anchor)["complete"]
    assert not found_in_page(program, honest.zip())["complete"]  # the anchor was compared with nothing


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=[tamper.__name__ for tamper in TAMPERINGS])
def test_a_tampered_opening_is_refused_alike_by_page_and_command_line(program, judge, honest, tamper):
    report, page = alike(program, judge, honest.zip(tamper(honest)))
    assert not page["accepted"]
    assert TAMPERINGS[tamper] in [each.code for each in report.refusals]


@pytest.mark.parametrize("make", RECEIPTS, ids=[make.__name__ for make in RECEIPTS])
def test_a_receipt_that_does_not_fit_is_refused_alike(program, judge, honest, make):
    alike(program, judge, honest.zip(), receipts=[("mine", make(honest))])


def test_another_anchor_and_other_words_are_refused_alike(program, judge, honest):
    _, page = alike(program, judge, honest.zip(), panel="00" * 32, words="0000 0000 0000 0000 0000 0001")
    assert [each["code"] for each in page["findings"] if each["mark"] == "refused"] == [
        "panel.other",
        "words.other",
    ]


#: What the command line is asked about verdicts, moved deadlines, paper, draws, two envelopes and scans that were taken
#: back, by the tests that ask for nothing but a judge.
OTHERS = [
    each
    for module in (verdicts, extensions, paper, draws, stages, withdrawn)
    for name, each in vars(module).items()
    if name.startswith("test_") and each.__code__.co_varnames[: each.__code__.co_argcount] == ("judge",)
]


@pytest.mark.parametrize("ask", OTHERS, ids=[each.__name__ for each in OTHERS])
def test_verdicts_moved_deadlines_paper_and_draws_are_judged_alike(program, judge, ask):
    ask(lambda data, **asked: alike(program, judge, data, **asked)[0])


@pytest.mark.parametrize("tamper", extensions.TAMPERINGS, ids=lambda tamper: tamper.__name__)
def test_what_a_liar_makes_of_an_extension_is_refused_alike(program, judge, extended, tamper):
    tamper(extended)
    assert not alike(program, judge, extended.zip())[1]["accepted"]


@pytest.mark.parametrize("tamper", stages.TAMPERINGS, ids=lambda tamper: tamper.__name__)
def test_what_a_liar_makes_of_two_envelopes_is_refused_alike(program, judge, tamper):
    made = stages.prices(stages.reviewed())
    tamper(made)
    report, page = alike(program, judge, made.zip())
    assert stages.TAMPERINGS[tamper] in [each.code for each in report.refusals]
    assert not page["accepted"]


def test_a_sitting_is_followed_step_by_step_alike(program, judge, opened, tmp_path):
    hall, path = Hall(opened), tmp_path / "opening.zip"
    sha256 = recorded(hall, 1)
    hall.report(path)
    alike(program, judge, path.read_bytes())
    for login in (HOST, SUPERVISOR):
        sign(hall, login, sha256, name_of(hall, login))
    hall.end(HOST)
    hall.report(path)
    report, _ = alike(program, judge, path.read_bytes())
    assert "sitting" in [each.code for each in report.findings]


def test_a_draw_is_replayed_to_the_same_outcome(program, judge):
    made = draws.story()
    report, page = alike(program, judge, made.zip(), panel=made.record().panel.hash.hex())
    assert page["complete"]
    ((draw,), (replayed,)) = report.draws, page["draws"]
    assert (replayed["seed"], replayed["byTrustees"]) == (draw["seed"], draw["by_trustees"])
    for stratum, again in zip(draw["strata"], replayed["strata"], strict=True):
        people = [*again["picks"], *again["backups"]]
        assert [each["h"] for each in people] == [*stratum["picks"], *stratum["backups"]]
        assert {each["h"] for each in people if each["serves"]} == set(stratum["serving"])
        assert {each["h"]: each["name"] for each in people if each["name"]} == {
            h: expert["name"] for h, expert in report.names.items()
        }


@pytest.mark.parametrize("tamper", draws.TAMPERINGS, ids=lambda tamper: tamper.__name__)
def test_what_a_liar_makes_of_a_draw_is_refused_alike(program, judge, tamper):
    made = draws.story()
    tamper(made)
    report, page = alike(program, judge, made.zip())
    assert [each.code for each in report.refusals] == [draws.TAMPERINGS[tamper]]
    assert not page["accepted"]


# The zip --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["readme.txt", "sealed/../x.age", "Bundle.json"])
def test_a_file_that_does_not_belong_is_refused_alike(program, judge, honest, name):
    alike(program, judge, honest.zip(**{name: b"x"}))


def test_what_is_cut_off_is_unreadable_for_both(program, judge, honest):
    data = honest.zip()
    for length in (0, 1, 100, len(data) // 2, len(data) - 1):
        with pytest.raises((Unreadable, Malformed)):
            judge(data[:length])
        assert found_in_page(program, data[:length])["error"] == "Unreadable"


def test_a_flipped_byte_of_a_sealed_file_is_damage_for_both(program, judge, honest):
    data = bytearray(honest.zip())
    sealed = next(iter(honest.sealed.values()))
    data[bytes(data).index(sealed) + len(sealed) // 2] ^= 1
    report, _ = alike(program, judge, bytes(data))
    assert [each.code for each in report.refusals] == ["sealed.damaged"]


def test_a_packed_zip_is_read_as_well(program, judge, honest):
    with zipfile.ZipFile(io.BytesIO(honest.zip())) as stored:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
            for name in stored.namelist():
                packed.writestr(name, stored.read(name))
    report, _ = alike(program, judge, target.getvalue())
    assert report.accepted


# The proof of a draw by itself: a program of its own, loaded for it ----------------------------------------------------

_PROOF = """
  const { checkProof } = await import("/static/vendor/draws.js");
  const bytes = Uint8Array.from(atob(arg.zip), (sign) => sign.charCodeAt(0));
  try { return await checkProof({ ...arg, zip: new File([bytes], "draw.zip") }); }
  catch (error) { return { error: error.name, message: error.message }; }
"""


def proved_alike(program, tmp_path, data, panel=None):
    """Both reports on a ``draw.zip``, after they were found to say the same."""
    path = tmp_path / "draw.zip"
    path.write_bytes(data)
    report = verify_proof(path, Asked(panel=panel))
    page = program.run(_PROOF, {"zip": base64.b64encode(data).decode(), "panel": panel})
    assert told(page["findings"]) == told([each.to_json() for each in report.findings])
    assert page["accepted"] is report.accepted
    return report, page


def test_a_list_of_one_region_goes_by_the_name_that_its_id_stands_for(program, tmp_path):
    labels = dumps({"v": 1, "regions": ["南河区", "明川县"]})
    _, page = proved_alike(program, tmp_path, proving.whole(draws.story("明川县"), labels=labels))
    assert page["draws"][0]["strata"][0]["label"] == "civil · 明川县"
    proved_alike(program, tmp_path, proving.whole(draws.story(), labels=b'{"v":1,"regions":[7]}'))


@pytest.mark.parametrize("make", [proving.whole, proving.early], ids=["whole", "early"])
def test_an_honest_proof_of_a_draw_holds_alike_and_shows_its_every_step(program, tmp_path, make):
    made = draws.story()
    report, page = proved_alike(program, tmp_path, make(made), made.panel.hash.hex())
    assert report.accepted
    assert page["complete"] is (make is proving.whole)
    (mine,), (scene,) = report.draws, page["draws"]
    (drawn,), (shown,) = mine["strata"], scene["strata"]
    assert scene["seed"] == mine["seed"]
    leaves = made.event("draw-spec")["order"]["spec"]["strata"][0]["leaves"]
    number = {leaf["h"]: f"{place:03d}" for place, leaf in enumerate(leaves, 1)}
    for name, hashes in (("picks", "picks"), ("reserves", "backups"), ("serving", "serving")):
        assert shown[name] == [number[h] for h in drawn[hashes]]
    assert [step["number"] for step in shown["steps"] if step["outcome"] == "pick"] == shown["picks"]
    assert [step["outcome"] for step in shown["steps"]].count("backup") == len(shown["reserves"])
    for step in shown["steps"][:-1]:
        assert int(step["x"]) % step["of"] == step["rest"] == step["from"] - step["place"]
    answers = ["decline", "accept", "accept"] if make is proving.whole else ["gone", "accept", "accept"]
    assert [call["answer"] for call in shown["calls"]] == answers
    assert bool(scene["names"]) is (make is proving.whole)


def test_every_forged_proof_of_a_draw_is_refused_alike(program, tmp_path):
    for forge, code in proofs.FORGERIES.items():
        report, _ = proved_alike(program, tmp_path, forge(draws.story()))
        assert code in [each.code for each in report.refusals], forge.__name__
    for lie, code in draws.TAMPERINGS.items():
        made = draws.story()
        lie(made)
        report, _ = proved_alike(program, tmp_path, proving.whole(made))
        assert code in [each.code for each in report.refusals], lie.__name__
    made = draws.story()
    assert [
        each.code for each in proved_alike(program, tmp_path, proving.early(made), "00" * 32)[0].refusals
    ] == ["panel.other"]
    with zipfile.ZipFile(target := io.BytesIO(proving.early(made)), "a") as archive:
        archive.writestr("more.txt", b"")
    report, _ = proved_alike(program, tmp_path, target.getvalue())
    assert [each.code for each in report.refusals] == ["files.extra"]
    cut = base64.b64encode(proving.early(made)[:-30]).decode()
    assert program.run(_PROOF, {"zip": cut})["error"] == "Unreadable"


# The page -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def page(chromium):
    """The page from the disk, with the network off; a problem in its console fails the test."""
    context = chromium.new_context(locale="zh-CN", viewport={"width": 360, "height": 800})
    context.set_offline(True)
    page = context.new_page()
    problems = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(PAGE.as_uri())
    page.wait_for_selector("#opening-files")
    yield page
    context.close()
    assert not problems


def test_the_offline_page_checks_an_opening_again_and_again_and_says_what_to_do(page, honest, tmp_path):
    good, bad = tmp_path / "opening.zip", tmp_path / "bad.zip"
    good.write_bytes(honest.zip())
    anchor = honest.panel.hash.hex()
    page.set_input_files("#opening-files", good)
    page.fill("#opening-anchor", " ".join(anchor[n : n + 8] for n in range(0, 64, 8)).upper())
    page.click("button[type=submit]")
    answer = page.locator("#opening-answer")
    expect(answer.locator("h2")).to_have_text("成立", timeout=20_000)
    expect(answer).to_contain_text("12,000,000.02 元")
    expect(answer).to_contain_text("用份额重新拼出钥匙")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tamper = next(each for each in TAMPERINGS if each.__name__ == "amount_altered")
    bad.write_bytes(honest.zip(tamper(honest)))
    page.set_input_files("#opening-files", bad)
    page.click("button[type=submit]")
    expect(answer.locator("h2")).to_have_text("不成立", timeout=20_000)
    expect(answer).to_contain_text("公布的一览表与密封的不是同一份")
    draw = tmp_path / "anything.zip"
    draw.write_bytes(proving.early(draws.story()))
    page.set_input_files("#opening-files", draw)
    page.click("button[type=submit]")
    expect(answer).to_contain_text("开标记录还没有公开", timeout=20_000)
    expect(answer).to_contain_text("专家抽取 D-1")
    page.click("header button")
    page.set_input_files("#opening-files", tmp_path / "opening.zip")
    good.write_bytes(b"PK nothing")
    page.set_input_files("#opening-files", good)
    page.click("button[type=submit]")
    expect(page.locator("#opening-answer h2")).to_have_text("The file cannot be read", timeout=20_000)
