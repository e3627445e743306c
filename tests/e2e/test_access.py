"""Who is answered: outsiders, guests and shared channels are refused politely, and for free."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.playground.slack import Channel, Message, Person
from bot.slack import action_ids as actions
from tests.e2e.dialogue import acknowledged, answered, begun, said, saw_ephemeral, shown
from tests.e2e.stage import AGAIN_SOON, Stage

OUTSIDER = "I only answer people who belong to it"
SHARED = "shared with another company"
GUEST = "I don't answer guests here"
UNKNOWN = "couldn't check with Slack"
WAITS = "Your question isn't lost"


def shared_channel(stage: Stage) -> tuple[Channel, Person]:
    """Return a channel shared with another company, and one of its people."""
    eve = stage.slack.person("eve", team="partner")
    return stage.slack.channel("partners", members=[stage.ada, eve], bot=True), eve


async def share(stage: Stage, channel: Channel) -> None:
    """Share a channel, and wait until the bot knows."""
    for delivery in stage.slack.administration.share(channel):
        await delivery.over.wait()


async def everything_kept(redis_url: str) -> str:
    """Return all that is in Redis."""
    async with Redis.from_url(redis_url, decode_responses=True) as redis:
        read: dict[str, Callable[[str], Any]] = {
            "hash": redis.hgetall,
            "string": redis.get,
            "stream": redis.xrange,
            "zset": lambda key: redis.zrange(key, 0, -1),
            "list": lambda key: redis.lrange(key, 0, -1),
        }
        kinds = {key: str(await redis.type(key)) async for key in redis.scan_iter()}
        return repr([await read[kind](key) for key, kind in kinds.items() if kind in read])


# --- outsiders --------------------------------------------------------------------------


@pytest.mark.also_over_http
async def test_an_outsider_hears_once_a_day_that_they_are_not_answered(
    stage: Stage, redis_url: str
) -> None:
    partners, eve = shared_channel(stage)
    others = stage.slack.channel("others", members=[stage.ada, eve], bot=True)
    for channel, text in ((partners, "who owns it?"), (others, "who built it?")):
        await eve.says(channel, f"{stage.me} {text}")
        await acknowledged(stage)
    (only,) = stage.slack.ephemerals(eve)
    assert OUTSIDER in only.text
    assert stage.parallel.runs == []
    assert "who owns" not in await everything_kept(redis_url)
    await stage.ada.says(stage.general, f"{stage.me} who owns it?")
    await stage.parallel.next_run()
    assert "who owns" in await everything_kept(redis_url)  # so it would have been found


async def test_an_outsider_is_refused_in_direct_and_group_messages(stage: Stage) -> None:
    eve = stage.slack.person("eve", team="partner")
    bea = stage.slack.person("bea", team="partner")
    await eve.says(stage.slack.dm(eve), "who owns it?")
    await bea.says(stage.slack.mpim([stage.ada, bea]), f"{stage.me} who owns it?")
    await acknowledged(stage)
    for person in (eve, bea):
        (only,) = stage.slack.ephemerals(person)
        assert OUTSIDER in only.text
    assert stage.parallel.runs == []


async def test_a_group_message_with_an_outsider_is_shared_for_our_own_people_too(
    stage: Stage,
) -> None:
    eve = stage.slack.person("eve", team="partner")
    await stage.ada.says(stage.slack.mpim([stage.ada, eve]), f"{stage.me} who owns it?")
    await stage.slack.until(lambda: saw_ephemeral(stage, SHARED))
    assert stage.parallel.runs == []


async def test_a_reaction_or_a_shortcut_researches_nothing_in_a_shared_channel(
    stage: Stage,
) -> None:
    await stage.stop_bot()
    stage.slack.app.scopes.add("reactions:read")
    stage.slack.app.events.add("reaction_added")
    await stage.start_bot(RESEARCH_REACTION="mag")
    partners, eve = shared_channel(stage)
    message = await stage.ada.says(partners, "Who owns the canal?")
    await eve.reacts(message, "mag")
    await stage.slack.until(lambda: saw_ephemeral(stage, OUTSIDER, person=eve))
    await stage.ada.shortcut(actions.RESEARCH, message)
    await stage.slack.until(lambda: saw_ephemeral(stage, SHARED))
    await acknowledged(stage)
    assert stage.ada.views() == []
    assert stage.parallel.runs == []


async def test_an_outsiders_home_tab_says_why_there_is_nothing_in_it(stage: Stage) -> None:
    eve = stage.slack.person("eve", team="partner")
    await eve.opens_home()
    view = await stage.slack.until(lambda: stage.slack.home(eve))
    assert OUTSIDER in str(view.content)
    assert "home_processor" not in str(view.content)


async def test_our_own_people_are_refused_in_a_shared_channel_unless_it_was_allowed(
    stage: Stage,
) -> None:
    partners, eve = shared_channel(stage)
    await stage.ada.says(partners, f"{stage.me} who owns it?")
    (only,) = await stage.slack.until(lambda: stage.slack.ephemerals(stage.ada))
    assert SHARED in only.text
    assert stage.parallel.runs == []
    await stage.stop_bot()
    await stage.start_bot(SHARED_CHANNELS=partners.id)
    asked = await stage.ada.says(partners, f"{stage.me} who owns it?")
    (await stage.parallel.next_run()).finishes("Egypt.")
    await said(stage, asked, "Egypt.")
    await eve.replies(asked, "who built it?")  # an outsider's follow-up, with what came before
    run = await stage.parallel.next_run()
    assert run.body["previous_interaction_id"]
    assert "who built it?" in str(run.body["input"])


async def test_people_hear_once_a_day_in_all_channels_and_presses_do_not_count(
    stage: Stage,
) -> None:
    _, answer, _ = await answered(stage)
    eve = stage.slack.person("eve", team="partner")
    stage.general.members.add(eve.id)
    for _ in range(2):
        await eve.clicks(answer, actions.EVIDENCE)
    assert [OUTSIDER in each.text for each in stage.slack.ephemerals(eve)] == [True, True]
    await eve.says(stage.general, f"{stage.me} who owns it?")
    await stage.slack.until(lambda: len(stage.slack.ephemerals(eve)) == 3)
    await eve.says(stage.general, f"{stage.me} who built it?")
    await acknowledged(stage)
    assert len(stage.slack.ephemerals(eve)) == 3
    assert eve.views() == []


# --- a thread that was begun before ------------------------------------------------------


async def test_a_thread_begun_before_its_channel_was_shared_is_closed_to_outsiders(
    stage: Stage, redis_url: str
) -> None:
    asked, answer, _ = await answered(stage)
    eve = stage.slack.person("eve", team="partner")
    stage.general.members.add(eve.id)
    await share(stage, stage.general)
    runs, lines = len(stage.parallel.runs), len(stage.slack.thread(asked).said)
    reply = await eve.replies(asked, "what does the contract say?")
    await acknowledged(stage)
    assert saw_ephemeral(stage, OUTSIDER, person=eve)
    await eve.edits(reply, "which secret does it hold?")
    await eve.replies(asked, f"{stage.me} stop")
    await eve.replies(asked, "status?")
    await eve.replies(asked, "thanks!")
    await acknowledged(stage)
    assert (len(stage.parallel.runs), len(stage.slack.thread(asked).said)) == (runs, lines)
    assert reply.reactions == {}
    kept = await everything_kept(redis_url)
    assert "contract" not in kept
    assert "secret" not in kept
    for action in (actions.EVIDENCE, actions.FOLLOW_UP, actions.RERUN):
        await eve.clicks(answer, action)
    assert eve.views() == []


async def test_a_reply_of_our_own_people_is_refused_while_the_channel_is_shared(
    stage: Stage,
) -> None:
    asked, _, _ = await answered(stage)
    await share(stage, stage.general)
    await stage.ada.replies(asked, "since when?")
    await stage.slack.until(lambda: saw_ephemeral(stage, SHARED))
    assert len(stage.parallel.runs) == 1
    for delivery in stage.slack.administration.unshare(stage.general):
        await delivery.over.wait()
    await stage.ada.replies(asked, "and who built it?")
    run = await stage.parallel.next_run()
    assert run.body["previous_interaction_id"]


async def test_a_message_from_a_channel_that_was_shared_unnoticed_is_refused_at_once(
    stage: Stage,
) -> None:
    """The event itself says so, whatever was looked up some minutes ago."""
    asked, _, _ = await answered(stage)
    stage.slack.app.events -= {"channel_shared"}
    await share(stage, stage.general)
    await stage.ada.says(stage.general, f"{stage.me} who built it?")
    await stage.slack.until(lambda: saw_ephemeral(stage, SHARED))
    await stage.ada.replies(asked, "since when?")
    await acknowledged(stage)
    assert len(stage.parallel.runs) == 1


async def test_a_run_goes_on_when_its_channel_is_shared_and_its_asker_may_stop_it(
    stage: Stage,
) -> None:
    asked, status, _ = await begun(stage)
    eve = stage.slack.person("eve", team="partner")
    stage.general.members.add(eve.id)
    await share(stage, stage.general)
    await eve.clicks(status, actions.STOP)
    await eve.replies(asked, f"{stage.me} stop")
    await acknowledged(stage)
    assert "stopped" not in shown(status).lower()
    await stage.ada.clicks(status, actions.STOP)
    await stage.slack.until(lambda: "stopped" in shown(status).lower() + status.text.lower())


async def test_a_channel_to_which_another_company_is_invited_counts_as_shared(
    stage: Stage,
) -> None:
    plans = stage.slack.channel("plans", members=[stage.ada], private=True)
    stage.slack.administration.invite(plans)
    await stage.ada.says(plans, f"{stage.me} who owns it?")
    await stage.slack.until(lambda: saw_ephemeral(stage, SHARED))
    assert stage.parallel.runs == []


async def test_a_channel_shared_within_the_organization_is_like_any_other(stage: Stage) -> None:
    stage.slack.workspace.enterprise = "E0LOCAL"
    await stage.stop_bot()
    await stage.start_bot()
    cay = stage.slack.person("cay", team="sister", sister=True)
    common = stage.slack.channel("common", members=[stage.ada, cay])
    for person in (stage.ada, cay):
        await person.says(common, f"{stage.me} who owns it?")
        await stage.parallel.next_run()
    assert stage.slack.ephemerals(cay) == []


async def test_whoever_invites_the_bot_to_a_shared_channel_reads_that_it_answers_nobody(
    stage: Stage,
) -> None:
    eve = stage.slack.person("eve", team="partner")
    partners = stage.slack.channel("partners", members=[stage.ada, eve], bot=False)
    await stage.ada.invites_app(partners)
    await stage.slack.until(lambda: saw_ephemeral(stage, SHARED))
    await acknowledged(stage)
    assert [each for each in partners.visible() if each.by_app] == []


# --- guests ------------------------------------------------------------------------------


async def test_a_person_who_becomes_a_guest_is_refused_and_a_member_again_is_answered(
    stage: Stage, redis_url: str
) -> None:
    asked, answer, _ = await answered(stage)
    admin = stage.slack.administration
    (changed,) = admin.make_guest(stage.ada.user, "multi-channel")
    await changed.over.wait()
    await stage.ada.replies(asked, "what does the contract say?")
    await stage.slack.until(lambda: saw_ephemeral(stage, GUEST))
    await stage.ada.says(stage.general, f"{stage.me} who built it?")
    await stage.ada.clicks(answer, actions.EVIDENCE)
    assert len(stage.parallel.runs) == 1
    assert "contract" not in await everything_kept(redis_url)
    (changed,) = admin.make_guest(stage.ada.user, "")
    await changed.over.wait()
    await stage.ada.replies(asked, "since when?")
    await stage.parallel.next_run()


async def test_guests_are_answered_where_an_admin_allowed_it(stage: Stage) -> None:
    stage.ada.user.guest = "single-channel"
    await stage.stop_bot()
    await stage.start_bot(GUEST_CHANNELS=stage.general.id)
    await stage.ada.says(stage.general, f"{stage.me} who owns it?")
    await stage.parallel.next_run()


# --- look-ups that fail -----------------------------------------------------------------

FAILING: dict[str, tuple[str, dict[str, Any]]] = {
    "the person, refused": ("users.info", {"error": "missing_scope"}),
    "the person, no answer": ("users.info", {"cut": "before"}),
    "the person, an error page": ("users.info", {"status": 503}),
    "the channel, refused": ("conversations.info", {"error": "missing_scope"}),
    "the channel, no answer": ("conversations.info", {"cut": "after"}),
}


@pytest.mark.parametrize("what", FAILING)
async def test_a_question_that_nobody_could_check_is_refused_and_can_be_asked_again(
    stage: Stage, what: str
) -> None:
    """In an outage, its asker is told before that it waits: here, at the first look-up."""
    await stage.stop_bot()
    await stage.start_bot(retry_timing=replace(AGAIN_SOON, slow_admission=0.0))
    method, how = FAILING[what]
    times = 1 if "error" in how else 2
    stage.slack.faults.next(method, times=99, **how)
    await stage.ada.says(stage.general, f"{stage.me} who owns it?")
    await stage.slack.until(lambda: saw_ephemeral(stage, UNKNOWN))
    await acknowledged(stage)
    assert len(stage.slack.ephemerals(stage.ada)) == times
    assert saw_ephemeral(stage, WAITS) is (times == 2)
    assert stage.parallel.runs == []
    stage.slack.faults.clear()
    await stage.ada.says(stage.general, f"{stage.me} who owns it?")
    await stage.parallel.next_run()
    assert len(stage.slack.ephemerals(stage.ada)) == times


async def test_small_talk_that_nobody_could_check_does_not_hold_up_the_rest(
    stage: Stage,
) -> None:
    """Only a question is worth the wait for the end of an outage."""
    asked, _, _ = await answered(stage)
    await stage.stop_bot()
    await stage.start_bot(retry_timing=replace(AGAIN_SOON, outage=600.0))
    stage.slack.faults.next("users.info", times=99, status=503)
    await stage.bob.replies(asked, "thanks!")
    await acknowledged(stage)
    await stage.ada.replies(asked, f"{stage.me} help")
    await said(stage, asked, "/processor")


@pytest.mark.parametrize("what", FAILING)
async def test_a_look_up_that_fails_once_delays_a_question(stage: Stage, what: str) -> None:
    method, how = FAILING[what]
    stage.slack.faults.next(method, **how)
    await stage.ada.says(stage.general, f"{stage.me} who owns it?")
    await stage.parallel.next_run()
    assert stage.slack.ephemerals(stage.ada) == []


@pytest.mark.parametrize("error", ["user_not_found", "user_not_visible"])
async def test_whom_slack_does_not_know_is_an_outsider(stage: Stage, error: str) -> None:
    stage.slack.faults.next("users.info", times=2, error=error)
    await stage.ada.says(stage.general, f"{stage.me} who owns it?")
    await stage.slack.until(lambda: saw_ephemeral(stage, OUTSIDER))
    assert stage.parallel.runs == []


async def test_a_reply_that_nobody_could_check_is_refused_in_its_turn(stage: Stage) -> None:
    asked, _, _ = await answered(stage)
    stage.slack.faults.next("users.info", times=99, error="missing_scope")
    reply: Message = await stage.bob.replies(asked, "since when?")
    await stage.slack.until(lambda: saw_ephemeral(stage, UNKNOWN, person=stage.bob))
    stage.slack.faults.clear()
    await stage.bob.replies(asked, "since when?")
    run = await stage.parallel.next_run()
    assert run.body["previous_interaction_id"]
    assert reply.reactions == {}
