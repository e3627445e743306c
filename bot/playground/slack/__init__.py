"""A strict local Slack: an ordinary server that a real Slack app can be pointed at.

It refuses what Slack refuses and delivers as Slack delivers: at least once, in no sure order, to
any one connection. It stands alone and imports nothing of the bot. The parts, from the outside in:

- ``local``: LocalSlack, which puts it together; ``people``: who says and presses things;
- ``web``, ``methods*``, ``arguments``: the Web API; ``faults``, ``limits``: its bad days;
- ``sockets``, ``webhook``: the two transports; ``delivery``, ``events``: what the app hears;
- ``interactions``, ``choosing``, ``responses``, ``views``: commands, shortcuts, buttons, menus,
  modals, the Home tab;
- ``posting``, ``workspace``, ``words``, ``app``: what is said and remembered, what is declared;
- ``apps``, ``shares``: messages of other apps, forwarded messages, previews of messages;
- ``streaming``, ``methods_streams``: messages that grow while they are written;
- ``surfaces``, ``blocks``, ``elements``, ``shapes``, ``translation``, ``text``: pure rules.
"""

from bot.playground.slack.apps import OtherApp
from bot.playground.slack.delivery.delivery import Asked, Attempt, Delivery
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
    "Asked",
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
    "Session",
    "Streaming",
    "Thread",
    "View",
]
