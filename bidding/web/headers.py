"""What every answer tells the browser to refuse."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request
from flask_login import current_user
from werkzeug.middleware.proxy_fix import ProxyFix

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
)

#: The sealing program, which pages also run as a worker: then this is all it may do. It sees the plaintext, and
#: speaks to nobody; WebAssembly, which the pages themselves may not run, hashes for it.
SEALING_PROGRAM = "vendor/bidseal.js"
SEALING_POLICY = "default-src 'none'; script-src 'wasm-unsafe-eval'; require-trusted-types-for 'script'"

#: The pages that work without us. They carry policies of their own and are for keeping, not for opening here.
OFFLINE_PAGES = {"vendor/offline.html": "offline.html", "vendor/trustee.html": "trustee.html"}

HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()",
}


def init_app(app: Flask) -> None:
    """Add the headers to every answer, and believe as many proxies as the settings say are ours."""
    app.after_request(_harden)
    app.jinja_env.globals["is_secure_page"] = is_secure_page
    proxies = app.config["PROXIES"]
    if proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )


def is_secure_page() -> bool:
    """Whether browsers give this page what they keep for secure ones: by HTTPS, or from this very machine.

    W3C Secure Contexts §3.1. Elsewhere there is no ``crypto.subtle``, no passkey and no ``__Host-`` cookie.
    """
    host = urlsplit(f"//{request.host}").hostname or ""
    if request.scheme == "https" or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _harden(response: Response) -> Response:
    served = (request.view_args or {}).get("filename") if request.endpoint == "static" else None
    if served == SEALING_PROGRAM:
        response.headers["Content-Security-Policy"] = SEALING_POLICY
    elif served in OFFLINE_PAGES:
        response.headers["Content-Disposition"] = f'attachment; filename="{OFFLINE_PAGES[served]}"'
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["BEHIND_TLS"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static" and current_user.is_authenticated:
        # a shared PC's back button must not show what the last person saw
        response.headers["Cache-Control"] = "no-store"
    return response
