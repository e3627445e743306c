"""The bot as `python -m bot run` starts it, but swift: an answer grows within a second.

What it waits for is the same, only shorter: a conversation has several answers, of a few pieces
each. A post of a killed bot cannot be under way any more on one machine, so a second is long enough
to look for it once more. And the local Slack takes more posts in a channel than Slack does.
"""

from __future__ import annotations

import asyncio
import os

import handlers
from bot import log
from bot.app import Wiring, serve
from bot.configuration.settings import Settings
from bot.engine.context import UpdateTiming
from tests.chaos.quick_bot import LIMITS, RETRY_TIMING

UPDATE_TIMING = UpdateTiming(
    min_interval=0.5,
    debounce=0.02,
    edit_lag=0.5,
    post_lag=0.5,
    thinking_after=1.5,
    append_interval=0.5,
)


async def main() -> None:
    """Run until it is killed."""
    settings = Settings.load(os.environ)
    log.configure(settings)
    wiring = Wiring(timing=UPDATE_TIMING, limits=LIMITS, retry_timing=RETRY_TIMING)
    await serve(settings, asyncio.Event(), handlers.register, wiring=wiring)


if __name__ == "__main__":
    asyncio.run(main())
