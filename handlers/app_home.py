"""The Home tab: published when somebody opens it, and again after each action in it.

Slack is asked first which channels the person and the bot are both in; when it does not say in
time, questions asked in channels are not shown.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from functools import partial
from typing import Any

from slack_bolt.app.async_app import AsyncApp

from bot.domain import budgets
from bot.domain.access import Verdict
from bot.domain.thread import ChannelId, TeamId, UserId
from bot.domain.turn import Turn
from bot.errors import Refused, Unavailable
from bot.ports import HandlerContext, Message, Person
from bot.slack import action_ids
from bot.slack.messages import ephemeral
from bot.slack.messages.admin import refused
from bot.slack.payloads.agent_events import parse_app_home_opened
from bot.slack.payloads.interactivity import Action
from bot.slack.views import app_home_threads, question_forms
from bot.slack.views.app_home import HomeContent, home_view, is_shown, refused_view
from bot.slack.views.app_home_threads import THREADS, ThreadsPage, VisiblePlaces
from handlers.interactivity import JSON, on_actions, on_submissions, open_view
from handlers.offers import offered_in
from handlers.turns import chosen_processor

log = logging.getLogger(__name__)

LAST_PAGE = 50


@dataclass(frozen=True, slots=True)
class Questions:
    """A person's questions: those in progress, and a page of their threads."""

    running: tuple[Turn, ...]
    page: ThreadsPage


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to the tab being opened, and to its menu, its buttons and its search form."""
    app.event("app_home_opened")(partial(home_opened, context))
    on_actions(
        app,
        context,
        {
            action_ids.HOME_PROCESSOR: choose_for_person,
            action_ids.HOME_REFRESH: show_page,
            action_ids.HOME_BACK: show_page,
            action_ids.HOME_ON: show_page,
            action_ids.HOME_SEARCH: open_search_form,
        },
    )
    on_submissions(
        app, context, {action_ids.HOME_SEARCH: submit_search}, field=app_home_threads.WORDS
    )


async def home_opened(context: HandlerContext, body: dict[str, Any]) -> None:
    """Publish the tab of the person who opened it. Raises Unavailable."""
    if opened := parse_app_home_opened(body):
        try:
            async with asyncio.timeout(context.deadlines.listener):
                await _publish_or_refuse(context, *opened)
        except TimeoutError as late:
            raise Unavailable("the Home tab was not published in time") from late


async def choose_for_person(context: HandlerContext, action: Action) -> None:
    """Set the processor of the person."""
    name = await chosen_processor(context, action, action.value)
    await context.choices.choose(Person(action.team, action.user), name)
    await publish_again(context, action)


async def show_page(context: HandlerContext, action: Action) -> Message | None:
    """Show a page of the person's threads as it is now, or say that Slack does not."""
    is_shown = await publish_again(context, action, _page_number(action.value))
    return None if is_shown else ephemeral.home_not_shown()


async def open_search_form(context: HandlerContext, action: Action) -> None:
    """Open the form that searches the person's questions. Raises Rejected."""
    form = app_home_threads.search_form(action.team, context.workspace)
    await open_view(context, action.trigger_id, form)


async def submit_search(
    context: HandlerContext, body: JSON
) -> JSON | question_forms.FormErrors | None:
    """Return the form with what was found, or what is wrong with it."""
    try:
        return await _search(context, app_home_threads.parse_search(body))
    except Unavailable as error:
        log.warning("search not carried out: %s", error)
        return app_home_threads.search_error()


async def _publish_or_refuse(context: HandlerContext, team: TeamId, person: UserId) -> None:
    """Publish a person's Home tab, or in its place why they may not ask. Raises Unavailable."""
    admission = await context.gate.judge(ChannelId(""), person, direct=True)
    if admission.verdict is Verdict.ALLOWED:
        await publish(context, team, person)
        return
    words = refused(admission.verdict, admission.access, ChannelId(""), pressed=True)
    try:
        await context.views.publish(person, refused_view(words))
    except Refused as error:
        log.warning("Home tab refused: %s", error)


async def publish(context: HandlerContext, team: TeamId, person: UserId, *, page: int = 0) -> bool:
    """Publish a person's Home tab with a page of their threads; False when Slack refuses it.

    Raises:
        Unavailable: try again later.
    """
    ours = context.administration
    looking = asyncio.create_task(_visible_channels(context, person))
    try:
        questions = await _questions(context, team, person, number=page)
        spent = await context.history.spent(team, person)
        choices = await context.choices.read(team, ChannelId(""), person, thread=None)
        ratings = await context.history.ratings()
        offered = await offered_in(context, ChannelId(""))
        sight = await looking
    finally:
        looking.cancel()
    view = home_view(
        HomeContent(
            running=questions.running,
            words=lambda turn: app_home_threads.question_words(turn, sight),
            threads=app_home_threads.threads_blocks(questions.page, sight, context.workspace),
            page=page,
            spent=spent,
            month=budgets.period(budgets.Scope.WORKSPACE, ours.clock(), ours.zone),
            offered=offered,
        ),
        choices,
        default=context.default_processor,
        workspace=context.workspace,
        ratings=ratings,
        now=time.time(),
    )
    try:
        # The team comes back with each action there: Slack gives only the person's own team.
        await context.views.publish(person, {**view, "private_metadata": team})
    except Refused as refused:
        log.warning("Home tab refused: %s", refused)
        return False
    return True


async def publish_again(context: HandlerContext, action: Action, page: int = 0) -> bool:
    """Show what an action in the tab has changed, in the background if it takes long.

    Returns False when it is known not to be shown.
    """

    async def try_to_publish() -> bool:
        try:
            return await publish(context, action.team, action.user, page=page)
        except Unavailable as error:  # what the action changed is durable
            log.warning("Home tab not published: %s", error)
            return False

    deadline = asyncio.get_running_loop().time() + context.deadlines.home
    return await context.background.run_until(deadline, try_to_publish()) is not False


async def _questions(
    context: HandlerContext, team: TeamId, person: UserId, *, number: int
) -> Questions:
    """Read as many of a person's questions as the page needs, and the first of its threads."""
    asked = await context.history.asked(team, person, 0)
    running = tuple(turn for turn in asked.turns if is_shown(turn) and turn.ending is None)
    turns, start = list(asked.turns), number * THREADS
    while (after := asked.after) and len(app_home_threads.by_thread(turns)) <= start + THREADS:
        asked = await context.history.asked(team, person, after)
        turns += asked.turns
    threads = app_home_threads.by_thread(turns)
    keys = list(threads)[start : start + THREADS]
    roots = await context.history.known([app_home_threads.root_turn_id(key) for key in keys])
    more = len(threads) > start + THREADS
    page = app_home_threads.threads_page([threads[key] for key in keys], roots, number, more=more)
    return Questions(running, page)


async def _search(
    context: HandlerContext, form: app_home_threads.SearchSubmission
) -> JSON | question_forms.FormErrors:
    """Return the form with what was found."""
    if not (form.text and form.person):
        return question_forms.FormErrors(
            {app_home_threads.WORDS: "Please enter a word to search for."}
        )
    sight = await _visible_channels(context, form.person)
    found: list[Turn] = []
    after: int | None = 0
    while after is not None:
        asked = await context.history.asked(form.team, form.person, after)
        found += app_home_threads.find_questions(asked.turns, form.text, sight)
        after = asked.after
    return app_home_threads.search_form(
        form.team, context.workspace, text=form.text, found=found, places=sight
    )


async def _visible_channels(context: HandlerContext, person: UserId) -> VisiblePlaces:
    """Return the channels of a person and the bot; None when Slack does not say in time."""
    try:
        async with asyncio.timeout(context.deadlines.lookup):
            return await context.views.recent_places(person)
    except (Refused, Unavailable, TimeoutError) as error:
        log.warning("visible channels not read: %s", str(error) or type(error).__name__)
        return None


def _page_number(value: str) -> int:
    """Return the page number that a button has; 0 where it has none."""
    return min(int(value), LAST_PAGE) if value.isascii() and value.isdecimal() else 0
