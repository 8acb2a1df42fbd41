"""The same files against the sealing program, in a browser: what is checked of them is in ``vectors.js``."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("function", "pattern", "of_each"),
    [
        ("bidseal", "bidseal*.json", True),
        ("protocol", "protocol-vectors*.json", True),
        ("draws", "expert-draw*.json", True),
        ("inclusion", "merkle/inclusion/**/*.json", False),
    ],
)
def test_vectors_in_the_browser(program, vectors, function, pattern, of_each):
    found = [
        (str(path.relative_to(vectors)), json.loads(path.read_text("utf-8")))
        for path in sorted(vectors.glob(pattern))
    ]
    if not found:
        pytest.fail(f"no {pattern} in {vectors}")
    for case in [content for _, content in found] if of_each else [found]:
        program.run(
            'const vectors = await import("/tests/vectors/vectors.js"); vectors[arg.function](primitives, arg.case);',
            {"function": function, "case": case},
        )


def test_names_in_the_browser(program, vectors):
    cases = [
        case for path in sorted(vectors.glob("expert-names*.json")) for case in json.loads(path.read_text())
    ]
    if not cases:
        pytest.fail(f"no expert-names*.json in {vectors}")
    for case in cases:
        program.run(
            'const names = await import("/static/vendor/calling.js");'
            'const vectors = await import("/tests/vectors/vectors.js");'
            "vectors.names({ ...names, parsePanel: primitives.parsePanel }, arg);",
            case,
        )
