"""What a refused call to Parallel means: its status, its body, and what they leave in doubt."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.errors import AnswerLost, Cause, Intercepted, Refused, Unavailable
from bot.parallel import api_errors, error_bodies


def envelope(message: str, detail: Any = None) -> str:
    error = {"ref_id": "ref-1", "message": message, "detail": detail}
    return json.dumps({"type": "error", "error": error})


FASTAPI = """{"detail": [{"loc": ["body", "input"], "msg": "Input should be a valid string",
    "type": "string_type", "input": "my secret question"}]}"""
PAGE = "404 with a web page: Not Found"
FASTAPI_CHAIN = """{"detail": [{"loc": ["body", "previous_interaction_id"],
    "msg": "Unknown id", "type": "value_error"}]}"""


@pytest.mark.parametrize(
    ("status", "body", "chained", "cause", "message"),
    [
        (401, envelope("Unauthorized"), False, Cause.KEY, "Unauthorized"),
        (402, envelope("Payment required"), False, Cause.CREDIT, "Payment required"),
        (403, envelope("invalid processor"), False, Cause.PROCESSOR, "invalid processor"),
        (403, envelope("invalid processor"), True, Cause.PROCESSOR, "invalid processor"),
        (
            422,
            envelope("Bad request", {"input": "too long"}),
            False,
            Cause.INPUT,
            "Bad request – input: too long",
        ),
        (
            422,
            envelope("Bad", {"errors": [{"a": 1}, "b", {"loc": ["body", "c", 0], "msg": "d"}]}),
            True,
            Cause.INPUT,
            "Bad – errors: a: 1; b; c.0: d",
        ),
        (422, FASTAPI, False, Cause.INPUT, "input: Input should be a valid string"),
        (400, '{"detail": "Malformed"}', False, Cause.INPUT, "Malformed"),
        (413, "<html>too large</html>", False, Cause.INPUT, "it answered 413: too large"),
        (404, envelope("Not found"), False, Cause.INPUT, "Not found"),
        (422, "[]", False, Cause.INPUT, "it answered 422 without a reason"),
        # about the interaction, however it is said
        (404, envelope("Not found"), True, Cause.CHAIN, "Not found"),
        (409, envelope("Still running"), True, Cause.CHAIN, "Still running"),
        (410, "", True, Cause.CHAIN, "it answered 410 without a reason"),
        (422, FASTAPI_CHAIN, True, Cause.CHAIN, "previous_interaction_id: Unknown id"),
        (400, envelope("Interaction expired"), True, Cause.CHAIN, "Interaction expired"),
        (
            403,
            envelope("Forbidden", {"reason": "interactions need data retention"}),
            True,
            Cause.CHAIN,
            "Forbidden – reason: interactions need data retention",
        ),
        # but not when the key or the credit is the matter, or nothing was chained
        (401, envelope("No interaction for this key"), True, Cause.KEY, None),
        (402, envelope("No credit for interactions"), True, Cause.CREDIT, None),
        (422, FASTAPI_CHAIN, False, Cause.INPUT, None),
        # but not where nothing at the address handles the call
        (307, "", False, Cause.GATEWAY, "307, a redirect"),
        (302, envelope("Moved"), True, Cause.GATEWAY, "302, a redirect"),
        (404, "<html><title>Not Found</title>", True, Cause.GATEWAY, PAGE),
        (405, "<?xml version='1.0'?><Error/>", False, Cause.GATEWAY, "405 with a web page"),
    ],
)
def test_a_refused_create_call_is_sorted_by_its_status(
    status: int, body: str, chained: bool, cause: Cause, message: str | None
) -> None:
    error = api_errors.not_started(status, body, None, chained=chained)
    assert isinstance(error, Refused)
    assert error.cause is cause
    assert message in (None, error.message)
    assert "secret question" not in str(error)


@pytest.mark.parametrize("body", [envelope("Slow down"), "<html>", ""])
@pytest.mark.parametrize("status", [429, 503])
def test_a_temporary_refusal_is_unavailable(status: int, body: str) -> None:
    error = api_errors.not_started(status, body, 7.0, chained=True)
    assert isinstance(error, Unavailable)
    assert error.retry_after == 7.0


@pytest.mark.parametrize("status", [408, 500, 502, 504, 520, 599])
def test_the_api_s_own_word_decides_whether_a_failure_leaves_a_doubt(status: int) -> None:
    own = api_errors.not_started(status, envelope("Try again"), None, chained=False)
    assert isinstance(own, Unavailable)
    for body in ("", "<html>Bad gateway</html>", "{}", '{"detail": "x"}', '{"error": {}}', "[]"):
        assert isinstance(api_errors.not_started(status, body, None, chained=False), AnswerLost)


@pytest.mark.parametrize("page", ["<html><title>Blocked</title></html>", "<h1>Blocked</h1>"])
@pytest.mark.parametrize("status", [400, 401, 402, 403, 409, 422, 451])
def test_a_web_page_is_not_parallels_and_leaves_a_doubt(status: int, page: str) -> None:
    """A proxy may look at the response only; a company's says what it blocks, and for whom."""
    for chained in (False, True):
        for error in (
            api_errors.not_started(status, page, None, chained=chained),
            api_errors.not_completed(status, page, None, chained=chained),
        ):
            assert isinstance(error, AnswerLost)
            assert error.cause is Cause.GATEWAY
            assert str(error) == f"{status} with a web page: Blocked"


@pytest.mark.parametrize("status", [301, 302, 307, 308, 401, 403, 404, 451])
def test_what_reading_calls_hear_from_something_in_between_says_so(status: int) -> None:
    error = api_errors.not_read(status, "<html><title>Blocked</title></html>", None)
    assert isinstance(error, Intercepted)
    assert str(status) in str(error)
    assert "PARALLEL_BASE_URL" in error.fix


def test_an_answer_that_nothing_documents_leaves_a_doubt() -> None:
    assert isinstance(api_errors.not_started(303, "", None, chained=False), AnswerLost)


def test_the_reference_is_kept_and_endless_messages_are_cut() -> None:
    error = api_errors.not_started(422, envelope("word " * 10_000), None, chained=False)
    assert isinstance(error, Refused)
    assert error.ref_id == "ref-1"
    assert len(error.message) == error_bodies.LONGEST_MESSAGE
    assert error.message.endswith("…")


@pytest.mark.parametrize(("status", "cause"), [(401, Cause.KEY), (404, Cause.UNKNOWN_RUN)])
def test_a_refused_read_is_sorted_by_its_status(status: int, cause: Cause) -> None:
    error = api_errors.not_read(status, envelope("No"), None)
    assert isinstance(error, Refused)
    assert (error.cause, error.message, error.ref_id) == (cause, "No", "ref-1")


@pytest.mark.parametrize("body", ["<html>Not Found</html>", '{"detail": "Not Found"}', "", "{}"])
def test_only_the_api_itself_can_say_that_a_run_is_unknown(body: str) -> None:
    assert isinstance(api_errors.not_read(404, body, None), Unavailable)


@pytest.mark.parametrize("status", [204, 403, 408, 422, 429, 500, 503])
def test_reading_can_always_be_tried_again(status: int) -> None:
    error = api_errors.not_read(status, "", 3.0)
    assert isinstance(error, Unavailable)
    assert error.retry_after == 3.0
