"""The bot as `python -m bot run` starts it, without its longest waits.

In a conversation with task groups a run that is not in its group is started again once no create
call can be on its way any more. On one machine that is soon. And the local Slack takes more posts
in a channel than Slack does: a long conversation need not wait its turn among them. Runs that go
on after their turn are looked at sooner.
"""

from __future__ import annotations

import asyncio

from bot.app import Wiring
from bot.command_line import run
from bot.engine.context import RetryTiming
from bot.store.rate_limiter import RateLimits

CREATE_SETTLED_AFTER = 2.0  # seconds
LIMITS = RateLimits(posts=100)
RETRY_TIMING = RetryTiming(settlement=0.5)

if __name__ == "__main__":
    wiring = Wiring(
        create_settled_after=CREATE_SETTLED_AFTER, limits=LIMITS, retry_timing=RETRY_TIMING
    )
    asyncio.run(run(wiring=wiring))
