"""Whether a browser is the network service room's (网络服务室), where nothing is kept."""

from __future__ import annotations

from flask import Response, current_app, request

#: How long the room's computer stays in its mode without anybody setting it again: a working day.
LASTS = 12 * 3600


def cookie_name() -> str:
    """``sunlit-desk``, with the prefix that browsers want by TLS."""
    return f"{'__Host-' if current_app.config['BEHIND_TLS'] else ''}sunlit-desk"


def at_desk() -> bool:
    """Whether this browser was set to the desk's mode."""
    return request.cookies.get(cookie_name()) == "1"


def sit_down(response: Response) -> None:
    """Set this browser to the desk's mode."""
    response.set_cookie(
        cookie_name(),
        "1",
        max_age=LASTS,
        secure=current_app.config["BEHIND_TLS"],
        httponly=True,
        samesite="Lax",
    )


def get_up(response: Response) -> None:
    """Set it back."""
    response.delete_cookie(
        cookie_name(), secure=current_app.config["BEHIND_TLS"], httponly=True, samesite="Lax"
    )
