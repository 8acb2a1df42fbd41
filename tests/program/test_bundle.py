"""The sealing program as it is shipped: built from the sources in the tree, and readable by the oldest browser."""

from __future__ import annotations

import hashlib
import json
import re

import pytest

from tests.conftest import ROOT

VENDOR = ROOT / "static" / "vendor"
SOURCES = ROOT / "static" / "js"
BUNDLE = VENDOR / "bidseal.js"
KIT = VENDOR / "trustee.html"
OPENINGS = VENDOR / "openings.js"
PAGE = VENDOR / "verify.html"
DRAWS = VENDOR / "draws.js"
REPLAY = VENDOR / "replay.html"
DRAWN = sorted((SOURCES / "draws").iterdir())
CALLING = VENDOR / "calling.js"
#: What it shares with the trustee kit: keys, and how they are unlocked.
_OF_THE_KIT = ("key.js", "parts.js", "passkey.js", "ring.js", "words.js")
#: What draws a code names the language it is drawn in; nothing is fetched from there.
_SVG = "http://www.w3.org/2000/svg"
#: What Chrome 109, the last on Windows 7, does not know; each with the version that brought it.
_NEWER = {
    # from where a literal begins: a division by a variable that the minifier calls v is none
    r"(?:[=(,:;!&|?{}\[>+]|\breturn|\bcase|\btypeof|^)\s*/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+"
    r"/[dgimsuy]*v[dgimsuy]*\b": "the regular expression flag v (112)",
    r"\(\?[ims]+(-[ims]+)?:|\(\?-[ims]+:": "modifiers in regular expressions (125)",
    r"\b(await )?using [\w$]+ ?=": "using (134)",
    r"\bimport defer\b|\bimport source\b": "deferred imports",
    r"\bwith ?\{ ?type ?:": "import attributes (123)",
    r"\.(toSorted|toReversed|toSpliced|with)\(": "copying array methods (110)",
    r"\.(isWellFormed|toWellFormed)\(": "well-formed strings (111)",
    r"\b(Object|Map)\.groupBy\(|\.group\(": "groupBy (117)",
    r"Promise\.(withResolvers|try)\b|Array\.fromAsync": "newer promises and arrays (119)",
    r"AbortSignal\.any\(": "AbortSignal.any (116)",
    r"\.(union|intersection|difference|isSubsetOf)\(": "set methods (122)",
    r"\bIterator\.(from|prototype)": "iterator helpers (122)",
    r"\.transfer(ToFixedLength)?\(": "ArrayBuffer.transfer (114)",
    r"\bURL\.(canParse|parse)\(": "URL.canParse (120)",
    r"\.(show|hide|toggle)Popover\(": "popovers (114)",
    r"\bscheduler\.yield\(": "scheduler.yield (129)",
}
#: The same of CSS. ``text-wrap: balance`` (114) may stay: where it is not known, a heading breaks as it always did.
_NEWER_CSS = {
    r"(^|[{};])\s*&": "nesting (112)",
    r"\b(color-mix|oklch|oklab|lch|lab)\(": "newer colours (111)",
    r"\blight-dark\(": "light-dark (123)",
    r"@(starting-style|scope|view-transition)\b": "newer at-rules (117)",
    r"\bsubgrid\b": "subgrid (117)",
    r":user-(in)?valid\b|:popover-open\b": "newer pseudo-classes (114)",
    r"\blinear\(|\bround\(|\bmod\(|\brem\(": "newer functions (113)",
    r"\bfield-sizing\b|\binterpolate-size\b|\banchor-name\b|\bposition-anchor\b": "newer properties (123)",
    r"\b(animation|scroll|view)-timeline\b": "timelines of scrolling (115)",
    r"\d(lh|rlh|cap|ric|rcap)\b": "units of lines and capitals (109, 118)",
    r"\bscrollbar-(color|width)\b": "scroll bars (121)",
}
_FORBIDDEN = {
    r"\bimport\s*\(": "a dynamic import",
    r"""\bfrom\s*["']|\bimport\s*["']""": "an import",
    r"\beval\s*\(|\bnew Function\b|\bFunction\s*\(": "code made from text",
    r"\brequire\s*\(": "require",
    r"\binnerHTML\b|\bdocument\.write\b": "markup made from text",
    r"https?://": "an address",
    r"sourceMappingURL": "a source map",
}


@pytest.fixture(
    scope="module",
    params=[BUNDLE, KIT, OPENINGS, PAGE, DRAWS, REPLAY, CALLING],
    ids=["bundle", "kit", "openings", "page", "draws", "replay", "calling"],
)
def code(request):
    """A program without its legal comments."""
    text = request.param.read_text("utf-8").replace(_SVG, "")
    return re.sub(r"/\*!.*?\*/", "", text[text.rfind("<script>") + 1 :], flags=re.DOTALL)


def listed(name=BUNDLE.name):
    """What ``vendor.json`` says of a file."""
    items = json.loads((VENDOR / "vendor.json").read_text("utf-8"))
    return next(item for item in items if item["file"] == name)


def hashes(*paths):
    """The paths in the tree and the hashes of what stands there."""
    return {str(path.relative_to(ROOT)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def test_the_bundle_is_built_from_the_sources_in_the_tree():
    """A source that changed without ``make vendor`` fails here."""
    folders = [path for name in ("core", "sealing", "verifying") for path in (SOURCES / name).glob("*.js")]
    assert listed()["sources"] == hashes(SOURCES / "bidseal.js", SOURCES / "primitives.js", *folders)
    css = [ROOT / "static" / "css" / name for name in ("tokens.css", "offline.css")]
    page = [*(SOURCES / "offline").iterdir(), SOURCES / "core" / "dom.js"]
    assert listed("offline.html")["sources"] == hashes(*css, *page)


def test_the_trustee_kit_is_built_from_the_sources_in_the_tree():
    css = [ROOT / "static" / "css" / name for name in ("tokens.css", "offline.css", "trustee.css")]
    _is_built_from(KIT, css, (SOURCES / "trustee").iterdir())


def test_the_programs_that_check_openings_are_built_from_the_sources_in_the_tree():
    own = [*(SOURCES / "openings").iterdir()]
    assert set(hashes(*own)) <= listed(OPENINGS.name)["sources"].keys()
    _is_built_from(OPENINGS, [], [*own, SOURCES / "openings.js"])
    css = [ROOT / "static" / "css" / name for name in ("tokens.css", "offline.css")]
    _is_built_from(PAGE, css, [*own, *DRAWN, *(SOURCES / "verify").iterdir()])


def test_the_programs_that_check_draws_are_built_from_the_sources_in_the_tree():
    shared = [
        SOURCES / "openings" / name for name in ("calling.js", "draws.js", "replay.js", "words.js", "zip.js")
    ]
    _is_built_from(DRAWS, [], [*shared, *DRAWN, SOURCES / "draws.js"])
    css = [ROOT / "static" / "css" / name for name in ("tokens.css", "offline.css", "replay.css")]
    _is_built_from(REPLAY, css, [*shared, *DRAWN, *(SOURCES / "replay").iterdir()])


def test_the_program_that_opens_names_is_built_from_the_sources_in_the_tree():
    kit = [SOURCES / "trustee" / name for name in _OF_THE_KIT]
    _is_built_from(CALLING, [], [*(SOURCES / "naming").iterdir(), *kit, SOURCES / "calling.js"])


def _is_built_from(program, css, own):
    sources = listed(program.name)["sources"]
    shared = [
        ROOT / path
        for path in sources
        if path.startswith(
            tuple(f"static/js/{name}/" for name in ("core", "opening", "sealing", "verifying"))
        )
    ]
    assert shared
    assert sources == hashes(*css, *own, *shared)


def test_the_bundle_is_built_with_the_packages_that_are_pinned():
    package = json.loads((ROOT / "package.json").read_text("utf-8"))
    locked = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    programs = (BUNDLE, KIT, OPENINGS, PAGE, DRAWS, REPLAY, CALLING)
    for item in [each for program in programs for each in listed(program.name)["packages"]]:
        assert package["dependencies"][item["name"]] == item["version"]
        assert locked[f"node_modules/{item['name']}"]["version"] == item["version"]
    assert listed()["built_with"] == f"esbuild {package['devDependencies']['esbuild']}"


@pytest.mark.parametrize(("pattern", "what"), _FORBIDDEN.items(), ids=_FORBIDDEN.values())
def test_the_programs_stand_alone(code, pattern, what):
    found = re.search(pattern, code)
    assert found is None, f"{what}: …{found.string[found.start() - 40 : found.end() + 40]}…"


@pytest.mark.parametrize(("pattern", "what"), _NEWER.items(), ids=_NEWER.values())
def test_the_programs_need_no_browser_newer_than_chrome_109(code, pattern, what):
    found = re.search(pattern, code)
    assert found is None, f"{what}: …{found.string[found.start() - 40 : found.end() + 40]}…"


def test_the_bundle_fits_a_slow_line():
    assert BUNDLE.stat().st_size < 160_000
    assert CALLING.stat().st_size < 110_000
    assert OPENINGS.stat().st_size < 190_000  # it carries what every check says, in both languages
    assert DRAWS.stat().st_size < 100_000


def newer(paths, patterns):
    """What of ``patterns`` stands in files, without CSS comments: (name, what, the text around it)."""
    return [
        (path.name, what, text[max(0, found.start() - 30) : found.end() + 30])
        for path in paths
        for text in [re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)]
        for pattern, what in patterns.items()
        for found in re.finditer(pattern, text, re.MULTILINE)
    ]


def test_scripts_and_styles_that_are_served_as_they_are_need_none_either():
    """No tool rewrites these for an older browser: what stands in the tree is what it gets."""
    assert newer(sorted(SOURCES.rglob("*.js")), _NEWER) == []
    assert newer(sorted((ROOT / "static" / "css").glob("*.css")), _NEWER_CSS) == []


def test_what_is_newer_is_found(tmp_path):
    (tmp_path / "a.js").write_text(
        "const [a] = list.toSorted();\nif (URL.canParse(text)) at.showPopover();\n"
        "text.replace(/[/a]\\/b/gv, half / v);\nconst is = () => /c/v.test(text);\n",
        "utf-8",
    )
    (tmp_path / "a.css").write_text(
        "/* & */\n.a {\n  & b { color: color-mix(in srgb, red, blue); }\n}\n", "utf-8"
    )
    assert len(newer([tmp_path / "a.js"], _NEWER)) == 5
    assert [what for _, what, _ in newer([tmp_path / "a.css"], _NEWER_CSS)] == [
        "nesting (112)",
        "newer colours (111)",
    ]
