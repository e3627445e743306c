"""One chat request that was accepted, and the answer that its client receives.

Whoever holds the chat plays the model: `says` and `tells`, then `finishes`, `breaks` or `errs`; a
model that hangs says nothing. A streamed answer goes out as it is said, a whole one at its end.

No page says which chunk of a stream carries the interaction id, how a stream ends, or what an error
in its middle looks like, so a client must survive every way of it that can be played here.
https://docs.parallel.ai/chat-api/chat-quickstart
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Literal

from bot.playground.task_api import contract
from bot.playground.task_api.interactions import Interaction, before
from bot.playground.task_api.protocol import JSON, Status, new_id

#: The chunk of a stream that carries the interaction id: the last one, the first one, every one; or
#: one after the last, whose `choices` are empty, so that no chunk with a choice has the id.
IdOn = Literal["last", "first", "every", "none-but-alone"]
FinishReason = Literal["stop", "length", "content_filter"]
DONE = b"data: [DONE]\n\n"


class LocalChat:
    """A chat request that the local Chat API accepted.

    Attributes:
        body: the request as it came.
        previous: the run or chat whose interaction it continues; None when it continues none.
        interaction_id: its own id; set to None for an answer without one.
        id_on: the chunk of a stream that carries the id, read whenever a chunk is made.
        text: all that was said so far.
        status: running, completed once it `finishes`, failed once it `breaks` or `errs`.
        is_broken: it ended with a cut connection.
        left: set when the connection was gone before the end: the client hung up, or it was cut.
    """

    def __init__(
        self, body: JSON, *, previous: Interaction | None, clock: Callable[[], float]
    ) -> None:
        """Accept a request; nothing is said yet."""
        self.body = body
        self.previous = previous
        self.interaction_id: str | None = new_id("interaction")
        self.id_on: IdOn = "last"
        self.text = ""
        self.status = Status.RUNNING
        self.is_broken = False
        self.left = asyncio.Event()
        self._clock = clock
        self._chunks = 0  # that have a choice
        self._told_id: str | None = None
        self._basis: list[JSON] = []
        self._outbox: asyncio.Queue[bytes | None] = asyncio.Queue()  # None: the end

    # What was asked

    @property
    def model(self) -> str:
        """The model's name."""
        return str(self.body["model"])

    @property
    def question(self) -> str:
        """What the user asked last."""
        return str(self.body["messages"][-1]["content"])

    @property
    def system(self) -> str:
        """The system message; empty when there is none."""
        first = self.body["messages"][0]
        return str(first["content"]) if first["role"] == "system" else ""

    @property
    def is_streamed(self) -> bool:
        """Whether the answer is wanted as a stream of chunks."""
        return self.body.get("stream") is True

    @property
    def previous_interaction_id(self) -> str | None:
        """The interaction that this chat continues; None when it continues none."""
        return self.body.get("previous_interaction_id")

    @property
    def context(self) -> list[Interaction]:
        """All the runs and chats that this one builds on, oldest first."""
        return before(self)

    @property
    def input(self) -> str:
        """The question, by the name that runs have for it."""
        return self.question

    @property
    def processor(self) -> str:
        """The model, by the name that runs have for it."""
        return self.model

    # What the model does; each raises RuntimeError when the chat is over

    def says(self, text: str) -> None:
        """Say a piece of the answer: one chunk."""
        self._alive()
        role = {} if self._chunks else {"role": "assistant"}
        self.text += text
        self._choice({**role, "content": text})

    def tells(self, *, interaction_id: str | None = None, basis: Sequence[JSON] = ()) -> None:
        """Send an id, a basis or both, in a chunk without choices; a whole answer has them, too.

        The chunk has this id, whatever `id_on` says. A whole answer has the chat's own id first.
        Raises ValueError when a part of the basis is no FieldBasis.
        """
        self._alive()
        for part in basis:
            contract.check("FieldBasis", part)
        self._told_id = interaction_id or self._told_id
        self._basis = list(basis) or self._basis
        self._chunk([], interaction_id, basis)

    def finishes(
        self, text: str = "", *, done: bool = True, finish_reason: FinishReason | None = None
    ) -> None:
        """Complete the answer, with a last piece of text if given; its interaction goes on.

        A stream ends with a chunk whose delta is empty, which has the `finish_reason` (documented
        as always empty), and with `data: [DONE]`; without `done` it closes cleanly after the chunk.
        """
        self._alive()
        if text:
            self.says(text)
        if not self.is_streamed:
            self._outbox.put_nowait(json.dumps(self._whole(finish_reason)).encode())
        self._choice({}, finish_reason, last=True)
        if self.id_on == "none-but-alone" and self.interaction_id:
            self._chunk([], self.interaction_id)
        if self.is_streamed and done:
            self._outbox.put_nowait(DONE)
        self._end(Status.COMPLETED)

    def breaks(self) -> None:
        """Cut the connection after what was said so far."""
        self._alive()
        self.is_broken = True
        self._end(Status.FAILED)

    def errs(self, message: str, *, named_event: bool = False) -> None:
        """Fail with an error in OpenAI's form, and close cleanly without `[DONE]`.

        A stream has it as `data:`, under the name `error` with `named_event`. A whole answer has
        it as its body, with status 500.
        """
        self._alive()
        detail = {"message": message, "type": "server_error", "param": None, "code": None}
        body = json.dumps({"error": detail}).encode()
        name = b"event: error\n" if named_event else b""
        self._outbox.put_nowait(name + b"data: " + body + b"\n\n" if self.is_streamed else body)
        self._end(Status.FAILED)

    def sends(self, raw: bytes) -> None:
        """Send bytes as they are: garbage, half a character, a comment."""
        self._alive()
        self._outbox.put_nowait(raw)

    # What a client sees

    @property
    def is_over(self) -> bool:
        """Whether the model has come to an end of any kind."""
        return self.status.is_over

    async def pieces(self) -> AsyncGenerator[bytes]:
        """Hand out the bytes of the answer as they come, up to the end; for one reader, once."""
        while (piece := await self._outbox.get()) is not None:
            yield piece

    def __repr__(self) -> str:
        """Show id, status and model: enough for a failing test."""
        return f"<LocalChat {self.interaction_id} {self.status} {self.model}>"

    # Inside

    def _alive(self) -> None:
        if self.is_over:
            raise RuntimeError(f"{self!r} is over")

    def _end(self, status: Status) -> None:
        self.status = status
        self._outbox.put_nowait(None)

    def _choice(
        self, delta: JSON, finish_reason: FinishReason | None = None, *, last: bool = False
    ) -> None:
        carries = (
            self.id_on == "every"
            or (self.id_on == "last" and last)
            or (self.id_on == "first" and not self._chunks)
        )
        self._chunks += 1
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason, "logprobs": None}
        self._chunk([choice], self.interaction_id if carries else None)

    def _chunk(
        self, choices: list[JSON], interaction_id: str | None, basis: Sequence[JSON] = ()
    ) -> None:
        """Send a ChatCompletionResponseChunk; nothing when the answer is wanted whole."""
        if self.is_streamed:
            kind = "chat.completion.chunk"
            chunk = {"type": kind, **self._frame(kind, choices, interaction_id, basis)}
            self._outbox.put_nowait(f"data: {json.dumps(chunk)}\n\n".encode())

    def _whole(self, finish_reason: FinishReason | None) -> JSON:
        """Return the answer as a ChatCompletion.

        Its Choice requires `delta` and knows no `message`; clients read `message`. It has both.
        """
        message = {"role": "assistant", "content": self.text, "refusal": None}
        choice = {
            "index": 0,
            "message": message,
            "delta": message,
            "finish_reason": finish_reason,
            "logprobs": None,
        }
        own_id = self.interaction_id or self._told_id
        return self._frame("chat.completion", [choice], own_id, self._basis)

    def _frame(
        self, kind: str, choices: list[JSON], interaction_id: str | None, basis: Sequence[JSON]
    ) -> JSON:
        """Return what chunks and whole answers have in common, empty what is documented so."""
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
