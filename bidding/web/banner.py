"""What a domain hangs over the pages of a thing of another domain's: a short notice with one way on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, current_app


@dataclass(frozen=True, slots=True)
class Banner:
    """``kind`` is one of the inset's (``over``, ``soon``, ``info`` or empty); texts in the reader's language."""

    kind: str
    title: str
    words: str
    url: str
    action: str


#: Providers stand in ``app.extensions["project_banners"]``; each says what stands over a project's pages now.
Provider = Callable[[Any], list[Banner]]


def init_app(app: Flask) -> None:
    """Let templates ask for a project's banners."""
    app.add_template_global(banners_of)


def banners_of(project: Any) -> list[Banner]:
    """What every domain hangs over a project's pages, the lowest first."""
    providers = cast("list[Provider]", current_app.extensions["project_banners"])
    return [banner for provider in providers for banner in provider(project)]
