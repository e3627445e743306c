"""One accepted chat request, and the response that its client receives.

The caller decides what the model does: `says` and `attaches`, then `finishes`, `breaks` or `errs`.
A streamed response is sent piece by piece, any other at the end.

No page documents which chunk of a stream has the interaction id, how a stream ends, or what an
error in the middle looks like, so a client must handle every variant that can be played here.
https://docs.parallel.ai/chat-api/chat-quickstart
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Literal

from bot.playground.task_api import contract
from bot.playground.task_api.interactions import Interaction, chain_before
from bot.playground.task_api.protocol import JSON, Status, new_id

#: The chunk of a stream that has the interaction id: the last, the first, every one; or a separate
#: one after the last, whose `choices` are empty.
IdOn = Literal["last", "first", "every", "separate"]
FinishReason = Literal["stop", "length", "content_filter"]
DONE = b"data: [DONE]\n\n"


class LocalChat:
    """A chat request that the local Chat API accepted.

    Attributes:
        body: the request, unchanged.
        previous: the run or chat whose interaction it continues; None when it continues none.
        interaction_id: its id; set it to None for a response without one.
        id_on: the chunk of a stream that has the id, read whenever a chunk is made.
        text: the answer so far.
        status: running, completed once it `finishes`, failed once it `breaks` or `errs`.
        is_broken: whether it ended with an aborted connection.
        disconnected: set when the connection was lost before the end, on either side.
    """

    def __init__(
        self, body: JSON, *, previous: Interaction | None, clock: Callable[[], float]
    ) -> None:
        """Accept a request."""
        self.body = body
        self.previous = previous
        self.interaction_id: str | None = new_id("interaction")
        self.id_on: IdOn = "last"
        self.text = ""
        self.status = Status.RUNNING
        self.is_broken = False
        self.disconnected = asyncio.Event()
        self._clock = clock
        self._chunks = 0  # sent with a choice
        self._attached_id: str | None = None
        self._basis: list[JSON] = []
        self._outbox: asyncio.Queue[bytes | None] = asyncio.Queue()  # None marks the end

    # The request

    @property
    def model(self) -> str:
        """The model's name."""
        return str(self.body["model"])

    @property
    def question(self) -> str:
        """The user's last message."""
        return str(self.body["messages"][-1]["content"])

    @property
    def system(self) -> str:
        """The system message; empty when there is none."""
        first = self.body["messages"][0]
        return str(first["content"]) if first["role"] == "system" else ""

    @property
    def is_streamed(self) -> bool:
        """Whether the response is a stream of chunks."""
        return self.body.get("stream") is True

    @property
    def previous_interaction_id(self) -> str | None:
        """The interaction that this chat continues; None when it continues none."""
        return self.body.get("previous_interaction_id")

    @property
    def context(self) -> list[Interaction]:
        """All the runs and chats that this one continues, oldest first."""
        return chain_before(self)

    @property
    def input(self) -> str:
        """The question, under the name that runs use."""
        return self.question

    @property
    def processor(self) -> str:
        """The model, under the name that runs use."""
        return self.model

    # What the model does; each method raises RuntimeError when the chat is over

    def says(self, text: str) -> None:
        """Send a piece of the answer in a chunk."""
        self._require_active()
        role = {} if self._chunks else {"role": "assistant"}
        self.text += text
        self._choice({**role, "content": text})

    def attaches(self, *, interaction_id: str | None = None, basis: Sequence[JSON] = ()) -> None:
        """Send an interaction id, a basis or both in a chunk without choices.

        The chunk has this id whatever `id_on` is. A response that is not streamed has both, too,
        but prefers the chat's own id. Raises ValueError when a part of the basis is no FieldBasis.
        """
        self._require_active()
        for part in basis:
            contract.check("FieldBasis", part)
        self._attached_id = interaction_id or self._attached_id
        self._basis = list(basis) or self._basis
        self._chunk([], interaction_id, basis)

    def finishes(
        self, text: str = "", *, done: bool = True, finish_reason: FinishReason | None = None
    ) -> None:
        """Complete the answer, after a last piece of text if given; it can be continued then.

        A stream ends with a chunk with an empty delta and the `finish_reason` (documented as
        always empty), then `data: [DONE]`; without `done` it closes cleanly after the chunk.
        """
        self._require_active()
        if text:
            self.says(text)
        if not self.is_streamed:
            self._outbox.put_nowait(json.dumps(self._completion(finish_reason)).encode())
        self._choice({}, finish_reason, last=True)
        if self.id_on == "separate" and self.interaction_id:
            self._chunk([], self.interaction_id)
        if self.is_streamed and done:
            self._outbox.put_nowait(DONE)
        self._end(Status.COMPLETED)

    def breaks(self) -> None:
        """Abort the connection after what was sent so far."""
        self._require_active()
        self.is_broken = True
        self._end(Status.FAILED)

    def errs(self, message: str, *, named_event: bool = False) -> None:
        """Fail with an error in OpenAI's form, and close cleanly without `[DONE]`.

        A stream sends it as `data:`, of an event named `error` if `named_event`. Otherwise it is
        the response's body, with status 500.
        """
        self._require_active()
        detail = {"message": message, "type": "server_error", "param": None, "code": None}
        body = json.dumps({"error": detail}).encode()
        name = b"event: error\n" if named_event else b""
        self._outbox.put_nowait(name + b"data: " + body + b"\n\n" if self.is_streamed else body)
        self._end(Status.FAILED)

    def sends(self, raw: bytes) -> None:
        """Send raw bytes: garbage, half a character, a comment."""
        self._require_active()
        self._outbox.put_nowait(raw)

    # The response

    @property
    def is_over(self) -> bool:
        """Whether the chat has ended in any way."""
        return self.status.is_over

    async def pieces(self) -> AsyncGenerator[bytes]:
        """Yield the bytes of the response up to its end; can be read once."""
        while (piece := await self._outbox.get()) is not None:
            yield piece

    def __repr__(self) -> str:
        """Return id, status and model, for the output of failing tests."""
        return f"<LocalChat {self.interaction_id} {self.status} {self.model}>"

    # Inside

    def _require_active(self) -> None:
        if self.is_over:
            raise RuntimeError(f"{self!r} is over")

    def _end(self, status: Status) -> None:
        self.status = status
        self._outbox.put_nowait(None)

    def _choice(
        self, delta: JSON, finish_reason: FinishReason | None = None, *, last: bool = False
    ) -> None:
        has_id = (
            self.id_on == "every"
            or (self.id_on == "last" and last)
            or (self.id_on == "first" and not self._chunks)
        )
        self._chunks += 1
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason, "logprobs": None}
        self._chunk([choice], self.interaction_id if has_id else None)

    def _chunk(
        self, choices: list[JSON], interaction_id: str | None, basis: Sequence[JSON] = ()
    ) -> None:
        """Send a ChatCompletionResponseChunk, if the response is streamed."""
        if self.is_streamed:
            kind = "chat.completion.chunk"
            chunk = {
                "type": kind,
                **self._common_fields(kind, choices, interaction_id, basis=basis),
            }
            self._outbox.put_nowait(f"data: {json.dumps(chunk)}\n\n".encode())

    def _completion(self, finish_reason: FinishReason | None) -> JSON:
        """Return the response as a ChatCompletion.

        Both `delta` and `message` are sent: the schema requires the one, clients read the other.
        """
        message = {"role": "assistant", "content": self.text, "refusal": None}
        choice = {
            "index": 0,
            "message": message,
            "delta": message,
            "finish_reason": finish_reason,
            "logprobs": None,
        }
        own_id = self.interaction_id or self._attached_id
        return self._common_fields("chat.completion", [choice], own_id, basis=self._basis)

    def _common_fields(
        self, kind: str, choices: list[JSON], interaction_id: str | None, basis: Sequence[JSON]
    ) -> JSON:
        """Return the fields of chunks and ChatCompletions; those documented as empty are empty."""
        return {
            "id": "",
            "object": kind,
            "created": int(self._clock()),
            "model": "",
            "choices": choices,
            "usage": None,
            "service_tier": None,
            "system_fingerprint": None,
            "interaction_id": interaction_id,
            "basis": list(basis),
        }
