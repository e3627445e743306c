"""The Home tab and the first hello through the whole bot: what people find there, or do not."""

from __future__ import annotations

import pytest

from bot.playground.slack import Channel, Message
from tests.e2e.dialogue import acknowledged, action_ids, answered
from tests.e2e.stage import Stage
from tests.slack_clients import quiet


def of_app(stage: Stage, channel: Channel) -> list[Message]:
    """What the bot has said in a channel, outside of threads; not that it joined."""
    mine = (m for m in channel.visible() if m.user == stage.slack.app.bot_user_id)
    return [m for m in mine if m.subtype is None and m.thread_ts is None]


async def hello(stage: Stage, channel: Channel) -> Message:
    """Wait until the bot has said something in a channel."""
    return (await stage.slack.until(lambda: of_app(stage, channel)))[0]


async def opened(stage: Stage) -> str:
    """Ada opens her Home tab; return all of its text."""
    await stage.ada.opens_home()
    await quiet(stage.slack.deliveries[-1])
    view = stage.slack.home(stage.ada)
    assert view
    return str(view.content["blocks"])


async def test_home_lists_a_thread_by_its_first_question_for_members_only(
    one: Stage,
) -> None:
    asked, _, _ = await answered(one)
    await one.bob.replies(asked, "a question of bob's own?")
    (await one.parallel.next_run()).finishes("Yes.")
    await one.ada.replies(asked, "and since when?")
    run = await one.parallel.next_run()
    home = await opened(one)
    assert "1 running or waiting" in home
    assert f"|who owns it?> · <#{one.general.id}> · " in home
    assert "bob's own" not in home
    one.general.members.discard(one.ada.id)
    await one.stop_bot()
    await one.start_bot()
    home = await opened(one)
    assert "|Question not shown>" in home
    assert "who owns it?" not in home
    assert "since when?" not in home
    run.finishes("Since 1956.")


@pytest.mark.also_over_http
async def test_invited_the_bot_says_once_what_it_does_and_costs(stage: Stage) -> None:
    sales = stage.slack.channel("sales", [stage.ada, stage.bob], bot=False)
    invitation = await stage.ada.invites_app(sales)
    said = await hello(stage, sales)
    assert "Mention me with a question" in said.text
    assert "*Standard (core-fast)* ($0.025 a run" in said.text
    assert "`/processor replies mention`" in said.text
    assert said.thread_ts is None
    assert not said.pings
    await stage.slack.redeliver(invitation)
    sales.members.discard(invitation.user)
    await stage.bob.invites_app(sales)
    await acknowledged(stage)
    await stage.slack.person("eve").joins(sales)
    await stage.ada.says(sales, f"{stage.me} who owns it?")
    run = await stage.parallel.next_run()
    run.finishes("Egypt.")
    assert len(of_app(stage, sales)) == 1
    assert len(stage.parallel.runs) == 1


async def test_it_names_what_the_channel_chose_and_greets_again_elsewhere(one: Stage) -> None:
    board = one.slack.channel("board", [one.ada], bot=False, private=True)
    await one.ada.command("/processor", "pro", board)
    await one.ada.invites_app(board)
    assert "*pro* ($0.10 a run" in (await hello(one, board)).text
    await one.stop_bot()
    other = one.slack.channel("other", [one.ada], bot=False)
    await one.start_bot()
    one.slack.faults.next("chat.postMessage", cut="after")
    await one.ada.invites_app(other)
    await hello(one, other)
    await acknowledged(one)
    assert len(of_app(one, other)) == 1
    assert not action_ids(of_app(one, other)[0])
