from __future__ import annotations

import pytest
from click.testing import CliRunner

from bidding.core.canonical import dumps, loads
from bidding.experts import queries, service
from bidding.experts.cli import draw
from bidding.experts.queries import Purpose
from bidding.story.cast import PASSPHRASE

#: log2 of what stretching a passphrase costs here; a person's own commands take a second for it.
CHEAP = 4


@pytest.fixture
def desk(play, tmp_path, monkeypatch):
    """A folder with the passphrase, the trustees' keys beside it; the terminal speaks Chinese."""
    folder = tmp_path / "desk"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("BIDDING_LANG", "zh")
    (folder / "pass").write_text(PASSPHRASE + "\n", "utf-8")
    return folder


@pytest.fixture
def key(play):
    return lambda name: str(play.centre.folder / "trustees" / f"trustee-{name}.age")


def run(*arguments, stdin=None):
    return CliRunner().invoke(
        draw, [*(str(each) for each in arguments), "--passphrase-file", "pass"], input=stdin, obj=CHEAP
    )


def put(desk, name, value):
    (desk / name).write_bytes(dumps(value))
    return name


def anchor(play):
    return queries.panel_of(play.draw.project)[1].hash.hex()


def test_a_whole_draw_by_the_commands(play, desk, key):
    play.request().freeze()
    panel = anchor(play)
    put(desk, "list.json", play.file(queries.order_file))
    result = run("order", "list.json", "--key", key("reform"), "--panel", panel, "--out", "order.json")
    assert result.exit_code == 0, result.output
    assert "名单 60 人，逐人重算指纹一致" in result.output
    assert "专业 A0801：抽 2 人，备选 2 人" in result.output
    with play.centre.act("sun") as tx:
        service.order(tx, play.uid, loads((desk / "order.json").read_bytes()))

    put(desk, "deal.json", play.file(queries.deal_file))
    for name, who in (("reform", "sun"), ("renewal", "zhou"), ("centre", "wang")):
        result = run("deal", "deal.json", "--key", key(name), "--panel", panel)
        assert result.exit_code == 0, result.output
        (made,) = desk.glob(f"draw-deal-*-{name}.json")
        (secret,) = desk.glob(f"draw-secret-*-{name}.age")
        assert secret.stat().st_mode & 0o777 == 0o600
        with play.centre.act(who) as tx:
            service.deal(tx, play.uid, loads(made.read_bytes()))
    play.close()

    put(desk, "closed.json", play.file(queries.closed_file))
    for name, who in (("reform", "sun"), ("renewal", "zhou")):
        (secret,) = desk.glob(f"draw-secret-*-{name}.age")
        result = run("reveal", "closed.json", secret, "--out", f"reveal-{name}.json")
        assert result.exit_code == 0, result.output
        with play.centre.act(who) as tx:
            service.reveal(tx, play.uid, loads((desk / f"reveal-{name}.json").read_bytes()))

    put(desk, "open-centre.json", play.file(queries.share_file, "centre"))
    for name in ("reform", "finance", "notary"):
        result = run("share", "open-centre.json", "--key", key(name), "--out", f"share-{name}.json")
        assert result.exit_code == 0, result.output
        with play.centre.act("sun") as tx:
            service.share(tx, play.uid, loads((desk / f"share-{name}.json").read_bytes()))
    assert play.record.results is not None


def test_nothing_is_signed_against_another_notice_or_without_a_yes(play, desk, key):
    play.request().freeze()
    put(desk, "list.json", play.file(queries.order_file))
    wrong = run("order", "list.json", "--key", key("reform"), "--panel", "0" * 64)
    assert wrong.exit_code == 1
    assert "信任锚不一致" in wrong.output
    unsure = run("order", "list.json", "--key", key("reform"), stdin="n\n")
    assert unsure.exit_code == 1
    assert "没有确认" in unsure.output
    assert list(desk.glob("draw-order*")) == []
    sure = run("order", "list.json", "--key", key("reform"), stdin="y\n")
    assert sure.exit_code == 0, sure.output
    assert len(list(desk.glob("draw-order*"))) == 1


def test_only_the_supervisors_key_signs_an_order(play, desk, key):
    play.request().freeze()
    put(desk, "list.json", play.file(queries.order_file))
    result = run("order", "list.json", "--key", key("finance"), "--panel", anchor(play))
    assert result.exit_code == 1
    assert "没有相应的席位" in result.output


def test_a_tenderer_deals_under_a_name_of_its_own(play, desk):
    play.to_ordered()
    put(desk, "deal.json", play.file(queries.deal_file))
    nameless = run("deal", "deal.json", "--panel", anchor(play))
    assert nameless.exit_code == 1
    assert "--party" in nameless.output
    result = run("deal", "deal.json", "--party", "lanyue", "--panel", anchor(play), "--out", "mine.json")
    assert result.exit_code == 0, result.output
    assert loads((desk / "mine.json").read_bytes())["deal"]["party"] == "lanyue"
    again = run("deal", "deal.json", "--party", "lanyue", "--panel", anchor(play), "--out", "mine.json")
    assert again.exit_code == 1
    assert "已经存在" in again.output


def test_a_file_of_another_kind_is_refused_with_its_reason(play, desk, key):
    play.to_ordered()
    put(desk, "deal.json", play.file(queries.deal_file))
    result = run("order", "deal.json", "--key", key("reform"), "--panel", anchor(play))
    assert result.exit_code == 1
    assert "文件的内容不对" in result.output


def test_it_speaks_english_where_the_terminal_does(play, desk, key, monkeypatch):
    monkeypatch.setenv("BIDDING_LANG", "en")
    play.request().freeze()
    put(desk, "list.json", play.file(queries.order_file))
    result = run("order", "list.json", "--key", key("finance"), "--panel", "0" * 64)
    assert result.exit_code == 1
    assert "trust anchor" in result.output


def test_names_are_opened_by_two_commands_on_two_machines(play, desk, key):
    play.to_drawn()
    panel = anchor(play)
    put(desk, "asked.json", play.file(lambda session, draw: queries.halves_file(session, draw.project)))
    for name in ("centre", "finance"):
        assert "没有相应的席位" in run("half", "asked.json", "--key", key(name), "--panel", panel).output
    result = run("half", "asked.json", "--key", key("reform"), "--panel", panel, "--out", "halves.json")
    assert result.exit_code == 0, result.output
    assert "4 人的半把钥匙" in result.output
    with play.centre.act("sun") as tx:
        service.give_halves(tx, play.uid, loads((desk / "halves.json").read_bytes()))
    h = play.show("A0801")
    with play.centre.act("wang") as tx:
        put(desk, "names.json", service.take_names(tx, play.uid, Purpose.CALL))
    shown = run("names", "names.json", "--key", key("centre"), "--panel", panel)
    person = play.behind(h)
    assert shown.output.splitlines()[-1] == f"{person.name}，{person.unit}，电话 {person.phone}"
    kept = run("names", "names.json", "--key", key("centre"), "--panel", panel, "--out", "opened.json")
    assert kept.exit_code == 0
    assert person.name not in kept.output
    assert [one["h"] for one in loads((desk / "opened.json").read_bytes())["people"]] == [h]
    assert "没有相应的席位" in run("names", "names.json", "--key", key("reform"), "--panel", panel).output
    bare = put(desk, "bare.json", loads((desk / "asked.json").read_bytes()))
    assert "半把钥匙" in run("names", bare, "--key", key("centre"), "--panel", panel).output
