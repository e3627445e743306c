"""The Chat API's JSON and ours: request bodies out, pieces of answers in.

Pure: no I/O, no clock. The contract (ChatCompletionRequest, ChatCompletion,
ChatCompletionResponseChunk) leaves much open, so nothing is read that it calls empty (`id`,
`model`, `usage`), and the interaction and the basis are taken from whichever piece has them.
https://docs.parallel.ai/public-openapi.json, https://docs.parallel.ai/chat-api/chat-quickstart
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from bot.domain.research import ChatChunk, RunRequest
from bot.domain.thread import InteractionId
from bot.domain.unicode import join_surrogates
from bot.errors import AnswerLost
from bot.parallel.error_bodies import Said
from bot.parallel.text import whole
from bot.parallel.wire import SYSTEM_MESSAGE, field_bases, objects

DONE = "[DONE]"  #: OpenAI's last event; implied by the compatibility page


def request_body(request: RunRequest) -> dict[str, Any]:
    """Put a request into the body of `POST /v1beta/chat/completions`."""
    body: dict[str, Any] = {
        "model": request.processor,
        "messages": [
            {"role": "system", "content": SYSTEM_MESSAGE},
            {"role": "user", "content": request.input},
        ],
        "stream": True,
    }
    if request.previous:
        body["previous_interaction_id"] = request.previous
    return body


@dataclass(slots=True)
class Reader:
    """Reads the events of one streamed answer, or a whole one.

    Attributes:
        is_finished: a `finish_reason` has come: all that may follow is the id and the basis.
        has_text: some text has come.
    """

    is_finished: bool = False
    has_text: bool = False
    _half: str = ""

    def event(self, name: str, data: str) -> ChatChunk:
        """Read one event.

        Raises:
            AnswerLost: it tells of an error, or makes no sense, so a part of the text is missing.
        """
        if name == "error":
            raise _broke_off(data)
        try:
            found = json.loads(data)  # its halves of characters stay: the other half may follow
        except (ValueError, RecursionError) as error:
            raise AnswerLost(
                f"a piece of the answer is no JSON ({type(error).__name__})"
            ) from error
        if not isinstance(found, dict):
            raise AnswerLost("a piece of the answer is no JSON object")
        if found.get("error") or "error" in (found.get("type"), found.get("object")):
            raise _broke_off(data)
        try:
            return self._chunk(found)
        except RecursionError as error:  # what the parser takes can be too deep for others
            raise AnswerLost("a piece of the answer is too deep") from error

    def answer(self, text: str) -> ChatChunk:
        """Read a whole answer: what a server sends that does not stream. Raises AnswerLost."""
        chunk = self.event("", text)
        self.is_finished = True
        return ChatChunk(chunk.text + self.rest(), chunk.interaction, chunk.basis)

    def rest(self) -> str:
        """Return what is left of the text when nothing more comes: half a character."""
        half, self._half = self._half, ""
        return join_surrogates(half)

    def _chunk(self, found: dict[str, Any]) -> ChatChunk:
        text = ""
        for choice in objects(found.get("choices")):
            if choice.get("index") not in (0, None):
                continue
            self.is_finished = self.is_finished or bool(choice.get("finish_reason"))
            text += _content(choice)
        text = self._half + text
        # A piece may end in the middle of a character that JSON writes as two escapes.
        cut = len(text) - ("\ud800" <= text[-1:] <= "\udbff")
        text, self._half = text[:cut], text[cut:]
        self.has_text = self.has_text or bool(text.strip())
        interaction = found.get("interaction_id")
        named = whole(interaction) if isinstance(interaction, str) and interaction else None
        basis = field_bases(whole(found.get("basis")))
        return ChatChunk(join_surrogates(text), InteractionId(named) if named else None, basis)


def _broke_off(data: str) -> AnswerLost:
    return AnswerLost(f"the answer broke off: {Said.read(data).message or 'no reason given'}")


def _content(choice: dict[str, Any]) -> str:
    """Take the text of a choice: of `message`, which every client reads, else of `delta`."""
    for name in ("message", "delta"):
        part = choice.get(name)
        content = part.get("content") if isinstance(part, dict) else None
        if isinstance(content, str):
            if content:
                return content
        elif content is not None:
            raise AnswerLost(f"'{name}.content' is no text")
    return ""
