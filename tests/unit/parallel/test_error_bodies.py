"""What an error says reaches its reader in one clean line, in whatever form it comes."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import AnswerLost, Cause, Intercepted, Refused, Unavailable
from bot.parallel import api_errors, json_fields, wire
from bot.parallel.error_bodies import LONGEST_JSON, LONGEST_MESSAGE, ErrorBody
from bot.parallel.text import decode, one_line

WORDS = "no credit left"
QUESTION = "my secret question"
TYPED = {"type": "error", "error": {"ref_id": "r", "message": WORDS, "detail": None}}
UNTYPED = {"error": {"message": WORDS}}

#: The API's own word, with and without its `type`.
OWN = [
    TYPED,
    {"type": "error", "error": {"message": WORDS}},
    UNTYPED,
    {"error": {"message": WORDS, "detail": None}},
    {"error": {"ref_id": "r", "message": WORDS}},
    {"error": {"ref_id": None, "message": WORDS, "detail": {}}},
    {"request_id": "q", "error": {"message": WORDS}},
    {"error": {"message": f"  {WORDS}\n"}},
]

#: An error with a message that is not Parallel's.
ERRORS = [
    {"error": {"message": WORDS, "type": "insufficient_quota", "param": None, "code": None}},
    {"error": {"message": WORDS, "code": 402, "status": "RESOURCE_EXHAUSTED"}},
]

#: Anything else.
OTHERS = [
    {"error": WORDS},
    {"error": [WORDS]},
    {"error": [{"message": WORDS}]},
    {"error": {"detail": WORDS}},
    {"error": {"error": {"message": WORDS}}},
    {"error": {"message": {"text": WORDS}, "detail": WORDS}},
    {"error": {"message": None, "reason": WORDS}},
    {"error": {}, "message": WORDS},
    {"error": None, "detail": WORDS},
    {"error": True, "error_description": WORDS},
    {"message": WORDS},
    {"Message": "", "message": WORDS, "status": 402},
    {"msg": WORDS},
    {"detail": WORDS},
    {"detail": [WORDS]},
    {"detail": [{"msg": WORDS, "type": "t", "input": QUESTION}]},
    {"detail": [{"loc": ["body"], "msg": WORDS, "type": "t", "input": {"q": QUESTION}}]},
    {"detail": {"msg": WORDS, "ctx": {"given": QUESTION}}},
    {"details": WORDS},
    {"errors": [WORDS]},
    {"errors": {"msg": WORDS}},
    {"title": WORDS, "type": "about:blank", "status": 402},
    {"description": WORDS},
    {"reason": WORDS},
    {"response": {"error": {"message": WORDS}}},
    {"data": [{"deep": [{"error": {"message": WORDS}}]}]},
    {"object": "error", "message": WORDS, "code": 402},
    {"error": {"code": WORDS}},
    [{"message": WORDS}],
    [WORDS],
]

#: What is no JSON, or a lone text.
PAGES = [
    WORDS,
    f"\ufeff\r\n {WORDS} \r\n",
    json.dumps(WORDS),
    f"<html><head><title>{WORDS}</title></head><body><h1>nginx</h1></body></html>",
    f"<!DOCTYPE html>\n<HTML lang=en><TITLE data-x='1'>{WORDS}</TITLE>",
    "<html><title> </title><body><script>var x = 1</script><p>no&nbsp;<b>credit</b> left</p>",
    "<html>no &#99;redit left",
    f"<?xml version='1.0'?><error>{WORDS}</error>",
]
#: Events of a stream that was refused.
STREAMED = [
    f"event: error\ndata: {json.dumps(UNTYPED)}\n\n",
    f": hello\r\n\r\ndata: {json.dumps(TYPED)}\r\n\r\ndata: [DONE]\r\n\r\n",
]
JSON_BODIES = [json.dumps(each) for each in (*OWN, *ERRORS, *OTHERS)]
NOTHING = [
    *("", " \n", "{}", "[]", "null", "7", "true", "{", '{"error": {"mess', "<html>", "<>", '""'),
    *('{"error": null}', '{"error": {}}', '{"error": {"message": ""}}', '{"error": [[[]]]}'),
    *('{"detail": []}', '{"message": 7}', '{"ok": false}', '{"error": {"ref_id": "r"}}', "\0\x1b"),
    *(f'{{"input": "{QUESTION}"}}', f'{{"input": "{QUESTION}", "err', "[" * 100_000),
]


# --- the words --------------------------------------------------------------------------


@pytest.mark.parametrize("body", [*JSON_BODIES, *STREAMED])
def test_the_words_of_json_are_found_and_nothing_else_is_shown(body: str) -> None:
    assert ErrorBody.read(body).words(402) == WORDS


@pytest.mark.parametrize("body", PAGES)
def test_a_page_or_a_plain_text_is_shown_with_its_status(body: str) -> None:
    assert ErrorBody.read(body).words(402) == f"it answered 402: {WORDS}"


@pytest.mark.parametrize("body", NOTHING)
def test_an_error_without_words_names_its_status(body: str) -> None:
    assert ErrorBody.read(body).words(402) == "it answered 402 without a reason"


def test_message_and_detail_stand_in_one_line_each_once() -> None:
    error = {"title": "Bad", "message": "Bad", "detail": {"field": "input", "reason": "too long"}}
    assert ErrorBody.of(error).message == "Bad – field: input; reason: too long"
    spring = {"status": 500, "error": "Internal Server Error", "message": "no credit", "path": "/"}
    assert ErrorBody.read(json.dumps(spring)).message == "Internal Server Error – no credit"


@pytest.mark.parametrize("error", [WORDS, [WORDS], {"message": WORDS}, {"detail": WORDS}])
def test_a_failed_run_says_why_in_whatever_form(error: Any) -> None:
    run = wire.run({"run_id": "r", "status": "failed", "error": error})
    assert run.error == WORDS


@pytest.mark.parametrize("error", [WORDS, {"message": WORDS}, [{"msg": WORDS}]])
@pytest.mark.parametrize("read", [wire.progress, wire.member])
def test_an_error_in_a_stream_says_why_in_whatever_form(read: Any, error: Any) -> None:
    with pytest.raises(Unavailable, match=WORDS):
        read({"type": "error", "error": error})


@pytest.mark.parametrize(
    "read", [wire.run, wire.created_run, wire.answer, wire.group, wire.group_size]
)
def test_an_error_with_status_200_is_named(read: Any) -> None:
    with pytest.raises(json_fields.Malformed, match=f"missing; it says: {WORDS}"):
        read(UNTYPED)


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ("a\nb\r\n\tc", "a b c"),
        ("a\x1b[31mb\x07\x00", "a[31mb"),
        ("a\u202eb\u2066c\u200bd\ufeff", "abcd"),
        ("a\u2028b\x85c\u3000d", "a b c d"),
        ("\ud83d alone", "\ufffd alone"),
        ("naïve 日本 😀 \u0645\u06cc\u200c\u062e", "naïve 日本 😀 \u0645\u06cc\u200c\u062e"),
        ("a\U000e0041b", "ab"),
    ],
)
def test_words_from_outside_are_one_line_of_what_can_be_seen(given: str, line: str) -> None:
    assert one_line(given, 100) == line
    assert ErrorBody.read(json.dumps({"error": {"message": given}})).message == line


@pytest.mark.parametrize("unit", ["word ", "😀", "&amp;", "<b>", "\n", "\x1b", "<title", "data: "])
@pytest.mark.parametrize("shape", ["%s", '{"error": {"message": "%s"}}', '{"detail": [%s]}'])
@pytest.mark.usefixtures("nothing_is_collected")
def test_endless_words_are_cut_in_time(unit: str, shape: str) -> None:
    inner = json.dumps(unit * 100)[1:-1]
    many = ", ".join([json.dumps({"msg": unit})] * 20_000) if "[" in shape else inner * 2_000
    begun = time.process_time()
    said = ErrorBody.read(shape.replace("%s", many))
    assert len(said.message) <= LONGEST_MESSAGE
    assert time.process_time() - begun < 2  # some milliseconds


@pytest.mark.usefixtures("nothing_is_collected")
def test_a_deep_error_is_read_as_far_as_it_is_worth() -> None:
    for opening, closing in (
        ('{"error": ', "}"),
        ("[", "]"),
        ('{"x": ', "}"),
        ('{"detail": ', "}"),
    ):
        for depth in (5, 50, 400):
            ErrorBody.read(opening * depth + '"deep"' + closing * depth)
        begun = time.process_time()
        ErrorBody.read(opening * 400 + "{}" + closing * 400)
        assert time.process_time() - begun < 1


def test_megabytes_of_json_are_no_error_of_the_api() -> None:
    body = json.dumps({"error": {"message": WORDS}, "echo": [1.5] * (LONGEST_JSON // 6)})
    assert ErrorBody.read(body).message == WORDS
    assert ErrorBody.read(body + " " * LONGEST_JSON) == ErrorBody()


def test_a_reference_is_short_and_clean() -> None:
    error = {"ref_id": "re\nf`\x1b" + "x" * 1_000, "message": WORDS}
    assert ErrorBody.of(error).ref_id == "re f`" + "x" * 94 + "…"
    assert ErrorBody.of({"ref_id": 7}).ref_id is None
    assert ErrorBody.of({"ref_id": " "}).ref_id is None


# --- the meaning ------------------------------------------------------------------------

STATUSES = range(400, 600)
BODIES = [*JSON_BODIES, *PAGES, *STREAMED, *NOTHING]
OWN_BODIES = {json.dumps(each) for each in OWN} | set(STREAMED)
ERROR_BODIES = OWN_BODIES | {json.dumps(each) for each in ERRORS}


def meaning(error: Refused | Unavailable | AnswerLost) -> Any:
    return error.cause if isinstance(error, Refused) else type(error)


def is_foreign(status: int, body: str) -> bool:
    """Whether something in between answered: the API's errors are no web pages."""
    return body.startswith("<") and status < 500 and status not in (408, 413, 429)


def by_status(status: int, body: str, *, chained: bool) -> Any:
    if is_foreign(status, body):
        return Cause.GATEWAY if status in (404, 405) else AnswerLost
    if chained and status in (404, 409, 410):
        return Cause.CHAIN
    known = {401: Cause.KEY, 402: Cause.CREDIT, 403: Cause.PROCESSOR}
    return known.get(status, Cause.INPUT)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("chained", [False, True])
def test_a_refused_create_call_means_what_its_status_means(body: str, chained: bool) -> None:
    for status in STATUSES:
        error = api_errors.not_started(status, body, None, chained=chained)
        if status in (429, 503):
            expected: Any = Unavailable
        elif status >= 500 or status == 408:
            expected = Unavailable if body in OWN_BODIES else AnswerLost
        else:
            expected = by_status(status, body, chained=chained)
        assert meaning(error) is expected, status
        shown(error, body, status)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("chained", [False, True])
def test_a_refused_chat_means_what_its_status_means(body: str, chained: bool) -> None:
    for status in STATUSES:
        error = api_errors.not_completed(status, body, None, chained=chained)
        if status == 429:
            expected: Any = Unavailable
        else:
            lost = status >= 500 or status == 408
            expected = AnswerLost if lost else by_status(status, body, chained=chained)
        assert meaning(error) is expected, status
        shown(error, body, status)


@pytest.mark.parametrize("body", BODIES)
def test_a_refused_reading_call_means_what_its_status_means(body: str) -> None:
    for status in STATUSES:
        error = api_errors.not_read(status, body, None)
        expected: Any = Unavailable
        if is_foreign(status, body):
            expected = Intercepted
        elif status == 401:
            expected = Cause.KEY
        elif status == 404 and body in ERROR_BODIES:
            expected = Cause.UNKNOWN_RUN
        assert meaning(error) is expected, status
        shown(error, body, status)


@pytest.mark.parametrize("body", BODIES)
def test_a_failure_is_uncertain_where_the_run_can_be_found(body: str) -> None:
    for status in (408, 500, 502, 504, 520, 599):
        error = api_errors.not_started(status, body, None, chained=False, listed=True)
        assert isinstance(error, AnswerLost)
        shown(error, body, status)


def shown(error: Exception, body: str, status: int) -> None:
    """The words are in it, and what was asked is not."""
    assert (str(status) if body in NOTHING else WORDS) in str(error)
    assert QUESTION not in str(error)
    assert len(str(error)) < LONGEST_MESSAGE + 100


# --- bytes ------------------------------------------------------------------------------


@pytest.mark.parametrize("charset", [None, "utf-8", "UTF8", "latin-1", "hex", "rot13", "idna", "x"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_json_is_utf_8_whatever_its_header_says(charset: str | None, mark: bytes) -> None:
    text = json.dumps({"error": {"message": "kein Guthaben für Öl 日本"}}, ensure_ascii=False)
    assert (
        ErrorBody.read(decode(mark + text.encode(), charset)).message == "kein Guthaben für Öl 日本"
    )


@pytest.mark.parametrize(
    ("encoding", "charset"),
    [
        *[(name, None) for name in ("utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-be")],
        *[(name, name) for name in ("utf-16", "latin-1", "cp1252", "iso8859-15", "mac-roman")],
        ("cp1252", "windows-1252"),
        ("latin-1", "ISO-8859-1"),
    ],
)
def test_other_encodings_are_read_where_they_are_named_or_plain(
    encoding: str, charset: str | None
) -> None:
    text = '{"error": {"message": "Konto für Öl ist leer"}}'
    assert ErrorBody.read(decode(text.encode(encoding), charset)).message == "Konto für Öl ist leer"


@given(st.binary(), st.none() | st.text() | st.sampled_from(["hex", "zlib", "idna", "utf-7"]))
def test_any_bytes_are_some_text(raw: bytes, charset: str | None) -> None:
    decode(raw, charset).encode("utf-8", "surrogatepass")
    ErrorBody.read(decode(raw, charset)).words(500).encode()


# --- whatever comes ---------------------------------------------------------------------

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
ANY: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
NAMES = st.sampled_from(
    [
        *("run_id", "interaction_id", "status", "error", "message", "detail", "msg", "loc"),
        *("type", "run", "output", "content", "basis", "citations", "url", "title", "excerpts"),
        *("field", "reasoning", "confidence", "warnings", "ref_id", "run_ids", "taskgroup_id"),
        *("num_task_runs", "source_stats", "progress_meter", "num_sources_read", "metadata"),
    ]
)
KNOWN: st.SearchStrategy[Any] = st.recursive(
    SCALARS | st.sampled_from(["error", "failed", "task_run.state", "task_run.progress_stats"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=25,
)


@pytest.mark.slow
@settings(max_examples=200)
@given(st.dictionaries(NAMES, KNOWN | ANY, max_size=8))
def test_any_json_is_read_or_a_named_error(data: dict[str, Any]) -> None:
    for read in (
        *(wire.run, wire.created_run, wire.answer, wire.progress, wire.member),
        *(wire.group, wire.group_size, wire.added_run),
    ):
        with suppress(json_fields.Malformed, Unavailable):
            read(json_fields.parse_object(json.dumps(data)))
        with suppress(json_fields.Malformed, Unavailable):
            read(data)
    words = ErrorBody.read(json.dumps(data)).words(400)
    assert "\n" not in words
    assert len(words) <= LONGEST_MESSAGE + 30
    words.encode()


@pytest.mark.parametrize("deep", ["[" * 900 + "]" * 900, '{"a":' * 900 + "1" + "}" * 900])
@pytest.mark.parametrize(
    "outer",
    [
        '{"run_id": "r", "status": "failed", "error": %s}',
        '{"output": {"type": %s, "content": 5}}',
        '{"output": {"content": "x", "basis": [%s, "\\ud800"]}}',
        '{"output": {"content": "x"}, "run": {"warnings": [%s]}}',
        '{"type": "error", "error": {"detail": [{"msg": "m", "loc": [%s]}]}}',
        '{"type": "task_run.progress_stats", "progress_meter": %s}',
    ],
)
def test_deep_json_is_read_or_a_named_error(outer: str, deep: str) -> None:
    text = outer.replace("%s", deep)
    for read in (wire.run, wire.answer, wire.progress, wire.member):
        with suppress(json_fields.Malformed, Unavailable):
            read(json_fields.parse_object(text))
    ErrorBody.read(text)
