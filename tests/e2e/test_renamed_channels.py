"""A channel gets another id: nothing of it is lost, whatever was in progress."""

from __future__ import annotations

import pytest

from bot.playground.slack import Channel, Message
from bot.playground.task_api import LocalRun
from bot.slack import action_ids as actions
from bot.slack.views import admin_forms
from tests.e2e.dialogue import acknowledged, action_ids, elements, said, saw_ephemeral, shown
from tests.e2e.stage import Stage
from tests.e2e.test_budgets import sums, until_sums

CORE = 25_000  # millionths of a dollar


@pytest.fixture
def plans(stage: Stage) -> Channel:
    """A private channel."""
    return stage.slack.channel("plans", members=[stage.ada, stage.bob], private=True)


async def renamed(stage: Stage, channel: Channel) -> str:
    """Give a channel another id, and wait until the bot knows. Returns the old one."""
    old = channel.id
    for delivery in stage.slack.administration.rename(channel):
        await delivery.over.wait()
    return old


async def asked_in(stage: Stage, channel: Channel, text: str) -> tuple[Message, LocalRun]:
    asked = await stage.ada.says(channel, f"{stage.me} {text}")
    run = await stage.parallel.next_run()
    await stage.waited_for(run)
    return asked, run


async def test_a_run_in_progress_and_what_waits_are_answered_in_the_channel_with_its_new_id(
    stage: Stage, plans: Channel
) -> None:
    asked, run = await asked_in(stage, plans, "who owns it?")
    waiting = await stage.bob.replies(asked, "since when?")
    await stage.slack.until(lambda: waiting.reactions)
    await renamed(stage, plans)
    run.finishes("Egypt.")
    answer = await said(stage, asked, "Egypt.")
    assert answer.channel is plans
    second = await stage.parallel.next_run()
    assert second.body["previous_interaction_id"] == run.interaction_id
    second.finishes("Since 1956.")
    await said(stage, asked, "Since 1956.")
    await stage.slack.until(lambda: not waiting.reactions)
    await stage.bob.replies(asked, "and before?")  # a follow-up afterwards
    third = await stage.parallel.next_run()
    assert third.body["previous_interaction_id"] == second.interaction_id
    third.finishes("Others.")
    await said(stage, asked, "Others.")
    assert len(stage.parallel.runs) == 3


async def test_an_answer_arrives_although_its_replica_has_not_heard_of_the_new_id(
    stage: Stage, plans: Channel
) -> None:
    """Another replica took the event: here it is kept from this one, and written by its store."""
    asked, run = await asked_in(stage, plans, "who owns it?")
    old = plans.id
    stage.slack.app.events -= {"channel_id_changed"}
    assert stage.slack.administration.rename(plans) == []
    async with stage.other_replica() as store:
        await store.channel_ids.rename(old, plans.id)  # type: ignore[arg-type]
    run.finishes("Egypt.")
    await said(stage, asked, "Egypt.")
    assert [said.text for said in stage.slack.thread(asked).said].count("Egypt.") <= 1


async def test_choices_budgets_and_policies_stay_with_the_channel(
    stage: Stage, plans: Channel, redis_url: str
) -> None:
    await stage.stop_bot()
    await stage.start_bot(BUDGET_CHANNEL_DAY_USD="0.06", ALLOWED_CHANNELS=plans.id)
    await stage.ada.command("/processor", "core", plans)
    asked, run = await asked_in(stage, plans, "who owns it?")
    assert run.body["processor"] == "core"
    await renamed(stage, plans)
    run.finishes("Egypt.")
    answer = await said(stage, asked, "Egypt.")
    await until_sums(redis_url, "channel", (0, CORE))
    again, second = await asked_in(stage, plans, "who built it?")
    assert second.body["processor"] == "core"
    assert await sums(redis_url, "channel") == (CORE, CORE)
    await stage.ada.replies(again, f"{stage.me} and where is it?")
    second.finishes("Lesseps.")
    await stage.slack.until(lambda: any("budget" in text for text in stage.texts(again)))
    assert len(stage.parallel.runs) == 2
    await stage.ada.clicks(answer, actions.EVIDENCE)
    assert stage.ada.views()


async def test_what_stands_under_earlier_answers_still_works(stage: Stage, plans: Channel) -> None:
    asked, run = await asked_in(stage, plans, "who owns it?")
    run.finishes("Egypt.")
    answer = await said(stage, asked, "Egypt.")
    await renamed(stage, plans)
    assert actions.FOLLOW_UP in action_ids(answer)
    await stage.ada.clicks(answer, actions.FOLLOW_UP)
    outcome = await stage.ada.submits(
        stage.ada.views()[-1], {"question": {"question": "since when?"}}
    )
    assert (outcome.error, outcome.errors) == (None, {})
    second = await stage.parallel.next_run()
    assert second.body["previous_interaction_id"] == run.interaction_id
    second.finishes("Since 1956.")
    await said(stage, asked, "Since 1956.")
    await stage.ada.opens_home()
    view = await stage.slack.until(lambda: stage.slack.home(stage.ada))
    assert "who owns it?" in str(view.content)  # the channel is still one that she sees
    assert f"/archives/{plans.id}/" in str(view.content)


async def test_a_channel_may_be_renamed_twice_and_the_event_come_again(
    stage: Stage, plans: Channel
) -> None:
    asked, run = await asked_in(stage, plans, "who owns it?")
    await renamed(stage, plans)
    await renamed(stage, plans)
    changes = [
        each for each in stage.slack.deliveries if each.event["type"] == "channel_id_changed"
    ]
    for delivery in changes:
        again = await stage.slack.deliver(dict(delivery.event))
        await again.over.wait()
    run.finishes("Egypt.")
    await said(stage, asked, "Egypt.")
    await stage.ada.replies(asked, "since when?")
    second = await stage.parallel.next_run()
    assert second.body["previous_interaction_id"] == run.interaction_id


async def test_a_private_channel_that_is_shared_is_answered_only_if_it_is_allowed(
    stage: Stage, plans: Channel
) -> None:
    asked, run = await asked_in(stage, plans, "who owns it?")
    old = plans.id
    for delivery in stage.slack.administration.share(plans, new_id=True):
        await delivery.over.wait()
    run.finishes("Egypt.")
    answer = await said(stage, asked, "Egypt.")  # it was paid for
    assert "stop" not in shown(answer).lower()
    await stage.ada.replies(asked, "since when?")
    await stage.slack.until(lambda: saw_ephemeral(stage, "shared with another company"))
    await acknowledged(stage)
    for name in (plans.id, old):  # an admin knows the new id, and settings may have the old one
        await stage.stop_bot()
        await stage.start_bot(SHARED_CHANNELS=name)
        await stage.ada.replies(asked, "since when?")
        second = await stage.parallel.next_run()
        assert second.body["previous_interaction_id"]
        second.finishes(f"Since {name}.")
        await said(stage, asked, f"Since {name}.")
    assert elements(answer)


async def test_an_admin_allows_a_channel_by_its_new_id(stage: Stage, plans: Channel) -> None:
    await stage.stop_bot()
    await stage.start_bot(ADMINS=stage.ada.id)
    asked, run = await asked_in(stage, plans, "who owns it?")
    run.finishes("Egypt.")
    await said(stage, asked, "Egypt.")
    for delivery in stage.slack.administration.share(plans, new_id=True):
        await delivery.over.wait()
    outcome = await stage.ada.command(
        "/threadline", f"allow outside <#{plans.id}|plans>", stage.general
    )
    (changed,) = outcome.messages
    await stage.ada.replies(asked, "since when?")
    second = await stage.parallel.next_run()
    assert second.body["previous_interaction_id"] == run.interaction_id
    assert f"<#{plans.id}>" in changed.text


async def test_an_admin_allows_a_shared_channel_in_a_form_opened_there(
    stage: Stage, plans: Channel
) -> None:
    await stage.stop_bot()
    await stage.start_bot(ADMINS=stage.ada.id)
    for delivery in stage.slack.administration.share(plans, new_id=True):
        await delivery.over.wait()
    await stage.ada.command("/threadline", "allow", plans)
    outcome = await stage.ada.submits(
        stage.ada.views()[-1],
        {admin_forms.CHANNELS: {admin_forms.CHANNELS: plans.id}},
    )
    assert (outcome.error, outcome.errors) == (None, {})
