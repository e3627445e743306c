"""The HTTP transport: signed requests to the app's request URL; the response acknowledges them.

Sources: https://docs.slack.dev/apis/events-api/using-http-request-urls and
https://docs.slack.dev/authentication/verifying-requests-from-slack.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import aiohttp

from bot.playground.slack.delivery.delivery import Ack, EnvelopeType, Retry
from bot.playground.slack.state.entities import JSON
from bot.playground.slack.state.workspace import Workspace

MOST_REDIRECTS = 2


class HttpTransport:
    """The HTTP transport. `url` is the app's request URL for all payloads, None until set."""

    def __init__(self, workspace: Workspace, ack_timeout: float) -> None:
        self.url: str | None = None
        self._workspace = workspace
        self._timeout = aiohttp.ClientTimeout(total=ack_timeout)
        self._session: aiohttp.ClientSession | None = None

    async def send(self, kind: EnvelopeType, payload: JSON, retry: Retry | None) -> Ack:
        """Post a payload; a 2xx response in time acknowledges it."""
        body, content_type = encode(kind, payload)
        retry_headers = {}
        if retry:
            retry_headers["x-slack-retry-num"] = str(retry.number)
            retry_headers["x-slack-retry-reason"] = retry.reason
        return await self._post(body, {"content-type": content_type, **retry_headers})

    async def verify(self) -> bool:
        """Send the `url_verification` that Slack sends when a request URL is entered.

        Returns whether the app answered with the challenge.
        """
        challenge = self._workspace.new_secret()
        token = self._workspace.app.verification_token
        payload = {"type": "url_verification", "token": token, "challenge": challenge}
        ack = await self._post(json.dumps(payload).encode(), {"content-type": "application/json"})
        answer = ack.body or {}
        return ack.ok and challenge in (answer.get("challenge"), answer.get("text"))

    async def close(self) -> None:
        """Close the HTTP client."""
        if self._session:
            await self._session.close()

    def signature_headers(self, body: bytes) -> dict[str, str]:
        """Return the headers that sign a body with the current time."""
        timestamp = str(int(time.time()))  # not `clock`: apps compare it with their own
        secret = self._workspace.app.signing_secret.encode()
        signature = hmac.new(secret, f"v0:{timestamp}:".encode() + body, hashlib.sha256)
        return {
            "x-slack-request-timestamp": timestamp,
            "x-slack-signature": f"v0={signature.hexdigest()}",
            "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }

    async def _post(self, body: bytes, headers: dict[str, str]) -> Ack:
        if self.url is None:
            return Ack(ok=False, reason="connection_failed")
        if self._session is None:
            # Without keep-alive: a reused connection fails after the app was restarted.
            connector = aiohttp.TCPConnector(force_close=True)
            self._session = aiohttp.ClientSession(connector=connector, timeout=self._timeout)
        try:
            async with self._session.post(
                self.url,
                data=body,
                headers={**headers, **self.signature_headers(body)},
                max_redirects=MOST_REDIRECTS,
            ) as response:
                return await _ack(response)
        except TimeoutError:
            return Ack(ok=False, reason="http_timeout")
        except aiohttp.TooManyRedirects:
            return Ack(ok=False, reason="too_many_redirects")
        except aiohttp.ClientSSLError:
            return Ack(ok=False, reason="ssl_error")
        except aiohttp.ClientConnectorError:
            return Ack(ok=False, reason="connection_failed")
        except aiohttp.ClientError:
            return Ack(ok=False, reason="unknown_error")


async def _ack(response: aiohttp.ClientResponse) -> Ack:
    if not 200 <= response.status < 300:
        no_retry = response.headers.get("x-slack-no-retry") == "1"
        return Ack(ok=False, reason="http_error", no_retry=no_retry)
    try:
        text = await response.text()
    except (ValueError, LookupError):  # not in the encoding it declares, or an unknown one
        return Ack(ok=False, reason="http_error")
    if not text:
        return Ack(ok=True)
    if response.content_type != "application/json":
        return Ack(ok=True, body={"text": text})
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return Ack(ok=False, reason="http_error")
    return Ack(ok=True, body=body if isinstance(body, dict) else None)


def encode(kind: EnvelopeType, payload: JSON) -> tuple[bytes, str]:
    """Return the request body of a payload and its content type."""
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"
