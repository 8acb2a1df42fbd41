"""What the documents say is there, is there."""

import re
import tomllib
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

from bidding.commands import COMMANDS, main
from bidding.web.settings import SETTINGS

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").rglob("*.md")])

_FENCE = re.compile(r"^ *```.*?^ *```", re.M | re.S)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_COMMAND = re.compile(r"^\s*(?:\$ )?(?:\S*/)?(bidding|make) +(.+)$")


def name_of(path):
    return str(path.relative_to(ROOT))


def each(paths):
    return pytest.mark.parametrize("path", paths, ids=name_of)


def links(path):
    """(file, heading) of every link to another place of this repository."""
    for target in _LINK.findall(_FENCE.sub("", path.read_text("utf-8"))):
        if "://" in target or target.startswith("mailto:"):
            continue
        file, _, heading = unquote(target).partition("#")
        yield (path.parent / file).resolve() if file else path, heading


def headings(path):
    """The anchors that a reader's browser knows in a document."""
    for line in _FENCE.sub("", path.read_text("utf-8")).splitlines():
        if line.startswith("#"):
            title = re.sub(r"[^\w\- ]", "", line.lstrip("#").strip().lower())
            yield title.replace(" ", "-")


def commands(path):
    """(program, words) of every command that a document shows, in a block or between backticks."""
    text = path.read_text("utf-8")
    blocks = [block.replace("\\\n", " ") for block in _FENCE.findall(text)]
    spans = re.findall(r"`([^`\n]+)`", _FENCE.sub("", text))
    for line in [line for block in blocks for line in block.splitlines()] + spans:
        if found := _COMMAND.match(line.partition(" #")[0]):
            yield found[1], found[2].split()


def unknown(words):
    """What of a ``bidding`` command line there is not."""
    command, context = main, click.Context(main)
    while isinstance(command, click.Group) and words and not words[0].startswith(("-", "[")):
        name = words.pop(0)
        command = command.get_command(context, name)
        if command is None:
            return [name]
    known = {option for parameter in command.params for option in parameter.opts} | {"--help", "--version"}
    return sorted({found for word in words for found in re.findall(r"^\[?(--[a-z-]+)", word)} - known)


@each(DOCUMENTS)
def test_every_link_leads_somewhere(path):
    lost = [name_of(file) for file, _ in links(path) if not file.exists()]
    assert lost == []


@each(DOCUMENTS)
def test_every_link_to_a_heading_finds_it(path):
    lost = [
        f"{name_of(file)}#{heading}"
        for file, heading in links(path)
        if heading and file.exists() and heading not in headings(file)
    ]
    assert lost == []


@each(DOCUMENTS)
def test_every_command_that_is_shown_exists_with_its_options(path):
    wrong = [
        (" ".join(words), lost)
        for program, words in commands(path)
        if program == "bidding" and (lost := unknown(list(words)))
    ]
    assert wrong == []


@each(DOCUMENTS)
def test_every_make_target_that_is_shown_exists(path):
    targets = set(re.findall(r"^([a-z0-9]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    shown = {words[0] for program, words in commands(path) if program == "make"}
    assert shown - targets == set()


def test_the_readme_tells_the_two_commands():
    shown = list(commands(ROOT / "README.md"))
    assert ("make", ["run"]) in shown
    assert ("make", ["test"]) in shown


def test_every_command_is_told_of_somewhere():
    shown = {words[0] for path in DOCUMENTS for program, words in commands(path) if program == "bidding"}
    assert set(COMMANDS) - shown == set()


def test_every_document_is_in_the_index():
    index = ROOT / "docs" / "README.md"
    told = {file for file, _ in links(index)}
    kept = {path.resolve() for path in (ROOT / "docs").rglob("*.md")} - {index.resolve()}
    assert {name_of(path) for path in kept - told} == set()


def test_the_one_page_names_every_package_in_the_order_of_the_layers():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    table = (ROOT / "ARCHITECTURE.md").read_text("utf-8").partition("## Layers")[2].partition("\n## ")[0]
    told = [
        re.findall(r"`(\w+)`", line.partition(" | ")[0]) for line in table.splitlines() if line[:3] == "| `"
    ]
    assert told == [re.findall(r"\w+", layer) for layer in layers]


def test_every_setting_is_described():
    text = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert [setting.name for setting in SETTINGS if f"| `{setting.name}` | " not in text] == []


def test_the_pins_are_names_and_versions_only():
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert [line for line in lines if not re.fullmatch(r"#.*|[\w.-]+==[\w.]+", line)] == []


def test_every_dependency_is_pinned():
    def plain(name):
        return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", name)[0]).lower()

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {plain(line) for line in [*project["dependencies"], *project["optional-dependencies"]["dev"]]}
    pins = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert wanted - {plain(line) for line in pins if not line.startswith("#")} == set()
