"""All that reads words from outside, each as a function of one text."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from bot.domain.lifecycle import received
from bot.domain.processors import PROCESSORS, nearest_name
from bot.domain.prompt import LONGEST_INPUT, request_with_context
from bot.domain.research import Answer, Citation, FieldBasis
from bot.domain.thread import ChannelId, EarlierMessage, MessageTs, TeamId, ThreadKey, UserId
from bot.domain.turn import Question, Turn
from bot.errors import AnswerLost, Unavailable, retry_after_seconds
from bot.log import Lines
from bot.parallel import api_errors, chat_wire, json_fields, wire
from bot.slack import action_ids
from bot.slack.citations.notes import has_citations
from bot.slack.citations.reference_entries import entries
from bot.slack.citations.references import references
from bot.slack.citations.sources import source_numbers
from bot.slack.citations.verification import citation_policy
from bot.slack.markdown.escaping import literal
from bot.slack.markdown.json_tree import json_as_markdown
from bot.slack.markdown.plain_text import to_plain_text
from bot.slack.markdown.sanitizer import sanitize
from bot.slack.markdown.splitter import split_messages, with_mark_links
from bot.slack.markdown.summary import summary
from bot.slack.messages import notices, processor_picker, quick_answer
from bot.slack.messages.report_files import basis_json, report_markdown
from bot.slack.payloads import interactivity, message_text
from bot.slack.payloads.agent_events import parse_app_home_opened, parse_session_stopped
from bot.slack.payloads.keywords import match_keyword
from bot.slack.payloads.mentions import text_without_mention
from bot.slack.payloads.message_events import parse_message
from bot.slack.text.escaping import clean, defuse_pings, escape_mrkdwn
from bot.slack.text.links import destination, host_to_show, mrkdwn_link
from bot.slack.text.plain_words import plain_words
from bot.slack.text.urls import canonical_url, display_url, unlink
from bot.slack.views import question_forms
from bot.slack.views.evidence_modal import evidence_modal
from bot.slack.wording import quoted
from bot.store import codec
from tests.unit.slack.payloads.slack_events import ME, ROOT, TS, body, reply

KEY = ThreadKey(TeamId("T1"), ChannelId("C1"), MessageTs(ROOT))
SOURCES = (Citation("https://a.b/c", "A"), Citation("https://d.e/f", "D"))
BASIS = (FieldBasis("output", "Because.", SOURCES, "high"),)
LOG = Lines(["secret"], as_json=False)


def edited(before: str, after: str) -> object:
    said = {"type": "message", "user": "U1ADA", "ts": TS, "thread_ts": ROOT}
    message, earlier = {**said, "text": after}, {**said, "text": before}
    changed = body("", subtype="message_changed", hidden=True, message=message)
    changed["event"]["previous_message"] = earlier
    return parse_message(changed, ME)


def sent(text: str) -> object:
    values = {
        "question": {"question": {"value": text}},
        "processor": {"processor": {"selected_option": {"value": "pro"}}},
    }
    metadata = f"T1:C1:{ROOT} {TS} {TS} {text}"
    view = {
        "callback_id": action_ids.RESEARCH,
        "private_metadata": metadata,
        "state": {"values": values},
    }
    found = question_forms.parse_submission({"view": view, "user": {"id": "U1ADA"}})
    if isinstance(found, question_forms.QuestionSubmission) and isinstance(
        found.about, question_forms.Research
    ):
        question_forms.research_question(found, found.about)
    return found


def press(text: str) -> object:
    action = interactivity.parse_block_action(
        {
            "team": {"id": "T1"},
            "user": {"id": "U1ADA"},
            "channel": {"id": "C1"},
            "message": {"ts": TS, "thread_ts": ROOT, "team": "T1"},
            "actions": [{"action_id": "stop", "value": text, "action_ts": TS}],
        }
    )
    return action.turn, action.choice


def chosen(text: str) -> object:
    message = {"text": text, "ts": TS, "user": "U2"}
    inner = {"team": {"id": "T1"}, "channel": {"id": "C1"}, "user": {"id": "U1"}}
    return interactivity.parse_shortcut({**inner, "message": message, "action_ts": TS}, ME)


def commanded(text: str) -> object:
    words = {"team_id": "T1", "channel_id": "C1", "user_id": "U1", "text": text}
    return processor_picker.unknown_processor(
        " ".join(interactivity.parse_slash_command(words).words)
    )


def forwarded(text: str) -> object:
    shared = [
        {"is_share": True, "text": text[n::100], "fallback": text[n::100]} for n in range(100)
    ]
    span = {"type": "text", "text": text}
    section = {"type": "rich_text_section", "elements": [span]}
    blocks = [{"type": "rich_text", "elements": [section]}]
    message = {"text": "", "attachments": shared, "blocks": blocks, "files": [{"name": text}]}
    alert = {"bot_id": "B1", "text": text, "attachments": [{"text": text, "title": text}]}
    message_text.words_of(alert)
    return message_text.words_of(message), message_text.sent_along(message)


def asked_about(text: str) -> object:
    question = Question(KEY, MessageTs(TS), UserId("U1"), text[:100], along=text)
    request = request_with_context(chosen_for(question), [EarlierMessage("Person 1", text)] * 3)
    assert len(request.input) <= LONGEST_INPUT + 1_000
    return request


def chosen_for(question: Question) -> Turn:
    return replace(received(question, 0.0), processor="pro")


def result(text: str) -> object:
    source = {"url": text, "title": text, "excerpts": [text]}
    basis = [{"field": text, "reasoning": text, "citations": [source], "confidence": text}]
    output = {"type": "text", "content": text, "basis": basis}
    return wire.answer(
        json_fields.parse_object(json.dumps({"output": output, "run": {"warnings": text}}))
    )


def progress(text: str) -> object:
    for kind in ("task_run.progress_msg.plan", text):
        with suppress(Unavailable, json_fields.Malformed):
            wire.progress(json_fields.parse_object(json.dumps({"type": kind, "message": text})))
    return None


def no_json(text: str) -> object:
    with suppress(json_fields.Malformed):
        return json_fields.parse_object(text)
    return None


def chunks(text: str) -> object:
    """Read a text in pieces, in many choices, and as none."""
    reader = chat_wire.AnswerReader()
    came = []
    for start in range(0, len(text), 40):
        piece = {"choices": [{"index": 0, "delta": {"content": text[start : start + 40]}}]}
        came.append(reader.event("", json.dumps(piece)).text)
    choices = [{"index": 0, "delta": {"content": some}} for some in text.split(text[:1])]
    reader.event("", json.dumps({"choices": choices}))
    with suppress(AnswerLost):
        reader.event("", text)
    return came


def refused(text: str) -> object:
    detail = {"loc": ["body", text], "msg": text}
    bodies = (
        text,
        f"<html><body>{text}</body></html>",
        json.dumps({"type": "error", "error": {"message": text, "ref_id": text, "detail": text}}),
        json.dumps({"error": {"message": text}}),
        json.dumps({"error": text}),
        json.dumps({"detail": [detail] * 3}),
        json.dumps({"detail": list(text[: len(text) // 8])}),
    )
    for each in bodies:
        api_errors.not_started(400, each, None, chained=True)
        api_errors.not_completed(429, each, None, chained=False)
        api_errors.not_read(404, each, None)
    return None


def looked_into(text: str) -> object:
    source = Citation("https://a.b/c", text, (text, text))
    return evidence_modal(
        Answer(text, (FieldBasis("output", text, (source,), "high"),)), text, "T1:C1:1"
    )


def reported(text: str) -> object:
    answer = Answer(text, BASIS)
    basis_json("who?", None, "pro", answer)
    return report_markdown("who?", answer)


def from_many_sources(text: str) -> object:
    """An answer with a source for every hundred characters, each of its own words."""
    pieces = [text[start : start + 100] for start in range(0, len(text), 100)]
    found = (Citation(f"https://a{n}.b/{p[:40]}", p, (p,)) for n, p in enumerate(pieces))
    answer = Answer("So [1] it [2] is.", (FieldBasis("output", text[:900], tuple(found), "low"),))
    source_numbers(answer)
    return report_markdown("who?", answer)


def structured(text: str) -> object:
    """Words in an object, as its names, in tables, and deep within."""
    row: dict[str, object] = {text[:50]: text, "b": text[:200]}
    deep: object = text
    for _ in range(12):
        deep = [deep]
    return json_as_markdown({"a": text, text: 1, "c": [row, row], "d": deep})


def checked(text: str) -> object:
    answer = Answer(text, BASIS)
    return has_citations(text), citation_policy(answer, text)


def referred(text: str) -> object:
    """An answer with a list of its own, whose marks lead to a cited page."""
    content = f"So [1].\n\n{text}\n\n## References\n\n1. A: https://a.b/c\n{text}"
    may = citation_policy(Answer(content, BASIS), content)
    part = f"So [1] {text} [1]"
    return with_mark_links(part, replace(may, own_references={1: "https://a.b/c"}), 10**6)


def logged(text: str) -> object:
    return LOG.format(logging.LogRecord("x", logging.INFO, "", 0, "%s", (text,), None))


def written_down(text: str) -> object:
    turn = received(Question(KEY, MessageTs(TS), UserId("U1"), text), 0.0)
    return codec.load_turn(codec.dump_turn(turn), waited=False)


@dataclass(frozen=True)
class Reads:
    """What reads a text, and the seconds it may take at most for one of `LONGEST` characters.

    What takes long is given only every so manieth text.
    """

    read: Callable[[str], object]
    most: float = 0.1
    every: int = 1


#: Read in the event loop; anybody who can write in a channel sends it.
FROM_PEOPLE = {
    "heard, in a channel": Reads(lambda t: parse_message(body(t), ME), 0.02),
    "heard, a mention": Reads(lambda t: parse_message(body(f"<@U0BOT> {t}"), ME), 0.02),
    "heard, a reply": Reads(lambda t: parse_message(reply(t), ME), 0.02),
    "heard, a direct message": Reads(lambda t: parse_message(body(t, channel_type="im"), ME), 0.02),
    "revised": Reads(lambda t: edited(t, f"{t} "), 0.04),
    "revised, a mention": Reads(lambda t: edited("<@U0BOT> who?", f"<@U0BOT> {t}"), 0.04),
    "words_of": Reads(lambda t: text_without_mention({"text": t}, ME), 0.02),
    "plain_words": Reads(plain_words, 0.02),
    "keyword": Reads(match_keyword, 0.02),
    "other events": Reads(
        lambda t: (parse_session_stopped(body(t)), parse_app_home_opened(body(t))), 0.02
    ),
    "the words of a message": Reads(forwarded, 0.2, 6),
    "an action": Reads(press, 0.02),
    "a shortcut": Reads(chosen, 0.02),
    "a command": Reads(commanded, 0.04),
    "a form": Reads(sent, 0.04),
    "research_form": Reads(
        lambda t: question_forms.research_form(
            t, PROCESSORS["pro"], question_forms.Research(KEY, KEY.ts, KEY.ts), ME
        )
    ),
    "an unknown processor": Reads(
        lambda t: (nearest_name(t), notices.unknown_processor(t)), 0.1, 3
    ),
    "what a run is asked": Reads(asked_about),
    "a record": Reads(written_down),
    "a log line": Reads(logged),
}
#: Read of Parallel, in the event loop.
FROM_PARALLEL = {
    "a result": Reads(result),
    "progress": Reads(progress),
    "no JSON": Reads(no_json),
    "pieces of a quick answer": Reads(chunks, 1.0, 15),  # JSON for each of them
    "a refusal": Reads(refused, 0.4, 7),  # 21 of them
    "Retry-After": Reads(lambda t: retry_after_seconds(t, 0.0), 0.02),
}
#: Single words of the web, in our own mrkdwn.
WORDS_OF_THE_WEB = {
    "clean": Reads(clean),
    "mrkdwn": Reads(escape_mrkdwn),
    "quiet": Reads(defuse_pings),
    "quoted": Reads(quoted),
    "literal": Reads(literal, 1.0, 3),
    "destination": Reads(destination),
    "destination, of a page": Reads(lambda t: destination(f"https://a.b/{t}")),
    "destination, of a host": Reads(lambda t: destination(f"https://{t}/")),
    "link": Reads(lambda t: mrkdwn_link("https://a.b/c", t), 0.3, 3),
    "host_to_show": Reads(lambda t: host_to_show(t, "https://a.b/c"), 0.3, 2),
    "same": Reads(lambda t: canonical_url(f"https://a.b/{t}"), 0.3, 2),
    "shown": Reads(display_url),
    "unlinked": Reads(unlink),
}
#: Answers, beside the event loop.
ANSWERS = {
    "safe": Reads(sanitize, 3.0, 4),
    "safe, with sources": Reads(
        lambda t: sanitize(t, citation_policy(Answer(t, BASIS), t)), 3.0, 9
    ),
    "plain": Reads(lambda t: to_plain_text(t, 3_000), 3.0, 6),
    "split": Reads(lambda t: split_messages(t, 600), 3.0, 9),
    "summary": Reads(lambda t: summary(t, 600), 3.0, 11),
    "JSON": Reads(structured, 0.5, 4),
    "stream_text": Reads(lambda t: quick_answer.stream_text(t, ""), 3.0, 5),
    "cited": Reads(checked, 1.0, 7),
    "citation marks": Reads(referred, 3.0, 19),
    "entries": Reads(lambda t: (entries(t), references(t, 3)), 1.0, 3),
    "evidence": Reads(looked_into, 3.0, 9),
    "a report": Reads(reported, 3.0, 11),
    "a report of many sources": Reads(from_many_sources, 3.0, 17),
}
