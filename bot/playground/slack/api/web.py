"""The HTTP server: the Web API, upload and response URLs, and the WebSocket's address.

An API call passes, in this order: faults on demand, the method's name, the token, the scopes, the
rate limit, the arguments. Every call is recorded without its token.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Sequence
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.playground import bodies
from bot.playground.aborting import abort_connection
from bot.playground.slack.api.arguments import Arguments
from bot.playground.slack.api.backend import Backend
from bot.playground.slack.api.methods import METHODS, Method
from bot.playground.slack.api.methods_files import take_bytes
from bot.playground.slack.rules.refusal import Refusal, invalid_arguments
from bot.playground.slack.state.entities import JSON, Call
from bot.playground.slack.state.faults import Fault, Faults, delay_call

MOST_BODY_BYTES = 50_000_000


class Web:
    """Serves ``/api/…``, ``/link/``, ``/upload/…``, ``/response/…`` and ``/files/…``."""

    def __init__(
        self, backend: Backend, faults: Faults, middlewares: Sequence[Middleware] = ()
    ) -> None:
        self._backend = backend
        self._faults = faults
        self._middlewares = middlewares
        self._late: set[asyncio.Task[None]] = set()

    def application(self) -> web.Application:
        """Return the aiohttp application, for one start."""
        application = web.Application(
            client_max_size=MOST_BODY_BYTES, middlewares=self._middlewares
        )
        application.on_cleanup.append(self._close)
        application.router.add_route("*", "/api/{method}", self._api)
        application.router.add_post("/upload/v1/{file}", self._upload)
        application.router.add_post("/response/{team}/{secret}", self._response)
        application.router.add_get("/files/{file}", self._download)
        application.router.add_get("/files/{file}/download", self._download)
        if self._backend.sockets:
            application.router.add_get("/link/", self._backend.sockets.serve)
        return application

    async def _api(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        fault = self._faults.take(name)
        if fault.cut != "late":
            await delay_call(fault)
        if fault.cut == "before":
            return abort_connection(request)
        try:
            arguments, token = await _read(request, METHODS.get(name))
        except Refusal as refusal:
            return self._respond(name, {}, refusal)
        if fault.status:
            return self._server_error(name, arguments, fault.status)
        if fault.error or fault.ratelimited is not None:
            error = Refusal(fault.error or "ratelimited", retry_after=fault.ratelimited)
            return self._respond(name, arguments, error)
        if fault.cut == "late":
            late = asyncio.create_task(self._call_later(fault, name, arguments, token=token))
            self._late.add(late)
            late.add_done_callback(self._late.discard)
            self._backend.workspace.publish("fault", fault)
            return abort_connection(request)
        response = self._execute(name, arguments, token)
        return abort_connection(request) if fault.cut == "after" else response

    def _execute(self, name: str, arguments: JSON, token: str | None) -> web.Response:
        answer: JSON | Refusal
        try:
            answer = self._call(name, arguments, token)
        except Refusal as refused:
            answer = refused
        return self._respond(name, arguments, answer)

    async def _call_later(
        self, fault: Fault, name: str, arguments: JSON, token: str | None
    ) -> None:
        """Execute a call whose connection has been aborted."""
        await delay_call(fault)
        self._execute(name, arguments, token)

    async def _close(self, _: web.Application) -> None:
        for late in self._late:
            late.cancel()

    def _call(self, name: str, arguments: JSON, token: str | None) -> JSON:
        method = METHODS.get(name)
        if method is None:
            raise Refusal("unknown_method", req_method=name)
        self._authorize(method, token)
        backend = self._backend
        wait = backend.limiter.take(backend.workspace.clock(), name, method.limit)
        if wait:
            raise Refusal("ratelimited", retry_after=wait)
        return method.handle(backend, Arguments(arguments))

    def _authorize(self, method: Method, token: str | None) -> None:
        """Raise Refusal unless the token is valid for the method and has its scopes."""
        app = self._backend.workspace.app
        if method.caller == "nobody":
            return
        if not token:
            raise Refusal("not_authed")
        if app.auth_error and _same(token, app.bot_token):
            raise Refusal(app.auth_error)
        if not _same(token, app.bot_token) and not _same(token, app.app_token):
            raise Refusal("invalid_auth")
        kind = "bot" if _same(token, app.bot_token) else "app"
        if method.caller not in (kind, "any"):
            raise Refusal("not_allowed_token_type")
        if method.scopes:
            self._backend.require_scope(*method.scopes)

    def _respond(self, name: str, arguments: JSON, answer: JSON | Refusal) -> web.Response:
        headers, status = {}, 200
        app = self._backend.workspace.app
        if isinstance(answer, Refusal):
            if answer.retry_after is not None:
                headers["Retry-After"], status = str(answer.retry_after), 429
            body = answer.answer()
        else:
            body = {"ok": True, **answer}
            headers["x-oauth-scopes"] = ",".join(sorted(app.scopes))
        self._record(name, arguments, body, status=status)
        return web.json_response(body, status=status, headers=headers)

    def _server_error(self, name: str, arguments: JSON, status: int) -> web.Response:
        self._record(name, arguments, None, status=status)
        return web.Response(
            status=status, text="<html>Server Error</html>", content_type="text/html"
        )

    def _record(self, name: str, arguments: JSON, answer: JSON | None, status: int) -> None:
        workspace = self._backend.workspace
        call = Call(
            method=name, arguments=arguments, answer=answer, status=status, at=workspace.clock()
        )
        workspace.calls.append(call)
        workspace.publish("call", call)

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        fault = self._faults.take("upload")
        await delay_call(fault)
        if fault.cut == "before":
            return abort_connection(request)
        if fault.status:
            return web.Response(status=fault.status, text="upload failed")
        try:
            content = await bodies.uploaded(request)
        except bodies.Malformed as error:
            return web.Response(status=400, text=f"{error}")
        try:
            take_bytes(self._backend, request.match_info["file"], content)
        except Refusal as refusal:
            return web.Response(status=400, text=refusal.error)
        response = web.Response(text=f"OK - {len(content)}")
        return abort_connection(request) if fault.cut == "after" else response

    async def _response(self, request: web.Request) -> web.StreamResponse:
        fault = self._faults.take("response_url")
        await delay_call(fault)
        if fault.status:
            return web.Response(status=fault.status, text="failed")
        try:
            body = json.loads(await bodies.text(request))
        except (ValueError, RecursionError):
            body = None
        try:
            self._backend.responses.respond(request.match_info["secret"], body)
        except Refusal as refusal:
            gone = refusal.error in ("expired_url", "used_url")
            return web.json_response(refusal.answer(), status=404 if gone else 400)
        return web.Response(text="ok")

    async def _download(self, request: web.Request) -> web.StreamResponse:
        file = self._backend.workspace.files.get(request.match_info["file"])
        token = _bearer(request) or ""
        if not _same(token, self._backend.workspace.app.bot_token):
            return web.Response(status=401)
        if file is None or file.content is None:
            return web.Response(status=404)
        return web.Response(body=file.content, content_type="application/octet-stream")


def _bearer(request: web.Request) -> str | None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(errors="surrogatepass"), expected.encode())


async def _read(request: web.Request, method: Method | None) -> tuple[JSON, str | None]:
    """Return the arguments without the token, and the token. Raises Refusal.

    A token is accepted in the Authorization header and in a form, not in a URL or in JSON.
    """
    arguments: JSON = dict(request.query)
    arguments.pop("token", None)
    token = _bearer(request)
    if request.content_type == "application/json":
        body = await _json(request)
        body.pop("token", None)
        if method is not None and not method.json and body:
            raise invalid_arguments("missing required fields: this method takes no JSON")
        return arguments | body, token
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        try:
            form = await bodies.form(request)
        except bodies.Malformed:
            raise Refusal("invalid_form_data") from None
        token = token or form.get("token", "")
        form.pop("token", None)
        arguments |= form
    elif await request.read() and request.method == "POST":
        raise Refusal("invalid_post_type")
    return arguments, token


async def _json(request: web.Request) -> dict[str, Any]:
    try:
        body = json.loads(await bodies.text(request) or "{}")
    except (ValueError, RecursionError):
        raise Refusal("invalid_json") from None
    if not isinstance(body, dict):
        raise Refusal("json_not_object")
    return body
