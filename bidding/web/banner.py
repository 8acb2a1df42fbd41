"""What a domain hangs over or into the pages of a thing of another domain's: a short notice, or a part of the page."""

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


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a project's notice: a template of the domain's own, and what it shows as ``view``."""

    template: str
    view: Any


#: The same for the notice's further parts: ``app.extensions["project_sections"]``. What stands over and in the notice of
#: a project's prequalification has lists of its own, ``prequalification_banners`` and ``prequalification_sections``.
SectionProvider = Callable[[Any], list[Section]]


def init_app(app: Flask) -> None:
    """Let templates ask for a project's banners and sections."""
    app.add_template_global(banners_of)
    app.add_template_global(sections_of)


def banners_of(project: Any, of: str = "project") -> list[Banner]:
    """What every domain hangs over the pages of a project, or ``of`` its ``prequalification``, the lowest first."""
    providers = cast("list[Provider]", current_app.extensions[f"{of}_banners"])
    return [banner for provider in providers for banner in provider(project)]


def sections_of(project: Any, of: str = "project") -> list[Section]:
    """What every domain adds to the notice of a project, or ``of`` its ``prequalification``, the lowest first."""
    providers = cast("list[SectionProvider]", current_app.extensions[f"{of}_sections"])
    return [section for provider in providers for section in provider(project)]
