"""Addresses for people who are not on a page of this site: in a feed, a mail, a picture to be scanned."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import Flask, current_app, request, url_for
from markupsafe import Markup


def init_app(app: Flask) -> None:
    """Let templates say where a page stands."""
    app.jinja_env.globals.update(outside=outside, qr=qr)


def outside(endpoint: str, **values: Any) -> str:
    """The whole address of a page, by the name under which the centre is known, or else the one it was called by."""
    return site() + url_for(endpoint, **values)


def site() -> str:
    """What such an address begins with; it has no slash at its end."""
    public: str = current_app.config["PUBLIC_URL"]
    return public or request.host_url.rstrip("/")


@lru_cache(maxsize=512)
def qr(address: str) -> Markup:
    """An address as a picture to be scanned, drawn in the page. To work one out takes longer than most pages do."""
    import segno  # only where a page is to be printed

    made = segno.make(address, error="m", micro=False)
    return Markup(made.svg_inline(scale=3, border=2, light="#fff"))  # noqa: S704 — its own drawing, of no text
