"""Requests over HTTP: nothing is parsed without Slack's signature."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import json
import time
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy

from bot.slack.transport.http import signature_problem
from tests.contract.slack.signed_http import (
    FORM_TYPE,
    JSON_TYPE,
    MESSAGE,
    SECRET,
    Bot,
    exchange,
    now,
    post,
    request,
    sign,
    signed,
)

pytestmark = pytest.mark.usefixtures("no_traceback")


BODIES: dict[str, bytes] = {
    "a message": MESSAGE, "nothing": b"", "a list": b"[1]", "a string": b'"x"', "null": b"null",
    "a number": b"5", "true": b"true", "NaN": b"NaN", "half an object": b'{"type":',
    "an object": b"{}", "deep lists": b"[" * 100_000, "deep objects": b'{"a":' * 100_000,
    "deep in place": b'{"type":"event_callback","event":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "a long number": b'{"type": ' + b"9" * 10_000 + b"}", "no UTF-8": b"\xff\xfe{}",
    "UTF-16": '{"type": "x"}'.encode("utf-16"), "a BOM": b"\xef\xbb\xbf{}", "NUL": b"\x00" * 20,
    "half a surrogate": rb'{"type": "\ud800"}', "a form": b"a=1&b=2",
    "a broken form": b"%zz=%&&=&;",
    "no UTF-8 in a form": b"a=%ff%fe", "payload nothing": b"payload=",
    "payload list": b"payload=[1]",
    "payload null": b"payload=null", "payload number": b"payload=5",
    "payload string": b'payload="x"',
    "payload half": b"payload=%7B%22type", "payload deep": b"payload=" + b"[" * 100_000,
    "payload twice": b"payload=[]&payload=5", "payload elsewhere": b"a=payload",
    "payload no UTF-8": b"payload=%ff", "many fields": b"a=1&" * 20_000,
    "team is a number": b'{"type": "event_callback", "team": 5}',
    "user is a list": b'{"type": "block_actions", "user": [1]}',
    "authorizations": b'{"type": "event_callback", "authorizations": {"a": 1}}',
    "urls": b'{"type": "view_submission", "response_urls": 5}',
    "an event of no type": b'{"type": "x", "event": [1]}',
    "a view of no type": b'{"type": "x", "view": 5}',
    "an event in a press": b'{"type": "block_actions", "actions": [{}], "event": "x"}',
}  # fmt: skip
TYPES = [JSON_TYPE, FORM_TYPE, "text/plain", "multipart/form-data; boundary=x", "", "/", ";;"]


# --- without a signature -------------------------------------------------------------------


@pytest.mark.parametrize("content_type", TYPES)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_an_unsigned_request_is_refused_unparsed(
    bot: Bot, body: bytes, content_type: str
) -> None:
    stamp = now()
    base: list[tuple[str, bytes | str]] = [("Content-Type", content_type)]
    wrong = sign(body, stamp, "another secret")
    assert await post(bot, body, base) == 401
    headers = [*base, ("X-Slack-Request-Timestamp", stamp), ("X-Slack-Signature", wrong)]
    assert await post(bot, body, headers) == 401
    assert bot.received == []


STAMPS: dict[str, list[bytes | str]] = {
    "none": [], "empty": [""], "superscript": ["²"], "Arabic-Indic": ["١٢٣"],
    "fullwidth": ["１２３"],
    "Thai": ["๑๒๓"], "Devanagari": ["१२३"], "fraction": ["½"], "word": ["now"], "exponent": ["1e3"],
    "float": [f"{now()}.0"], "underscores": ["1_700_000_000"], "hex": ["0x5f"],
    "plus": [f"+{now()}"],
    "negative": ["-1"], "minus now": [f"-{now()}"], "zero": ["0"], "NaN": ["NaN"], "inf": ["inf"],
    "huge": ["9" * 12], "very huge": ["9" * 5_000], "long zeros": ["0" * 5_000 + now()],
    "milliseconds": [f"{now()}000"], "old": [str(int(time.time()) - 400)],
    "early": [str(int(time.time()) + 100_000)], "no UTF-8": [b"\xff\xb2"], "bytes": [b"\xb2"],
    "two": [now(), now()], "two others": [now(), "0"], "a list": [f"{now()},{now()}"],
    "a space": [f"{now()[:5]} {now()[5:]}"], "a tab": [f"{now()}\t0"],
}  # fmt: skip


@pytest.mark.parametrize("stamps", STAMPS.values(), ids=STAMPS)
async def test_a_timestamp_that_is_none_is_refused(bot: Bot, stamps: list[bytes | str]) -> None:
    """Also when what it says is signed with the right secret."""
    first = (stamps or [""])[0]
    text = first if isinstance(first, str) else first.decode("utf-8", "surrogateescape")
    said = b"v0:" + text.encode("utf-8", "surrogateescape") + b":" + MESSAGE
    signature = "v0=" + hmac.new(SECRET.encode(), said, hashlib.sha256).hexdigest()
    headers: list[tuple[str, bytes | str]] = [
        ("Content-Type", JSON_TYPE),
        ("X-Slack-Signature", signature),
        *(("X-Slack-Request-Timestamp", stamp) for stamp in stamps),
    ]
    assert await post(bot, MESSAGE, headers) == 401
    assert bot.received == []


def right() -> str:
    return sign(MESSAGE, now())


SIGNATURES: dict[str, list[bytes | str]] = {
    "none": [], "empty": [""], "v0=": ["v0="], "no version": [right()[3:]],
    "v1": [f"v1{right()[2:]}"],
    "upper case": [right().upper()], "shorter": [right()[:-1]], "longer": [f"{right()}0"],
    "non-ASCII": ["v0=ä"], "emoji": ["🔑" * 20], "superscript": ["²"], "no UTF-8": [b"v0=\xff\xfe"],
    "latin-1": ["v0=é".encode("latin-1")], "very long": ["v0=" + "a" * 6_000],
    "another secret": [sign(MESSAGE, now(), "x")], "another body": [sign(b"{}", now())],
    "twice": [right(), right()], "right and wrong": [right(), "v0=0"],
    "wrong and right": ["v0=0", right()], "in a list": [f"{right()},{right()}"],
}  # fmt: skip


@pytest.mark.parametrize("signatures", SIGNATURES.values(), ids=SIGNATURES)
async def test_a_signature_that_is_none_is_refused(bot: Bot, signatures: list[bytes | str]) -> None:
    headers: list[tuple[str, bytes | str]] = [
        ("Content-Type", JSON_TYPE),
        ("X-Slack-Request-Timestamp", now()),
        *(("X-Slack-Signature", signature) for signature in signatures),
    ]
    assert await post(bot, MESSAGE, headers) == 401
    assert bot.received == []


async def test_a_signature_is_over_the_bytes_as_they_came(bot: Bot) -> None:
    packed = gzip.compress(MESSAGE)
    assert await post(bot, packed, [*signed(MESSAGE), ("Content-Encoding", "gzip")]) == 401
    assert await post(bot, packed, [*signed(packed), ("Content-Encoding", "gzip")]) == 400
    assert bot.received == []


@given(
    body=st.binary(max_size=200),
    stamp=st.text(max_size=20) | st.integers().map(str),
    signature=st.text(max_size=80),
)
def test_nothing_but_a_signature_passes(body: bytes, stamp: str, signature: str) -> None:
    def headers(*pairs: tuple[str, str]) -> CIMultiDictProxy[str]:
        return CIMultiDictProxy(CIMultiDict(pairs))

    at = "x-slack-request-timestamp"
    assert signature_problem(
        SECRET, headers((at, stamp), ("x-slack-signature", signature)), body, now=0.0
    )
    good = headers((at, "1700000000"), ("x-slack-signature", sign(body, "1700000000")))
    assert signature_problem(SECRET, good, body, now=1_700_000_299.0) is None
    assert signature_problem(SECRET, good, body, now=1_700_000_301.0)
    assert signature_problem(SECRET, good, body + b"x", now=1_700_000_000.0)


# --- signed --------------------------------------------------------------------------------


@pytest.mark.parametrize("content_type", TYPES)
@pytest.mark.parametrize(
    "body", [b for n, b in BODIES.items() if n != "a message"], ids=[*BODIES][1:]
)
async def test_a_signed_body_that_is_no_payload_is_refused(
    bot: Bot, body: bytes, content_type: str
) -> None:
    status, answer = await exchange(bot, request(body, signed(body, content_type)))
    assert status in (400, 404), answer  # 404: Bolt's response to a payload without a listener
    assert bot.received == []


async def test_signed_requests_reach_their_listeners(bot: Bot) -> None:
    command = urlencode({"command": "/processor", "text": "é", "team_id": "T1", "user_id": "U2"})
    pressed = {
        "type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U2"},
        "actions": [{"type": "button", "action_id": "stop", "block_id": "b", "value": "1"}],
    }  # fmt: skip
    action = f"payload={quote(json.dumps(pressed))}"
    assert await post(bot, MESSAGE, signed(MESSAGE)) == 200
    for form in (command.encode(), action.encode()):
        assert await post(bot, form, signed(form, FORM_TYPE)) == 200
    assert [body.get("type") or body["command"] for body in bot.received] == [
        "event_callback", "/processor", "block_actions",
    ]  # fmt: skip
    challenge = b'{"type": "url_verification", "challenge": "abc", "token": "t"}'
    status, answer = await exchange(bot, request(challenge, signed(challenge)))
    assert status == 200
    assert b"abc" in answer
