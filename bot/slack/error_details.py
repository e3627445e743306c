"""What Slack's refusals say besides the error, for the log: missing scopes, invalid fields. Pure.

Slack may quote what we sent, so only its own words are kept; all others become "…". Time is linear
in the length of the answer. https://docs.slack.dev/apis/web-api#responses
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

JSON = dict[str, Any]

LINES = 5  # of Slack's explanations that are read
LINE = 300  # characters of each
SCOPES = 40  # scopes that are read

_NAME = re.compile(r"[a-z0-9_]{1,80}")
_SCOPE = re.compile(r"[a-z_.]{1,40}(:[a-z_.]{1,40}){1,2}|commands|bot|identify")
_POINTER = re.compile(r"\[json-pointer:([a-z0-9_/]{1,200})\]")
_NUMBER = re.compile(r"[0-9]{1,6}")
#: The words that Slack's explanations are made of.
_SENTENCES = """
[error] [warn] a accepted all allowed allows already an and any arguments array as at be been
boolean but by can cannot character characters combination could define does duplicate element
elements empty enum equal exceed exceeded exceeds exist exists expected expired failed field
fields for found from given greater has have id ids in input integer invalid is it item items
json least length less limit longer match matches maximum message messages minimum missing more
most must no not null number object of one only or parse pattern property provide provided
required schema schemas set should size string supported than that the there this to too type
types unique unknown unsupported url valid value values view was with within you your
"""
#: The names of Block Kit and of arguments.
_NAMES = """
accessibility_label accessory action action_id actions alt_text attachments block block_id blocks
button callback_id channel channel_id checkboxes child_blocks close column_settings confirm
content context context_actions datepicker deny divider elements emoji event_payload event_type
external_id feedback_buttons file files header hint image image_url initial_option initial_value
label markdown markdown_text max_length metadata modal mrkdwn negative_button option options
overflow placeholder plain_text plain_text_input positive_button private_metadata radio_buttons
rich_text rows section static_select style submit table text thread_ts timestamp title trigger_id
ts user user_id verbatim
"""
_WORDS = frozenset((_SENTENCES + _NAMES).split())
_AROUND = ".,:;!?'\"`()"


def name_of(answer: JSON) -> str:
    """Return the name of an answer's error; "" when it has none of Slack's form."""
    name = answer.get("error")
    return name if isinstance(name, str) and _NAME.fullmatch(name) else ""


def details(answer: JSON) -> str:
    """Return what a refusal says besides its error, in one line; "" for nothing."""
    metadata = answer.get("response_metadata")
    lines = metadata.get("messages") if isinstance(metadata, dict) else None
    found = [_known_words(line) for line in _texts(lines or answer.get("errors"))]
    for name in ("needed", "provided"):
        if isinstance(scopes := answer.get(name), str):
            found.append(f"{name} {_known_scopes(scopes)}")
    return "; ".join(filter(None, found))


def _texts(lines: Any) -> Iterator[str]:
    for line in lines[:LINES] if isinstance(lines, list) else ():
        if isinstance(line, str):
            yield line[:LINE]


def _known_scopes(text: str) -> str:
    named = [scope.strip() for scope in text[: SCOPES * 40].split(",")[:SCOPES]]
    return ",".join(scope if _SCOPE.fullmatch(scope) else "…" for scope in named)


def _known_words(line: str) -> str:
    """Return a line with "…" in place of words that Slack does not use itself."""
    words: list[str] = []
    for each in line.split():
        word = each if _is_known(each) else "…"
        if word != "…" or words[-1:] != ["…"]:
            words.append(word)
    return " ".join(words)


def _is_known(word: str) -> bool:
    bare = word.strip(_AROUND)
    return bool(
        word.lower() in _WORDS
        or bare.lower() in _WORDS
        or _NUMBER.fullmatch(bare)
        or _is_pointer(word)
    )


def _is_pointer(word: str) -> bool:
    """Whether a word is a JSON pointer of Block Kit's names and numbers."""
    match = _POINTER.fullmatch(word)
    steps = match[1].split("/") if match else ["?"]
    return all(step in _WORDS or _NUMBER.fullmatch(step) for step in steps if step)
