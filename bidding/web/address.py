"""Addresses for people who are not on a page of this site: in a feed, a mail, a picture to be scanned."""

from __future__ import annotations

from typing import Any

from flask import current_app, request, url_for


def outside(endpoint: str, **values: Any) -> str:
    """The whole address of a page, by the name under which the centre is known, or else the one it was called by."""
    return site() + url_for(endpoint, **values)


def site() -> str:
    """What such an address begins with; it has no slash at its end."""
    public: str = current_app.config["PUBLIC_URL"]
    return public or request.host_url.rstrip("/")
