"""A strict local Task API, to try out and to test the bot.

An HTTP server for Parallel's Task API and Chat API: runs, task groups, event streams, chat
completions, interaction chains. It does no research: the caller decides, through Python objects,
what each run returns. It promises nothing that Parallel's documentation does not promise, and
refuses what that refuses. From the bottom up:

- ``protocol``: statuses, errors, ids; ``contract``: the OpenAPI file; ``prices``;
- ``admission``, ``chat_admission``: validation of requests;
- ``interactions``: what ``runs`` and ``chats`` have in common; ``groups``; ``records`` of all;
- ``requests``, ``operations``, ``web``: the server; ``faults``: failures on demand;
- ``local``: all of it put together; ``relay``: forwards to the real Task API instead;
- ``automatic``, ``sample_answers``, ``reports``, ``topics``, ``topic_texts``: sample research.
"""

from bot.playground.task_api.automatic import (
    SampleChat,
    SampleResearch,
    sample_chat,
    sample_research,
)
from bot.playground.task_api.chats import LocalChat
from bot.playground.task_api.interactions import Interaction
from bot.playground.task_api.local import ChatScript, LocalTaskApi, Script
from bot.playground.task_api.protocol import Request, Status
from bot.playground.task_api.relay import Relay
from bot.playground.task_api.runs import LocalRun

__all__ = [
    "ChatScript",
    "Interaction",
    "LocalChat",
    "LocalRun",
    "LocalTaskApi",
    "Relay",
    "Request",
    "SampleChat",
    "SampleResearch",
    "Script",
    "Status",
    "sample_chat",
    "sample_research",
]
