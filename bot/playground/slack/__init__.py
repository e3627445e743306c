"""A strict local Slack: an HTTP and WebSocket server to which a real Slack app can connect.

It refuses what Slack refuses, and delivers events as Slack does: at least once, in no guaranteed
order, over any one connection. It imports nothing from the bot. The parts, from the outside in:

- ``local``: LocalSlack, which puts it together; ``people``: the people who use it;
- ``api``: the Web API, its methods, arguments and rate limits;
- ``apps``: messages of other apps; ``posting``: changes to messages and the events they cause;
- ``interactivity``: slash commands, shortcuts, block actions, modals, the Home tab;
- ``delivery``: events and interactions, over Socket Mode or to a request URL, with retries;
- ``state``: people, conversations, messages, files, views, the app; faults on demand;
- ``rules``: pure rules for blocks, elements, whole messages, views and text.
"""

from bot.playground.slack.apps import OtherApp
from bot.playground.slack.delivery.delivery import Attempt, Delivery, SentInteraction
from bot.playground.slack.interactivity.interactions import Outcome
from bot.playground.slack.local import LocalSlack
from bot.playground.slack.people import Person, Thread
from bot.playground.slack.state.app import DEFAULT_EVENTS, DEFAULT_SCOPES, App, Prompt
from bot.playground.slack.state.entities import Call, Change, Channel, Message, Session, View
from bot.playground.slack.state.files import File
from bot.playground.slack.state.streaming import Streaming

__all__ = [
    "DEFAULT_EVENTS",
    "DEFAULT_SCOPES",
    "App",
    "Attempt",
    "Call",
    "Change",
    "Channel",
    "Delivery",
    "File",
    "LocalSlack",
    "Message",
    "OtherApp",
    "Outcome",
    "Person",
    "Prompt",
    "SentInteraction",
    "Session",
    "Streaming",
    "Thread",
    "View",
]
