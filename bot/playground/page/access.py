"""Refuse requests that do not come from this machine's command line or from the page itself.

The page has no password: everyone on this machine may use it. Other web pages in the same browser
may not, so a request is refused when its Host is not a local name (DNS rebinding) or when it comes
from another origin (https://owasp.org/www-community/attacks/csrf).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

LOCAL = {"127.0.0.1", "localhost", "::1"}
#: Nothing is loaded from other origins, and no inline script runs.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


@web.middleware
async def require_same_origin(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse requests from other hosts and origins (a middleware)."""
    if not _is_local(request):
        return web.Response(status=403, text="the playground answers only this machine\n")
    return await handler(request)


async def set_security_headers(_: web.Request, response: web.StreamResponse) -> None:
    """Add security headers to a response (a handler of `on_response_prepare`)."""
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"


def _is_local(request: web.Request) -> bool:
    if urlsplit(f"//{request.host}").hostname not in LOCAL:
        return False
    origin = request.headers.get("origin")
    if origin is not None and origin != f"http://{request.host}":
        return False
    # Browsers send this header even without an Origin; command-line tools send neither.
    return request.headers.get("sec-fetch-site", "none") in ("none", "same-origin")
