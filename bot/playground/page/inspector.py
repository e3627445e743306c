"""What happened underneath, as HTML: for those who will operate or change the bot.

The *chain* draws a thread as a line of turns, from what the bot has written down. The *traffic* is
every event, call and request in order. Tokens are in none of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any

from bot.playground.parts import Playground
from bot.playground.slack import Message
from bot.playground.task_api import Request

JSON = dict[str, Any]
MOST_ENTRIES = 150  # the latest
CHAINED = ("question", "look again")  # what a turn of the chain begins with
CHAT = "speed"  # the processor whose turns are asked by chat
SENT_ALONG = "(what was sent along, without a word)"


# --- the chain --------------------------------------------------------------------------


def chain(thread: JSON | None, turns: Sequence[JSON], requests: Sequence[Request]) -> str:
    """Draw a thread's turns as a line, each with the interaction that it continues.

    What needed no run (a word of help, say) is no part of it.
    """
    asked = [turn for turn in turns if turn["question"].get("start", "question") in CHAINED]
    if not asked:
        return "<p>The bot has written nothing down for this thread.</p>"
    continued = _continued(requests)
    previous = [continued.get(turn["id"]) or turn.get("previous") for turn in asked]
    drawn = "".join(
        _turn(turn, before, leads_on=after is not None and after == turn.get("interaction"))
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
    """Map turns to the `previous_interaction_id` of the request that started their run.

    A chat request names no turn: the turn's record has the id.
    """
    found: dict[str, str | None] = {}
    for request in requests:
        for body in _asked(request):
            turn = (body.get("metadata") or {}).get("turn")
            if turn:
                found[turn] = body.get("previous_interaction_id")
    return found


def _asked(request: Request) -> Iterator[JSON]:
    """Yield the body of each run or chat that a request asks for."""
    if isinstance(request.body, dict):
        if request.kind in ("create", "chat"):
            yield request.body
        elif request.kind == "add_runs":
            yield from (each for each in request.body.get("inputs", []) if isinstance(each, dict))


def _turn(turn: JSON, previous: str | None, *, leads_on: bool) -> str:
    """Draw a turn. `leads_on`: the turn that is drawn below it continues its interaction."""
    state = turn["state"]
    ending = (turn.get("ending") or {}).get("kind")
    rows = [
        ("asks", turn["question"]["text"].strip() or SENT_ALONG),
        ("born of", _born_of(turn["question"])),
        ("processor", turn.get("processor")),
        ("asked", "Chat API" if turn.get("processor") == CHAT else None),
        ("continues", previous),
        ("run", turn.get("run")),
        ("interaction", turn.get("interaction")),
    ]
    listed = "".join(
        f"<div><dt>{name}</dt><dd>{escape(str(value))}</dd></div>" for name, value in rows if value
    )
    leading = " continued" if leads_on else ""
    return (
        f'<li class="turn {escape(state)}{leading}"><b>{escape(state)}</b>'
        f"{f': {escape(ending)}' if ending else ''}<dl>{listed}</dl>{_details('Record', turn)}</li>"
    )


def _born_of(question: JSON) -> str | None:
    """Say what was pressed to ask a question; None for one that a message asks."""
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
    """One thing that went over a wire.

    Attributes:
        way: who speaks to whom.
        result: how it was answered; None when it was not (yet).
        key: tells entries apart.
    """

    at: float
    way: str
    name: str
    result: str | None
    good: bool
    body: Any
    key: str
    note: str = ""


def traffic(playground: Playground, thread: Sequence[Message], turns: Sequence[JSON]) -> str:
    """Draw the latest entries, the newest first.

    When a thread is given (its messages and its turns' records), only what concerns it.
    """
    entries = sorted(_entries(playground), key=lambda entry: entry.at)
    if thread:
        marks = {message.ts for message in thread}
        marks |= {turn["run"] for turn in turns if turn.get("run")}
        chats = [turn["question"] for turn in turns if turn.get("processor") == CHAT]
        entries = [each for each in entries if _concerns(each, marks) or _asks(each, chats)]
    if not entries:
        return "<p>Nothing yet.</p>"
    drawn = "".join(_entry(entry) for entry in reversed(entries[-MOST_ENTRIES:]))
    return f'<ol class="traffic">{drawn}</ol>'


def _entries(playground: Playground) -> Iterator[Entry]:
    slack = playground.slack
    for number, sent in enumerate(slack.deliveries):
        event = sent.event
        tries = f" (sent {len(sent.attempts)} times)" if len(sent.attempts) > 1 else ""
        result = "acknowledged" if sent.acked else ("given up" if sent.over.is_set() else None)
        name = f"event {event['type']}"
        if subtype := event.get("subtype"):
            name += f" {subtype}"
        yield Entry(
            sent.at, "Slack → bot", name, result and result + tries, sent.acked, event, f"e{number}"
        )
    for number, asked in enumerate(slack.interactions):
        kind = str(asked.payload.get("command") or asked.payload.get("type"))
        ack = asked.ack
        result = None if ack is None else ("acknowledged" if ack.ok else ack.reason)
        body = {k: v for k, v in asked.payload.items() if k != "token"}
        good = ack is not None and ack.ok
        yield Entry(asked.at, "Slack → bot", kind, result, good, body, f"i{number}")
    for number, call in enumerate(slack.calls):
        answer = call.answer or {}
        result = "ok" if answer.get("ok") else str(answer.get("error") or call.status)
        body = {"arguments": _readable(call.arguments), "answer": answer}
        good = bool(answer.get("ok"))
        yield Entry(call.at, "bot → Slack", call.method, result, good, body, f"c{number}")
    for number, request in enumerate(playground.requests):
        status = None if request.status is None else str(request.status)
        good = request.status is not None and request.status < 400
        continues = [body.get("previous_interaction_id") for body in _asked(request)]
        note = f"previous_interaction_id: {continues[0] or 'none'}" if continues else ""
        yield Entry(
            request.at,
            "bot → Parallel",
            f"{request.method} {request.path}",
            status,
            good,
            request.body,
            f"r{number}",
            note,
        )


def _readable(arguments: JSON) -> JSON:
    """Return form arguments with the JSON in them read."""
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


def _concerns(entry: Entry, marks: set[str]) -> bool:
    told = entry.name + json.dumps(entry.body, default=str)
    return any(mark in told for mark in marks)


def _asks(entry: Entry, questions: Sequence[JSON]) -> bool:
    """Whether a chat request asks one of these; it names neither a turn nor a message."""
    match entry.body:
        case {"messages": [*_, {"content": str(asked)}]} if entry.way == "bot → Parallel":
            return any(_is_of(asked, question) for question in questions)
    return False


def _is_of(asked: str, question: JSON) -> bool:
    """Whether a request asks a question; one without words is known by what it quotes."""
    if question["text"].strip():
        return asked.startswith(question["text"])
    first, *_ = (question.get("along") or "").splitlines() or [""]
    return bool(first) and f"\n> {first}" in asked


def _entry(entry: Entry) -> str:
    at = datetime.fromtimestamp(entry.at, UTC).astimezone()
    way = {"Slack → bot": "in", "bot → Slack": "out", "bot → Parallel": "api"}[entry.way]
    mark = "" if entry.result is None else (" good" if entry.good else " bad")
    note = f'<span class="note">{escape(entry.note)}</span>' if entry.note else ""
    return (
        f'<li class="{way}" id="entry-{entry.key}"><time datetime="{at.isoformat()}">'
        f'{at:%H:%M:%S}</time> <span class="way">{entry.way}</span> '
        f"<code>{escape(entry.name)}</code> "
        f'<span class="result{mark}">{escape(entry.result or "…")}</span>{note}'
        f"{_details('Show', entry.body) if entry.body else ''}</li>"
    )


def _details(summary: str, body: Any) -> str:
    text = json.dumps(body, indent=2, ensure_ascii=False, default=str)
    return f"<details><summary>{summary}</summary><pre>{escape(text)}</pre></details>"
