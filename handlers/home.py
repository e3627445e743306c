"""The Home tab: published when somebody opens it, and again after anything pressed in it."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

from slack_bolt.app.async_app import AsyncApp

from bot.errors import Refused, Unavailable
from bot.model import ChannelId, TeamId, UserId
from bot.ports import Hall, Message, Person
from bot.slack import actions
from bot.slack.home import home
from bot.slack.incoming import home_opened
from bot.slack.pressed import Action
from handlers.pressing import RETURN_WITHIN, listen, processor, run_on

log = logging.getLogger(__name__)

PUBLISH_WITHIN = 0.4  # seconds that a press waits for what came of it to be shown


def register(app: AsyncApp, hall: Hall) -> None:
    """Listen to the tab being opened, and to what is chosen in it."""

    @app.event("app_home_opened")
    async def opened(body: dict[str, Any]) -> None:
        if who := home_opened(body):
            try:
                async with asyncio.timeout(RETURN_WITHIN):
                    await publish(hall, *who)
            except TimeoutError as late:
                raise Unavailable("the Home tab was not published in time") from late

    async def choose(action: Action) -> Message | None:
        await hall.mailbox.choose(Person(action.team, action.user), processor(action.value))
        await publish_again(hall, action)
        return None

    async def refresh(action: Action) -> None:
        await publish_again(hall, action)

    listen(app, hall, actions.HOME_PROCESSOR, choose)
    listen(app, hall, actions.HOME_REFRESH, refresh)


async def publish(hall: Hall, team: TeamId, person: UserId) -> None:
    """Show a person what is so now.

    Raises:
        Unavailable: later.
    """
    mailbox = hall.mailbox
    view = home(
        await mailbox.recent(team, person),
        await mailbox.choices(team, ChannelId(""), person, None),
        hall.default_processor,
        hall.workspace,
        ratings=await mailbox.ratings(),
        now=time.time(),
    )
    try:
        # The team comes back with what is pressed there: Slack tells only the person's own.
        await hall.views.publish(person, {**view, "private_metadata": team})
    except Refused as refused:
        log.warning("the Home tab was not published: %s", refused)


async def publish_again(hall: Hall, action: Action) -> None:
    """Show what came of a press in the tab: a courtesy, for it is written down."""

    async def courtesy() -> None:
        try:
            await publish(hall, action.team, action.user)
        except Unavailable as error:
            log.warning("the Home tab was not published: %s", error)

    await run_on(courtesy(), asyncio.get_running_loop().time() + PUBLISH_WITHIN)
