"""A strict Task API on this machine, to try the bot out and to test it.

An ordinary HTTP server that knows Parallel's Task API and Chat API: runs, task groups, event
streams, chat completions, chains of interactions. It does no research; whoever holds its Python
objects says what comes out. It promises nothing that Parallel's documentation does not promise, and
refuses what is refused there.

From the bottom up: `words`; `contract` (the OpenAPI file) and `prices`; `admission` and
`chat_admission`, what is refused at once; `interactions`, what `runs` and `chats` have in common;
`groups`, and `records` of all; `requests`, `operations` and `web`, which serve them; `faults` on
demand; `local`, all put together; `automatic`, `samples` and `reports`, which play the other side;
`relay`, the way to the real one instead.
"""

from bot.playground.task_api.automatic import Automatic, SampleChat, sample_chat, sample_research
from bot.playground.task_api.chats import LocalChat
from bot.playground.task_api.interactions import Interaction
from bot.playground.task_api.local import ChatScript, LocalTaskApi, Script
from bot.playground.task_api.protocol import Request, Status
from bot.playground.task_api.relay import Relay
from bot.playground.task_api.runs import LocalRun

__all__ = [
    "Automatic",
    "ChatScript",
    "Interaction",
    "LocalChat",
    "LocalRun",
    "LocalTaskApi",
    "Relay",
    "Request",
    "SampleChat",
    "Script",
    "Status",
    "sample_chat",
    "sample_research",
]
