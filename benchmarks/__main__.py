"""``python -m benchmarks [P1 …]``: every benchmark, or those named. Exits 1 if a goal is missed, 2 for a name
that is none.
"""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path


def found() -> dict[str, str]:
    """Name → module of every ``pN_*.py`` beside this file, in the order of their numbers."""
    modules = {}
    for path in Path(__file__).parent.glob("p*_*.py"):
        match = re.fullmatch(r"p([0-9]+)_\w+", path.stem)
        if match:
            modules[int(match[1])] = f"benchmarks.{path.stem}"
    return {f"P{number}": modules[number] for number in sorted(modules)}


def main(names: list[str]) -> int:
    """Run them one after the other; the exit status."""
    known = found()
    unknown = [name for name in names if name.upper() not in known]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    chosen = [name.upper() for name in names] or list(known)
    missed = [name for name in chosen if not import_module(known[name]).run()]
    if missed:
        print(f"short: {', '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
