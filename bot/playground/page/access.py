"""Who may come in: this machine's own browser and command line, and no other page in it.

The page has no password: everybody on this machine may use it. A web page from elsewhere that is
open in the same browser must not, so a request is refused when its Host is not a local name (DNS
rebinding) or when it comes from another origin (https://owasp.org/www-community/attacks/csrf).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

LOCAL = {"127.0.0.1", "localhost", "::1"}
#: Nothing is loaded from elsewhere, nothing is run that is not in a file of ours.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


@web.middleware
async def only_local(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse what comes from elsewhere."""
    if not _is_local(request):
        return web.Response(status=403, text="the playground answers only this machine\n")
    return await handler(request)


async def secure(_: web.Request, response: web.StreamResponse) -> None:
    """Tell the browser what the page may do (a signal handler, `on_response_prepare`)."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"


def _is_local(request: web.Request) -> bool:
    if urlsplit(f"//{request.host}").hostname not in LOCAL:
        return False
    origin = request.headers.get("origin")
    if origin is not None and origin != f"http://{request.host}":
        return False
    # Browsers say so also where they send no Origin; the command line does not say.
    return request.headers.get("sec-fetch-site", "none") in ("none", "same-origin")
