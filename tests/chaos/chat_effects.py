"""The moments of a chat request: what a model says is an effect, too, piece by piece.

A request has its *before* when it has come, and its *after* when it has been accepted and the bot
has not yet learned it. A piece, and the end, have their *before* when they are about to be sent;
their *after* comes a moment later, when the bot has most likely read them and not yet acted.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine

from bot.playground.task_api import LocalChat
from tests.chaos.effects import ASKED, Asked, Effects, cut

READ_WITHIN = 0.02  # seconds; the bot shows nothing so soon

Pieces = Callable[[LocalChat], AsyncIterator[str]]


class ChatEffects:
    """Plays chats, and passes their moments."""

    def __init__(self, effects: Effects, pieces: Pieces) -> None:
        """Prepare. `pieces` returns what the model says of a chat before it finishes."""
        self._effects = effects
        self._pieces = pieces
        self._accepted = 0

    def __call__(self, chat: LocalChat) -> Coroutine[None, None, None]:
        """Pass the moment after a request's acceptance; returns what plays the chat to its end."""
        self._accepted += 1
        pieces, asked = self._pieces(chat), ASKED.get()
        if struck := self._effects.strikes(asked.effect, "after", asked.slot):
            cut(asked.request)
        return self._play(chat, None if struck else pieces, f"chat {self._accepted}", asked)

    async def _play(
        self, chat: LocalChat, pieces: AsyncIterator[str] | None, name: str, asked: Asked
    ) -> None:
        """Say the pieces and finish; nothing more once the bot has been struck, or has hung up."""
        if pieces is None:
            return
        async for piece in pieces:
            say = lambda piece=piece: chat.says(piece)  # noqa: E731
            if chat.disconnected.is_set() or await self._struck(
                f"parallel piece of {name}", say, asked
            ):
                return
        if not chat.disconnected.is_set():
            await self._struck(f"parallel end of {name}", chat.finishes, asked)

    async def _struck(self, kind: str, act: Callable[[], None], asked: Asked) -> bool:
        """Act, and pass the moments of that."""
        effect = self._effects.begins(kind)
        if self._effects.strikes(effect, "before", asked.slot):
            cut(asked.request)
            return True
        act()
        await asyncio.sleep(READ_WITHIN)
        if self._effects.strikes(effect, "after", asked.slot):
            cut(asked.request)
            return True
        return False
