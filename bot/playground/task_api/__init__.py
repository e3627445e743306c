"""A strict Task API on this machine, to try the bot out and to test it.

An ordinary HTTP server that knows Parallel's Task API: runs, task groups, event streams, chains of
interactions. It does no research; whoever holds its Python objects says what comes out. It
promises nothing that Parallel's documentation does not promise, and refuses what is refused there.

From the bottom up: `words`; `contract` (the OpenAPI file); `admission`, what is refused at once;
`runs` and `groups`, and `records` of them; `requests`, `operations` and `web`, which serve them;
`faults` on demand; `local`, all put together; `automatic` and `samples`, which play the researcher;
`relay`, the way to the real one instead.
"""

from bot.playground.task_api.automatic import Automatic, sample_research
from bot.playground.task_api.local import LocalTaskApi, Script
from bot.playground.task_api.relay import Relay
from bot.playground.task_api.runs import LocalRun
from bot.playground.task_api.words import Request, Status

__all__ = [
    "Automatic",
    "LocalRun",
    "LocalTaskApi",
    "Relay",
    "Request",
    "Script",
    "Status",
    "sample_research",
]
