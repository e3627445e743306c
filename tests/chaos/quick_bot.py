"""The bot as `python -m bot run` starts it, which is sure sooner that a run was not started.

In a conversation with task groups a run that is not in its group is started again once no create
call can be on its way any more. On one machine that is soon.
"""

from __future__ import annotations

import asyncio

from bot.__main__ import run

SETTLED = 2.0  # seconds

if __name__ == "__main__":
    asyncio.run(run(settled=SETTLED))
