"""The app on the local Slack, for tests of what it shows beside its messages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.thread import InteractionId, RunId, TurnId, UserId
from bot.domain.turn import Ending, EndingKind, State
from bot.playground.slack import Channel, LocalSlack, Message, Person, View
from bot.ports import DEADLINES, Deadlines
from tests.contract.handlers.bolt_harness import bolt_app
from tests.contract.handlers.memory import Known, Memory
from tests.slack_clients import Transport, bolt, client, quiet


@dataclass
class World:
    """The app in Slack; Ada has asked, and her thread has a message with buttons."""

    slack: LocalSlack
    mailbox: Memory
    answers: Known
    ada: Person
    eve: Person
    general: Channel
    root: Message
    me: UserId

    @property
    def turn(self) -> TurnId:
        return TurnId(f"{self.slack.app.team_id}:{self.general.id}:{self.root.ts}")

    async def said(self, *elements: Mapping[str, Any]) -> Message:
        """The bot says something with these elements in the thread."""
        answer = await client(self.slack).chat_postMessage(
            channel=self.general.id,
            thread_ts=self.root.ts,
            text="…",
            blocks=[{"type": "actions", "elements": list(elements)}],
        )
        return self.general.messages[answer["ts"]]

    def answered(self) -> None:
        self.mailbox.turns[self.turn] = replace(
            self.mailbox.turns[self.turn],
            state=State.DONE,
            processor="core",
            run=RunId("trun_1"),
            interaction=InteractionId("trun_1"),
            ending=Ending(EndingKind.ANSWERED, 0),
        )

    async def home(self, person: Person) -> View:
        await person.opens_home()
        await quiet(*self.slack.deliveries)
        view = self.slack.home(person)
        assert view
        return view


@asynccontextmanager
async def opened(transport: Transport, deadlines: Deadlines = DEADLINES) -> AsyncIterator[World]:
    async with LocalSlack(transport=transport, rate_limits=False) as slack:
        ada, eve = slack.person("ada"), slack.person("eve")
        general = slack.channel("general", [ada, eve])
        mailbox, answers, me = Memory(), Known(), UserId(slack.app.bot_user_id)
        app = bolt_app(
            mailbox,
            me=me,
            answers=answers,
            deadlines=deadlines,
            client=client(slack),
            signing_secret=slack.app.signing_secret,
        )
        async with bolt(slack, transport, app):
            root = await ada.says(general, f"<@{me}> who owns the Suez Canal?")
            await quiet(*slack.deliveries)
            yield World(slack, mailbox, answers, ada, eve, general, root, me)


def title(view: View) -> str:
    return str(view.content["title"]["text"])


def text(view: View) -> str:
    return str(view.content["blocks"])


def filled(words: str, processor: str = "pro") -> dict[str, dict[str, str]]:
    return {"question": {"question": words}, "processor": {"processor": processor}}
