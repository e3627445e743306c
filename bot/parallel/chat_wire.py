"""Map the Chat API's JSON to our values: request bodies out, chunks of answers in. Pure.

The contract (ChatCompletionRequest, ChatCompletion, ChatCompletionResponseChunk) leaves much open,
so nothing is read that it calls empty (`id`, `model`, `usage`), and the interaction and the basis
are taken from whichever chunk has them.
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
from bot.parallel.error_bodies import ErrorBody
from bot.parallel.instructions import SYSTEM_MESSAGE
from bot.parallel.json_fields import objects
from bot.parallel.text import replace_surrogates
from bot.parallel.wire import field_bases

DONE = "[DONE]"  #: the last event in OpenAI's protocol


def request_body(request: RunRequest) -> dict[str, Any]:
    """Return the body of `POST /v1beta/chat/completions`."""
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
class AnswerReader:
    """Reads the events of a streamed answer, or a whole answer.

    Attributes:
        is_finished: a `finish_reason` has come; only the id and the basis may follow.
        has_text: some text has come.
    """

    is_finished: bool = False
    has_text: bool = False
    _half: str = ""

    def event(self, name: str, data: str) -> ChatChunk:
        """Read one event.

        Raises:
            AnswerLost: it is an error, or not readable, so a part of the text is missing.
        """
        if name == "error":
            raise _broke_off(data)
        try:
            found = json.loads(data)  # keeps lone surrogates: the other half may follow
        except (ValueError, RecursionError) as error:
            raise AnswerLost(
                f"a chunk of the answer is no JSON ({type(error).__name__})"
            ) from error
        if not isinstance(found, dict):
            raise AnswerLost("a chunk of the answer is no JSON object")
        if found.get("error") or "error" in (found.get("type"), found.get("object")):
            raise _broke_off(data)
        try:
            return self._chunk(found)
        except RecursionError as error:  # too deep for us, though not for the parser
            raise AnswerLost("a chunk of the answer is too deep") from error

    def answer(self, text: str) -> ChatChunk:
        """Read a whole answer, from a server that does not stream. Raises AnswerLost."""
        chunk = self.event("", text)
        self.is_finished = True
        return ChatChunk(chunk.text + self.remaining(), chunk.interaction, chunk.basis)

    def remaining(self) -> str:
        """Return the rest of the text at the end of the stream: half a character, replaced."""
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
        # A chunk may end in the middle of a character that JSON writes as two escapes.
        cut = len(text) - ("\ud800" <= text[-1:] <= "\udbff")
        text, self._half = text[:cut], text[cut:]
        self.has_text = self.has_text or bool(text.strip())
        interaction = found.get("interaction_id")
        named = (
            replace_surrogates(interaction)
            if isinstance(interaction, str) and interaction
            else None
        )
        basis = field_bases(replace_surrogates(found.get("basis")))
        return ChatChunk(join_surrogates(text), InteractionId(named) if named else None, basis)


def _broke_off(data: str) -> AnswerLost:
    return AnswerLost(f"the answer broke off: {ErrorBody.read(data).message or 'no reason given'}")


def _content(choice: dict[str, Any]) -> str:
    """Return the text of a choice: from `message`, else from `delta`."""
    for name in ("message", "delta"):
        part = choice.get(name)
        content = part.get("content") if isinstance(part, dict) else None
        if isinstance(content, str):
            if content:
                return content
        elif content is not None:
            raise AnswerLost(f"'{name}.content' is no text")
    return ""
