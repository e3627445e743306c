"""The key of each attribute in records. Keys are stored, so they are never renamed.

An attribute (left) may be renamed, its key (right) must not: a record of another release would be
read as if it lacked the key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.domain.access import Offer
from bot.domain.budgets import BudgetNote
from bot.domain.thread import Exchange, Thread, ThreadKey
from bot.domain.turn import Ending, Parent, Question, Turn

#: Type -> attribute -> key. A turn's signals are kept beside its record, in fields of their own.
KEYS: Mapping[type, Mapping[str, str]] = {
    ThreadKey: {"team": "team", "channel": "channel", "ts": "ts"},
    Parent: {
        "turn": "turn",
        "relation": "link",
        "interaction": "interaction",
        "excerpt": "words",
        "processor": "processor",
        "restates": "restates",
    },
    Question: {
        "thread": "thread",
        "message": "message",
        "asker": "asker",
        "text": "text",
        "processor": "processor",
        "direct": "direct",
        "start": "start",
        "press": "press",
        "at": "at",
        "parent": "base",
        "along": "along",
        "files": "files",
        "source": "source",
        "to": "to",
        "comment": "comment",
    },
    Ending: {
        "kind": "kind",
        "at": "at",
        "cause": "cause",
        "message": "message",
        "ref_id": "ref_id",
        "others": "others",
    },
    Turn: {
        "id": "id",
        "question": "question",
        "received": "received",
        "state": "state",
        "waited": "waited",
        "unjudged_since": "unjudged_since",
        "look_up_refused_since": "look_up_refused_since",
        "lined": "lined",
        "processor": "processor",
        "restated": "restated",
        "without_history": "alone",
        "busy_since": "busy_since",
        "busy_shown": "busy_told",
        "unreached": "unreached",
        "starting_at": "starting_at",
        "group": "group",
        "ungrouped": "ungrouped",
        "previous": "previous",
        "restates": "restates",
        "run": "run",
        "interaction": "interaction",
        "started_at": "started_at",
        "paid_at": "paid_at",
        "ending": "ending",
        "sources": "sources",
        "posts": "posts",
        "posting_until": "posting_until",
        "refused_since": "refused_since",
        "variants": "forms",
        "server_errors": "stumbles",
        "unexpected_errors": "troubles",
        "draft": "draft",
        "streams": "streams",
        "last_answer": "last_answer",
        "question_link": "which",
        "budget": "budget",
        "warned": "warned",
        "offer": "offer",
    },
    BudgetNote: {
        "scope": "scope",
        "limit": "limit",
        "left": "left",
        "affordable": "affordable",
        "resets_at": "resets_at",
        "admins": "admins",
        "is_repeated": "is_repeated",
        "counts_failed": "counts_failed",
    },
    Offer: {
        "missing": "missing",
        "processors": "processors",
        "admins": "admins",
    },
    Exchange: {
        "question": "question",
        "answer": "answer",
        "turn": "turn",
        "chained": "chained",
        "asker": "asker",
    },
    Thread: {
        "key": "key",
        "interaction": "interaction",
        "history": "history",
        "group": "group",
        "processor": "processor",
    },
}


def fields_of(value: object) -> dict[str, Any]:
    """Return the attributes of a value by their keys."""
    return {key: getattr(value, name) for name, key in KEYS[type(value)].items()}
