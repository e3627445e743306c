"""The inspector, as HTML, for operators and developers of the bot.

The *chain* shows a thread as a sequence of turns, from the bot's records. The *traffic* is every
event, call and request in order. Neither contains tokens.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any

from bot.playground.parts import Playground
from bot.playground.slack import Call, Delivery, Message, SentInteraction
from bot.playground.task_api import Request

JSON = dict[str, Any]
MOST_ENTRIES = 150  # the latest
CHAINED = ("question", "look again")  # kinds of turns that are part of the chain
CHAT = "speed"  # the processor that is a model of the Chat API
SENT_ALONG = "(what was sent along, without a word)"


# --- the chain --------------------------------------------------------------------------


def chain(thread: JSON | None, turns: Sequence[JSON], requests: Sequence[Request]) -> str:
    """Draw a thread's turns in order, each with the interaction that it continues.

    Turns that needed no run, such as help, are left out.
    """
    asked = [turn for turn in turns if turn["question"].get("start", "question") in CHAINED]
    if not asked:
        return "<p>The bot has written nothing down for this thread.</p>"
    continued = _continued(requests)
    previous = [continued.get(turn["id"]) or turn.get("previous") for turn in asked]
    drawn = "".join(
        _turn(turn, before, is_continued=after is not None and after == turn.get("interaction"))
        for turn, before, after in zip(asked, previous, [*previous[1:], None], strict=True)
    )
    newest = (thread or {}).get("interaction")
    ahead = (
        f"The next reply will continue <code>{escape(newest)}</code>."
        if newest
        else "No turn is completed yet, so a run started now would continue nothing."
    )
    return (
        f'<ol class="chain">{drawn}</ol><p>{ahead}</p>'
        f"{_details('The thread’s record in Redis', thread or {})}"
    )


def _continued(requests: Iterable[Request]) -> dict[str, str | None]:
    """Map turn ids to the `previous_interaction_id` of the request that created their run.

    A chat request contains no turn id; for these the turn's record has the interaction id.
    """
    found: dict[str, str | None] = {}
    for request in requests:
        for body in _bodies(request):
            turn = (body.get("metadata") or {}).get("turn")
            if turn:
                found[turn] = body.get("previous_interaction_id")
    return found


def _bodies(request: Request) -> Iterator[JSON]:
    """Yield the body of each run or chat in a request."""
    if isinstance(request.body, dict):
        if request.kind in ("create", "chat"):
            yield request.body
        elif request.kind == "add_runs":
            yield from (each for each in request.body.get("inputs", []) if isinstance(each, dict))


def _turn(turn: JSON, previous: str | None, *, is_continued: bool) -> str:
    """Draw a turn. `is_continued`: the turn below it continues its interaction."""
    state = turn["state"]
    ending = (turn.get("ending") or {}).get("kind")
    rows = [
        ("asks", turn["question"]["text"].strip() or SENT_ALONG),
        ("born of", _origin(turn["question"])),
        ("processor", turn.get("processor")),
        ("asked", "Chat API" if turn.get("processor") == CHAT else None),
        ("continues", previous),
        ("run", turn.get("run")),
        ("interaction", turn.get("interaction")),
    ]
    listed = "".join(
        f"<div><dt>{name}</dt><dd>{escape(str(value))}</dd></div>" for name, value in rows if value
    )
    leading = " continued" if is_continued else ""
    return (
        f'<li class="turn {escape(state)}{leading}"><b>{escape(state)}</b>'
        f"{f': {escape(ending)}' if ending else ''}<dl>{listed}</dl>{_details('Record', turn)}</li>"
    )


def _origin(question: JSON) -> str | None:
    """Return which button or menu a question came from; None for a message."""
    base, press = question.get("base"), question.get("press") or ""
    if question.get("start") == "look again":
        return "waiting on for the same run"
    if base:
        how = "a follow-up on" if base["link"] == "branch" else "once more"
        return f"{how} “{base['words']}”"
    return press.partition("-")[0] or None


# --- the traffic ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """An event, call or request.

    Attributes:
        at: seconds since 1970.
        direction: sender and receiver.
        result: the response; None while there is none.
        good: whether it succeeded.
        key: a unique id.
    """

    at: float
    direction: str
    name: str
    result: str | None
    good: bool
    body: Any
    key: str
    note: str = ""


def traffic(playground: Playground, thread: Sequence[Message], turns: Sequence[JSON]) -> str:
    """Draw the latest entries, newest first.

    If a thread is given (its messages and the records of its turns), only its entries.
    """
    entries = sorted(_entries(playground), key=lambda entry: entry.at)
    if thread:
        ids = {message.ts for message in thread}
        ids |= {turn["run"] for turn in turns if turn.get("run")}
        chats = [turn["question"] for turn in turns if turn.get("processor") == CHAT]
        entries = [each for each in entries if _contains_any(each, ids) or _asks_any(each, chats)]
    if not entries:
        return "<p>Nothing yet.</p>"
    drawn = "".join(_entry(entry) for entry in reversed(entries[-MOST_ENTRIES:]))
    return f'<ol class="traffic">{drawn}</ol>'


def _entries(playground: Playground) -> Iterator[Entry]:
    slack = playground.slack
    for number, delivery in enumerate(slack.deliveries):
        yield _event_entry(delivery, f"e{number}")
    for number, interaction in enumerate(slack.interactions):
        yield _interaction_entry(interaction, f"i{number}")
    for number, call in enumerate(slack.calls):
        yield _call_entry(call, f"c{number}")
    for number, request in enumerate(playground.requests):
        yield _request_entry(request, f"r{number}")


def _event_entry(delivery: Delivery, key: str) -> Entry:
    event = delivery.event
    name = f"event {event['type']}"
    if subtype := event.get("subtype"):
        name += f" {subtype}"
    attempts = len(delivery.attempts)
    result = "acknowledged" if delivery.acked else None
    if result is None and delivery.over.is_set():
        result = "given up"
    if result and attempts > 1:
        result += f" (sent {attempts} times)"
    return Entry(
        at=delivery.at,
        direction="Slack → bot",
        name=name,
        result=result,
        good=delivery.acked,
        body=event,
        key=key,
    )


def _interaction_entry(interaction: SentInteraction, key: str) -> Entry:
    payload, ack = interaction.payload, interaction.ack
    result = None if ack is None else ("acknowledged" if ack.ok else ack.reason)
    return Entry(
        at=interaction.at,
        direction="Slack → bot",
        name=str(payload.get("command") or payload.get("type")),
        result=result,
        good=ack is not None and ack.ok,
        body={name: value for name, value in payload.items() if name != "token"},
        key=key,
    )


def _call_entry(call: Call, key: str) -> Entry:
    answer = call.answer or {}
    good = bool(answer.get("ok"))
    return Entry(
        at=call.at,
        direction="bot → Slack",
        name=call.method,
        result="ok" if good else str(answer.get("error") or call.status),
        good=good,
        body={"arguments": _readable(call.arguments), "answer": answer},
        key=key,
    )


def _request_entry(request: Request, key: str) -> Entry:
    continues = [body.get("previous_interaction_id") for body in _bodies(request)]
    return Entry(
        at=request.at,
        direction="bot → Parallel",
        name=f"{request.method} {request.path}",
        result=None if request.status is None else str(request.status),
        good=request.status is not None and request.status < 400,
        body=request.body,
        key=key,
        note=f"previous_interaction_id: {continues[0] or 'none'}" if continues else "",
    )


def _readable(arguments: JSON) -> JSON:
    """Return form arguments with the JSON in them parsed."""
    return {
        name: json.loads(value)
        if isinstance(value, str) and value[:1] in ("[", "{") and _is_json(value)
        else value
        for name, value in arguments.items()
    }


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _contains_any(entry: Entry, ids: set[str]) -> bool:
    content = entry.name + json.dumps(entry.body, default=str)
    return any(each in content for each in ids)


def _asks_any(entry: Entry, questions: Sequence[JSON]) -> bool:
    """Whether a chat request asks one of these questions; it contains no turn id and no ts."""
    match entry.body:
        case {"messages": [*_, {"content": str(asked)}]} if entry.direction == "bot → Parallel":
            return any(_matches(asked, question) for question in questions)
    return False


def _matches(asked: str, question: JSON) -> bool:
    """Whether a request asks this question; one without text is identified by what it quotes."""
    if question["text"].strip():
        return asked.startswith(question["text"])
    first, *_ = (question.get("along") or "").splitlines() or [""]
    return bool(first) and f"\n> {first}" in asked


def _entry(entry: Entry) -> str:
    at = datetime.fromtimestamp(entry.at, UTC).astimezone()
    direction = {"Slack → bot": "in", "bot → Slack": "out", "bot → Parallel": "api"}[
        entry.direction
    ]
    mark = "" if entry.result is None else (" good" if entry.good else " bad")
    note = f'<span class="note">{escape(entry.note)}</span>' if entry.note else ""
    return (
        f'<li class="{direction}" id="entry-{entry.key}"><time datetime="{at.isoformat()}">'
        f'{at:%H:%M:%S}</time> <span class="way">{entry.direction}</span> '
        f"<code>{escape(entry.name)}</code> "
        f'<span class="result{mark}">{escape(entry.result or "…")}</span>{note}'
        f"{_details('Show', entry.body) if entry.body else ''}</li>"
    )


def _details(summary: str, body: Any) -> str:
    text = json.dumps(body, indent=2, ensure_ascii=False, default=str)
    return f"<details><summary>{summary}</summary><pre>{escape(text)}</pre></details>"
