"""What the linters cannot say about the shape of the code."""

import ast
import hashlib
import json
import re
import subprocess
import sys
from functools import cache
from importlib import import_module
from pathlib import Path

from bidding.core.errors import DomainError
from bidding.i18n import extract
from bidding.i18n.catalog import english
from bidding.wiring import DOMAINS

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "bidding").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))
HAN = re.compile(r"[\u4e00-\u9fff]")


def name_of(path):
    return str(path.relative_to(ROOT))


@cache
def nodes(path):
    """Everything in a source, parsed once for all rules."""
    return list(ast.walk(ast.parse(path.read_text("utf-8"))))


def calls(path):
    """``object.method`` of every call, as far as it is written out."""
    for node in nodes(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield ast.unparse(node.func.value), node.func.attr


def wrong_in(paths, look):
    """What ``look`` finds wrong in a file, by the file's name. One test asks all files: they are nearly two thousand tests otherwise."""
    return {name_of(path): found for path in paths if (found := look(path))}


# layers


def test_domains_import_only_downwards():
    """In a process of its own: the linter's logging would silence the loggers that other tests read."""
    linter = Path(sys.executable).with_name("lint-imports")
    told = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 0, told.stdout


def test_only_the_unit_of_work_commits():
    def commits(path):
        return [call for call in calls(path) if call[1] == "commit"]

    assert list(wrong_in(SOURCES, commits)) == ["bidding/db/uow.py"]


def test_only_two_files_read_the_clock_and_draw():
    drawing = {("time", "time"), ("os", "urandom"), ("uuid", "uuid4"), ("random", "random")}

    def reads(path):
        found = set(calls(path))
        return found & drawing | {
            (of, method) for of, method in found if method in ("now", "today", "utcnow") and "date" in of
        }

    assert list(wrong_in(SOURCES, reads)) == ["bidding/core/clock.py", "bidding/core/entropy.py"]


# permissions


def test_every_page_says_who_may_open_it(app):
    silent = {name for name, view in app.view_functions.items() if not hasattr(view, "permission")}
    assert silent == {"static"}


def test_every_page_asks_for_a_permission_that_somebody_has(app):
    asked = {name: view.permission for name, view in app.view_functions.items() if name != "static"}
    known = set(app.extensions["grants"]) | {None, "signed-in"}
    assert {name: permission for name, permission in asked.items() if permission not in known} == {}


def policies():
    for domain in DOMAINS:
        if (ROOT / "bidding" / domain / "policy.py").exists():
            yield domain, import_module(f"bidding.{domain}.policy")


def test_every_permission_is_granted_named_and_of_one_grammar():
    seen = {}
    for domain, policy in policies():
        permissions = set(getattr(policy, "Permission", ()))
        assert set(policy.GRANTS) == set(policy.WORDS) == permissions, domain
        for permission in permissions:
            assert re.fullmatch(r"[a-z-]+:[a-z-]+", permission), permission
            assert policy.GRANTS[permission], f"{permission} is nobody's"
            assert HAN.search(policy.WORDS[permission]), permission
            assert seen.setdefault(str(permission), domain) == domain


def test_pages_stand_under_their_domains_name(app):
    for name, blueprint in app.blueprints.items():
        assert blueprint.import_name.startswith(f"bidding.{name}.routes")


# templates and scripts


_INLINE = {
    "a style": re.compile(r"\sstyle\s*=|<style\b", re.I),
    "a script": re.compile(r"<script(?![^>]*\bsrc=)", re.I),
    "a handler": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.I),
    "a script address": re.compile(r"javascript:", re.I),
    "unescaped text": re.compile(r"\|\s*safe\b|autoescape false", re.I),
    "another site": re.compile(r"\b(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.I),
}


def markup_of(path):
    """A template without its comments."""
    return re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.S)


#: A form that is sent, with a field in it; not one whose answer a script tells in its place.
_ASKS = re.compile(r"<form(?=[^>]*method=\"post\")(?:(?!</form>).)*?\bfield\(", re.S)
#: A heading or the page itself takes the focus so that reading goes on there: there is nothing to press.
_UNFRAMED = {':is(h1, h2, h3)[tabindex="-1"]:focus-visible', "main:focus"}


def test_whoever_has_only_a_keyboard_is_led_through_every_page():
    """What a browser is asked where pages are walked is asked here of all: they may be new."""
    found = []
    for path in TEMPLATES:
        text = markup_of(path)
        parent = re.search(r'{% extends "([^"]+)" %}', text)
        whole = text + (markup_of(ROOT / "templates" / parent[1]) if parent else "")
        # A refusal is where the focus goes; a part is set within a page that says it.
        if _ASKS.search(text) and not path.name.startswith("_") and "error_summary(" not in whole:
            found.append(f"{name_of(path)} says nowhere what was wrong")
        if re.search(r'tabindex="?[1-9]|accesskey=', text):
            found.append(f"{name_of(path)} has an order of its own")
    for path in sorted((ROOT / "static" / "css").glob("*.css")):
        rules = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.S)
        for selector, says in re.findall(r"([^{}]+)\{([^{}]*)\}", rules):
            if (
                re.search(r"outline(?:-width|-style)?:\s*(?:0|none)", says)
                and selector.strip() not in _UNFRAMED
            ):
                found.append(f"{name_of(path)}: {selector.strip()} hides where the focus is")
    assert found == []


def test_a_template_holds_nothing_inline():
    def inline(path):
        text = markup_of(path)
        return [what for what, pattern in _INLINE.items() if pattern.search(text)]

    assert wrong_in(TEMPLATES, inline) == {}


def test_every_chinese_word_of_a_template_can_be_translated():
    def chinese(path):
        text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", markup_of(path), flags=re.S)
        return [line.strip() for line in text.splitlines() if HAN.search(line)]

    assert wrong_in(TEMPLATES, chinese) == {}


def test_a_script_writes_no_markup():
    writing = re.compile(r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function)")
    assert wrong_in(SCRIPTS, lambda path: writing.findall(path.read_text("utf-8"))) == {}


def test_what_is_vendored_is_what_is_listed():
    vendor = ROOT / "static" / "vendor"
    listed = {item["file"]: item for item in json.loads((vendor / "vendor.json").read_text("utf-8"))}
    files = {str(path.relative_to(vendor)) for path in vendor.rglob("*") if path.is_file()} - {"vendor.json"}
    assert files == set(listed)
    for name, item in listed.items():
        assert hashlib.sha256((vendor / name).read_bytes()).hexdigest() == item["sha256"], name
        assert item["version"]
        assert item["license"]


# words


def test_every_text_has_its_english_with_the_same_places():
    assert extract.problems() == []


def test_texts_are_marked_by_names_that_the_extraction_knows():
    def unknown(path):
        names = {
            alias.asname or alias.name
            for node in nodes(path)
            if isinstance(node, ast.ImportFrom) and node.module in ("flask_babel", "bidding.core.errors")
            for alias in node.names
            if alias.name in ("gettext", "lazy_gettext", "ngettext", "N_")
        }
        return names - set(extract.KEYWORDS)

    assert wrong_in(SOURCES, unknown) == {}


def refusals():
    found = [DomainError]
    for error in found:
        found += error.__subclasses__()
    return [error for error in found if error.__module__.startswith("bidding.")]


def test_every_refusal_has_a_code_of_its_own_and_english_words(app):
    codes, known = {}, english()
    for error in refusals():
        if "code" in vars(error):
            assert re.fullmatch(r"[a-z_]+\.[a-z_0-9]+", error.code), error
            assert codes.setdefault(error.code, error) is error, f"{error} and {codes[error.code]}"
        message = known.get(error.text)
        assert message is not None, f"{error}: {error.text}"
        assert message.string, f"{error}: {error.text}"


# files


_NOT_OURS = {"node_modules", "instance", "build", "dist"}


def project_files(folder=ROOT):
    for path in sorted(folder.iterdir()):
        if path.name in _NOT_OURS or path.name.endswith(".egg-info"):
            continue
        if path.is_dir() and not path.name.startswith((".", "__")):
            yield from project_files(path)
        elif path.is_file():
            yield path


_OF_A_MACHINE = re.compile(
    r"(?<![\w.])/(?:home|Users|work|root)/[a-z]"  # somebody's folder
    r"|registry\.[a-z]+\.(?:org|com)|//mirrors?\.|files\.pythonhosted|index[-]url",
    re.I,
)


def test_no_file_knows_the_machine_it_was_written_on():
    found = {}
    for path in project_files():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        if match := _OF_A_MACHINE.search(text):
            found[name_of(path)] = match[0]
    assert found == {}


#: Files that ask one question of a whole domain.
_OF_A_DOMAIN = {
    "tests/award/test_sales.py",
    "tests/award/test_words.py",
    "tests/experts/test_steering.py",
    "tests/lifecycle/test_lawful.py",
    "tests/lifecycle/test_sequences.py",
    "tests/negotiation/test_consultation.py",
    "tests/reporting/test_published.py",
    "tests/screens/test_machines.py",
    "tests/submissions/test_gate.py",
    "tests/tenders/test_boundaries.py",
    "tests/tenders/test_regions.py",
    "tests/verification/test_extensions.py",
    "tests/verification/test_notices.py",
    "tests/verification/test_page.py",
    "tests/verification/test_paper.py",
    "tests/verification/test_replay_page.py",
    "tests/verification/test_stages.py",
    "tests/verification/test_tamperings.py",
    "tests/verification/test_verdicts.py",
    "tests/verification/test_withdrawn.py",
}


def test_every_test_mirrors_a_module():
    lost = []
    for path in sorted((ROOT / "tests").glob("*/test_*.py")):
        domain, module = path.parent.name, path.stem.removeprefix("test_")
        home = ROOT / "bidding" / domain
        if home.exists() and not ((home / f"{module}.py").exists() or (home / module).is_dir()):
            lost.append(name_of(path))
    assert sorted(set(lost) - _OF_A_DOMAIN) == []


#: Large, and needed now and then: they are imported in the functions that use them.
_RARELY_NEEDED = ("alembic", "holidays", "httpx", "openpyxl", "typst", "webauthn", "xlsxwriter")


def test_a_worker_starts_without_the_large_libraries_that_it_rarely_needs(tmp_path):
    asked = (
        "import sys; from bidding import create_app; import bidding.server;"
        f"create_app({{'INSTANCE': {str(tmp_path)!r}}}); print([m for m in {_RARELY_NEEDED} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
