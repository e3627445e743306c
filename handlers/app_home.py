"""The Home tab: published when somebody opens it, and again after anything pressed in it.

Slack is asked first where the person and the bot both are; when it does not say in time, the words
of questions in channels are not shown.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import Any

from slack_bolt.app.async_app import AsyncApp

from bot.domain.thread import ChannelId, TeamId, UserId
from bot.domain.turn import Turn
from bot.errors import Refused, Unavailable
from bot.ports import HandlerContext, Message, Person
from bot.slack import action_ids
from bot.slack.payloads.agent_events import parse_app_home_opened
from bot.slack.payloads.interactivity import Action
from bot.slack.views import app_home_threads, question_forms
from bot.slack.views.app_home import HomeContent, home_view, is_shown
from bot.slack.views.app_home_threads import THREADS, ThreadsPage, VisiblePlaces
from handlers.interactivity import (
    LOOK_WITHIN,
    RETURN_WITHIN,
    finish_in_background,
    on_action,
    on_submission,
    open_view,
    processor,
)

log = logging.getLogger(__name__)

PUBLISH_WITHIN = 0.4  # seconds that a press waits for what came of it to be shown
LAST_PAGE = 50


@dataclass(frozen=True, slots=True)
class Read:
    """What is read of a person's questions: those going on, and a page of their threads."""

    running: tuple[Turn, ...]
    page: ThreadsPage


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to the tab being opened, and to what is chosen, turned and searched in it."""

    @app.event("app_home_opened")
    async def opened(body: dict[str, Any]) -> None:
        if who := parse_app_home_opened(body):
            try:
                async with asyncio.timeout(RETURN_WITHIN):
                    await publish(context, *who)
            except TimeoutError as late:
                raise Unavailable("the Home tab was not published in time") from late

    async def choose(action: Action) -> Message | None:
        await context.mailbox.choose(Person(action.team, action.user), processor(action.value))
        await publish_again(context, action)
        return None

    async def turn_page(action: Action) -> None:
        await publish_again(context, action, _number(action.value))

    async def search(action: Action) -> None:
        form = app_home_threads.search_form(action.team, context.workspace)
        await open_view(context, action.trigger, form)

    async def searched(body: dict[str, Any]) -> dict[str, Any] | question_forms.FormErrors | None:
        try:
            return await _search(context, app_home_threads.parse_search(body))
        except Unavailable as error:
            log.warning("a search was not carried out: %s", error)
            return app_home_threads.search_error()

    on_action(app, context, action_ids.HOME_PROCESSOR, choose)
    for turning in (action_ids.HOME_REFRESH, action_ids.HOME_BACK, action_ids.HOME_ON):
        on_action(app, context, turning, turn_page)
    on_action(app, context, action_ids.HOME_SEARCH, search)
    on_submission(app, action_ids.HOME_SEARCH, app_home_threads.WORDS, searched)


async def publish(context: HandlerContext, team: TeamId, person: UserId, page: int = 0) -> None:
    """Show a person what is so now, and a page of their threads.

    Raises:
        Unavailable: later.
    """
    mailbox = context.mailbox
    look = asyncio.create_task(_sight(context, person))
    try:
        read = await _read(context, team, person, page)
        spent = await mailbox.spent(team, person)
        choices = await mailbox.choices(team, ChannelId(""), person, None)
        ratings = await mailbox.ratings()
        sight = await look
    finally:
        look.cancel()
    view = home_view(
        HomeContent(
            running=read.running,
            words=lambda turn: app_home_threads.question_words(turn, sight),
            threads=app_home_threads.threads_blocks(read.page, sight, context.workspace),
            page=page,
            spent=spent,
        ),
        choices,
        context.default_processor,
        context.workspace,
        ratings=ratings,
        now=time.time(),
    )
    try:
        # The team comes back with what is pressed there: Slack tells only the person's own.
        await context.views.publish(person, {**view, "private_metadata": team})
    except Refused as refused:
        log.warning("the Home tab was not published: %s", refused)


async def publish_again(context: HandlerContext, action: Action, page: int = 0) -> None:
    """Show what came of a press in the tab: a courtesy, for it is written down."""

    async def courtesy() -> None:
        try:
            await publish(context, action.team, action.user, page)
        except Unavailable as error:
            log.warning("the Home tab was not published: %s", error)

    await finish_in_background(courtesy(), asyncio.get_running_loop().time() + PUBLISH_WITHIN)


async def _read(context: HandlerContext, team: TeamId, person: UserId, number: int) -> Read:
    """Read as many of a person's questions as the page needs, and the first of its threads."""
    asked = await context.mailbox.asked(team, person, 0)
    running = tuple(turn for turn in asked.turns if is_shown(turn) and turn.ending is None)
    turns, start = list(asked.turns), number * THREADS
    while (after := asked.after) and len(app_home_threads.by_thread(turns)) <= start + THREADS:
        asked = await context.mailbox.asked(team, person, after)
        turns += asked.turns
    every = app_home_threads.by_thread(turns)
    keys = list(every)[start : start + THREADS]
    roots = await context.mailbox.known([app_home_threads.root_turn_id(key) for key in keys])
    more = len(every) > start + THREADS
    return Read(
        running,
        app_home_threads.threads_page([every[key] for key in keys], roots, number, more=more),
    )


async def _search(
    context: HandlerContext, form: app_home_threads.SearchSubmission
) -> dict[str, Any] | question_forms.FormErrors:
    """Return the form with what was found."""
    if not (form.text and form.person):
        return question_forms.FormErrors(
            {app_home_threads.WORDS: "Please enter a word to search for."}
        )
    sight = await _sight(context, form.person)
    found: list[Turn] = []
    after: int | None = 0
    while after is not None:
        asked = await context.mailbox.asked(form.team, form.person, after)
        found += app_home_threads.find_questions(asked.turns, form.text, sight)
        after = asked.after
    return app_home_threads.search_form(
        form.team, context.workspace, text=form.text, found=found, sight=sight
    )


async def _sight(context: HandlerContext, person: UserId) -> VisiblePlaces:
    """Return where a person and we both are; None when Slack does not say in time."""
    try:
        async with asyncio.timeout(LOOK_WITHIN):
            return await context.views.seen_by(person)
    except (Refused, Unavailable, TimeoutError) as error:
        log.warning("where somebody is, is not known: %s", str(error) or type(error).__name__)
        return None


def _number(value: str) -> int:
    """Read the number of a page; what is none is the first."""
    return min(int(value), LAST_PAGE) if value.isascii() and value.isdecimal() else 0
