from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from bidding import create_app
from bidding.announcements.models import Announcement, Objection
from bidding.announcements.rules import Kind, State
from bidding.commands import main
from bidding.core.canonical import loads
from bidding.db import db
from bidding.messages import queries as letters
from bidding.story import demo
from bidding.story.play import Wrong, expect
from bidding.tenders.models import Project
from tests.opendata.conformance import problems

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def in_chinese(monkeypatch):
    """Whatever language the machine speaks."""
    monkeypatch.setenv("BIDDING_LANG", "zh")


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """The story, played once with as few tenderers as it takes."""
    out = tmp_path_factory.mktemp("story") / "out"
    result = CliRunner().invoke(main, ["story", "--out", str(out), "--tenderers", "6"])
    assert result.exit_code == 0, result.output
    return out, result.output


def test_the_story_leaves_its_papers_and_says_what_happened(played):
    out, output = played
    for name in ("opening.zip", "opening-record.pdf", "draw-record.pdf", "savings.xlsx", "savings.json"):
        assert (out / name).stat().st_size > 1000
    assert len(list((out / "receipts").glob("*.tlog-proof"))) == 4
    assert "submission.too_late" in output
    assert "package.truncated" in output


def test_anybody_verifies_what_the_story_left(played):
    out, _ = played
    receipts = [word for path in sorted((out / "receipts").iterdir()) for word in ("--receipt", str(path))]
    result = CliRunner().invoke(main, ["verify", str(out / "opening.zip"), *receipts, "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["accepted"] is True


def test_the_report_of_the_story_counts_one_award(played):
    saved = loads((played[0] / "savings.json").read_bytes())
    assert len(saved["items"]) == 1


def test_nothing_is_said_against_the_open_data_of_the_story(played):
    for name in ("releases.json", "record.json"):
        assert problems(json.loads((played[0] / name).read_bytes())) == {}
    releases = json.loads((played[0] / "releases.json").read_bytes())["releases"]
    assert [each["tag"] for each in releases] == [["planning", "tender"], ["tenderUpdate"], ["award"]]


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "mine").write_text("mine", "utf-8")
    result = CliRunner().invoke(main, ["story", "--out", str(tmp_path)])
    assert result.exit_code == 1
    assert "不是空的" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_what_does_not_agree_stops_the_story():
    with pytest.raises(Wrong, match="opened sheets: 1, not 2"):
        expect("opened sheets", 1, 2)


def test_the_demonstration_is_laid_once(tmp_path):
    told = demo.fill(tmp_path)
    assert told is not None
    assert any("wang" in line for line in told)
    assert demo.fill(tmp_path) is None
    with create_app({"INSTANCE": str(tmp_path)}).app_context():
        assert letters.waiting_by_hand(db.session()) == 0
        found = db.session.scalars(select(Announcement).order_by(Announcement.published_at)).all()
        assert [(each.kind, each.state) for each in found] == [
            (Kind.CANDIDATES, State.PUBLISHED),
            (Kind.INTENTION, State.PUBLISHED),
            (Kind.SINGLE_SOURCE, State.PUBLISHED),
        ]
        (objection,) = db.session.scalars(select(Objection)).all()
        assert objection.upheld is False
        told = db.session.scalars(select(Project).where(Project.published_at.is_not(None)))
        bought = {project.code for project in told if not project.preset.sells}
        db.session.remove()
    with create_app({"INSTANCE": str(tmp_path)}).test_client() as visitor:
        months = re.findall(r"/opendata/releases/[0-9-]+[.]json", visitor.get("/opendata").text)
        packages = [json.loads(visitor.get(month).data) for month in months]
    assert [problems(package) for package in packages] == [{}] * len(packages)
    assert {release["tender"]["id"] for package in packages for release in package["releases"]} == bought
