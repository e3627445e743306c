"""Orders, edits and deletions in a real Bolt app: what they do, and what is said in the thread."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.domain.choices import FollowUps
from bot.domain.thread import ThreadKey, TurnId, UserId
from bot.domain.turn import Ending, EndingKind, State, TurnKind
from bot.errors import Unavailable
from bot.playground.slack import LocalSlack
from bot.ports import Addressing
from tests.contract.handlers.bolt_harness import ASKS, HERE, ROOT, THREAD, TS, bolt_app, event, tell
from tests.contract.handlers.memory import Memory
from tests.slack_clients import Transport, bolt, client, quiet

FIRST = TurnId(f"T1:C1:{ROOT}")
BOB, EVE = UserId("U2BOB"), UserId("U9EVE")


def reply(text: str, **more: Any) -> dict[str, Any]:
    return event("message", text=text, thread_ts=ROOT, **more)


async def retold(app: AsyncApp, body: dict[str, Any]) -> BoltResponse:
    """Dispatch a redelivery as Socket Mode does."""
    headers = {"x-slack-retry-num": ["1"], "x-slack-retry-reason": ["timeout"]}
    return await app.async_dispatch(
        AsyncBoltRequest(mode="socket_mode", body=body, headers={**headers})
    )


async def ask(app: AsyncApp) -> None:
    """Ada asks a question that is going on from then on."""
    await tell(app, event("message", text=ASKS, ts=ROOT))


def end(mailbox: Memory) -> None:
    ending = Ending(EndingKind.ANSWERED, 0)
    mailbox.turns[FIRST] = replace(mailbox.turns[FIRST], state=State.DONE, ending=ending)


def asides(mailbox: Memory) -> list[TurnKind]:
    return [question.start for question in mailbox.questions if question.start.needs_no_run]


# --- stop -------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["stop", "<@U0BOT> Stop."])
async def test_the_asker_stops_a_run_with_one_word(
    app: AsyncApp, mailbox: Memory, text: str
) -> None:
    await ask(app)
    for kind in ("app_mention", "message"):
        assert (
            await tell(app, {**reply(text), "event": {**reply(text)["event"], "type": kind}})
        ).status == 200
    assert mailbox.turns[FIRST].signals.stop == "U1ADA"
    assert list(mailbox.turns) == [FIRST]


async def test_other_askers_of_the_thread_and_admins_may_stop(
    app: AsyncApp, mailbox: Memory
) -> None:
    await ask(app)
    await tell(app, reply("since when?", user=BOB, ts="1700000000.000200"))
    await tell(app, reply("stop", user=BOB, ts="1700000000.000300"))
    assert mailbox.turns[FIRST].signals.stop == BOB
    await tell(app, reply("stop", user="U7ROOT", ts="1700000000.000400"))
    assert mailbox.turns[FIRST].signals.stop == "U7ROOT"


async def test_other_people_are_told_once_why_they_may_not_stop(
    app: AsyncApp, mailbox: Memory
) -> None:
    await ask(app)
    for say in (tell, tell, retold):
        assert (await say(app, reply("stop", user=EVE))).status == 200
    assert mailbox.turns[FIRST].signals.stop is None
    assert asides(mailbox) == [TurnKind.MAY_NOT_STOP]
    await tell(app, reply("stop", user=EVE, ts="1700000000.000900"))
    assert mailbox.turns[FIRST].signals.stop is None  # to have said stop is not to have asked


async def test_nothing_to_stop_is_said_to_those_who_have_asked_here(
    app: AsyncApp, mailbox: Memory
) -> None:
    await ask(app)
    end(mailbox)
    await tell(app, reply("stop", user=EVE, ts="1700000000.000200"))
    assert asides(mailbox) == []
    await tell(app, reply("stop", ts="1700000000.000300"))
    await tell(app, reply("<@U0BOT> stop", user=EVE, ts="1700000000.000400"))
    assert asides(mailbox) == [TurnKind.NOTHING_TO_STOP] * 2


async def test_stop_in_threads_of_others_is_theirs(app: AsyncApp, mailbox: Memory) -> None:
    for payload in (reply("stop"), event("message", text="stop")):
        assert (await tell(app, payload)).status == 200
    assert mailbox.turns == {}


async def test_a_redelivered_stop_does_not_stop_the_next_question(
    app: AsyncApp, mailbox: Memory
) -> None:
    await ask(app)
    order = reply("stop", ts="1700000010.000000")
    await tell(app, reply("since when?", ts="1700000001.000000"))
    await tell(app, order)
    assert mailbox.turns[FIRST].signals.stop == "U1ADA"
    end(mailbox)
    second = TurnId("T1:C1:1700000001.000000")
    mailbox.turns[second] = replace(
        mailbox.turns[second], state=State.RUNNING, starting_at=1_700_000_011.0
    )
    assert (await retold(app, order)).status == 200
    assert mailbox.turns[second].signals.stop is None
    await tell(app, reply("stop", ts="1700000012.000000"))
    assert mailbox.turns[second].signals.stop == "U1ADA"


async def test_a_redelivered_stop_spares_questions_that_were_queued(
    app: AsyncApp, mailbox: Memory
) -> None:
    await ask(app)
    await tell(app, reply("since when?", ts="1700000001.000000"))
    order = reply("stop", ts="1700000010.000000")
    await tell(app, order)
    end(mailbox)
    assert (await retold(app, order)).status == 200
    second = TurnId("T1:C1:1700000001.000000")
    assert mailbox.turns[second].signals.stop is None


@pytest.mark.parametrize("delivered", [tell, retold])
async def test_a_stop_that_comes_late_spares_later_questions(
    app: AsyncApp,
    mailbox: Memory,
    delivered: Callable[[AsyncApp, dict[str, Any]], Awaitable[BoltResponse]],
) -> None:
    await ask(app)
    end(mailbox)
    await tell(app, reply("since when?", ts="1700000020.000000"))
    order = reply("stop", ts="1700000010.000000")
    assert (await delivered(app, order)).status == 200
    assert mailbox.turns[TurnId("T1:C1:1700000020.000000")].signals.stop is None


async def test_a_redelivered_stop_also_stops_a_run_delayed_by_a_busy_api(
    app: AsyncApp, mailbox: Memory
) -> None:
    await ask(app)
    mailbox.turns[FIRST] = replace(
        mailbox.turns[FIRST],
        state=State.RUNNING,
        busy_since=1_700_000_005.0,
        starting_at=1_700_000_011.0,
    )
    assert (await retold(app, reply("stop", ts="1700000010.000000"))).status == 200
    assert mailbox.turns[FIRST].signals.stop == "U1ADA"


@pytest.mark.parametrize("failing", range(3))
async def test_an_order_that_is_not_written_down_is_delivered_again(
    app: AsyncApp, mailbox: Memory, failing: int
) -> None:
    await ask(app)
    mailbox.failing = [Unavailable("Redis: ConnectionError")]
    orders = [
        reply("stop"),
        reply("<@U0BOT> mute"),
        event(
            "message",
            subtype="message_deleted",
            hidden=True,
            deleted_ts=ROOT,
            ts="1700000050.000000",
        ),
    ]
    assert (await tell(app, orders[failing])).status == 500
    assert (await retold(app, orders[failing])).status == 200
    signals = mailbox.turns[FIRST].signals
    assert (signals.stop == "U1ADA", THREAD in mailbox.muted, signals.gone) == tuple(
        n == failing for n in range(3)
    )


# --- near-orders ------------------------------------------------------------------------

FIRM = ["please stop", "stop it", "cancel", "abort!", "can you stop?", "bitte abbrechen", "🛑"]
LOOSE = ["never mind", "nvm", "wait", "forget it, thanks", "laisse tomber"]


@pytest.mark.parametrize("text", [*FIRM, *LOOSE])
@pytest.mark.parametrize("mention", ["", "<@U0BOT> "])
async def test_near_orders_stop_what_is_going_on_and_are_never_asked(
    app: AsyncApp, mailbox: Memory, text: str, mention: str
) -> None:
    await ask(app)
    for kind in ("app_mention", "message"):
        body = reply(mention + text)
        assert (await tell(app, {**body, "event": {**body["event"], "type": kind}})).status == 200
    assert mailbox.turns[FIRST].signals.stop == "U1ADA"
    assert list(mailbox.turns) == [FIRST]


@pytest.mark.parametrize("text", [*FIRM, *LOOSE])
async def test_near_orders_get_a_word_when_nothing_is_going_on(
    app: AsyncApp, mailbox: Memory, text: str
) -> None:
    await ask(app)
    end(mailbox)
    await tell(app, reply(text, user=EVE, ts="1700000000.000200"))
    assert asides(mailbox) == []  # it was said to somebody else, in a thread that is not hers
    for say in (tell, retold):
        await say(app, reply(text, ts="1700000000.000300"))
        await say(app, reply(f"<@U0BOT> {text}", user=EVE, ts="1700000000.000400"))
        await say(app, event("message", channel="D1", channel_type="im", text=text))
    assert asides(mailbox) == [TurnKind.NOTHING_TO_STOP] * 3
    assert len([q for q in mailbox.questions if not q.start.needs_no_run]) == 1


@pytest.mark.parametrize("text", [*FIRM, *LOOSE])
async def test_near_orders_in_threads_of_others_are_theirs(
    app: AsyncApp, mailbox: Memory, text: str
) -> None:
    for payload in (reply(text), event("message", text=text)):
        assert (await tell(app, payload)).status == 200
    assert mailbox.turns == {}


@pytest.mark.parametrize("text", LOOSE)
async def test_keywords_between_people_stop_nobody_elses_question(
    app: AsyncApp, mailbox: Memory, text: str
) -> None:
    await ask(app)
    await tell(app, reply(text, user=EVE, ts="1700000001.000000"))
    assert mailbox.turns[FIRST].signals.stop is None
    await tell(app, reply("since when?", user=BOB, ts="1700000002.000000"))
    await tell(app, reply(text, user=BOB, ts="1700000003.000000"))
    assert mailbox.turns[FIRST].signals.stop is None
    assert mailbox.turns[TurnId("T1:C1:1700000002.000000")].signals.stop == BOB
    assert asides(mailbox) == []
    await tell(app, reply(f"<@U0BOT> {text}", user=EVE, ts="1700000004.000000"))
    assert asides(mailbox) == [TurnKind.MAY_NOT_STOP]


@pytest.mark.parametrize("text", FIRM)
async def test_a_near_stop_by_somebody_else_is_declined(
    app: AsyncApp, mailbox: Memory, text: str
) -> None:
    await ask(app)
    await tell(app, reply(text, user=EVE))
    assert mailbox.turns[FIRST].signals.stop is None
    assert asides(mailbox) == [TurnKind.MAY_NOT_STOP]


@pytest.mark.parametrize("deaf", ["muted", "mentions only"])
async def test_ambiguous_stops_are_ignored_where_replies_are(
    app: AsyncApp, mailbox: Memory, deaf: str
) -> None:
    await ask(app)
    if deaf == "muted":
        mailbox.muted = {THREAD}
    else:
        mailbox.replies[HERE] = FollowUps.MENTION
    await tell(app, reply("never mind", ts="1700000001.000000"))
    assert mailbox.turns[FIRST].signals.stop is None
    await tell(app, reply("please stop", ts="1700000002.000000"))
    assert mailbox.turns[FIRST].signals.stop == "U1ADA"
    assert list(mailbox.turns) == [FIRST]


def edited(before: str, after: str) -> dict[str, Any]:
    said = {"type": "message", "user": "U1ADA", "ts": TS, "thread_ts": ROOT}
    now = {**said, "text": after, "edited": {"ts": "1700000050.000000"}}
    return event(
        "message",
        subtype="message_changed",
        hidden=True,
        message=now,
        previous_message={**said, "text": before},
    )


@pytest.mark.parametrize("before", ["!pro-fst who?", "thanks", "help", "status", "ok?"])
async def test_an_edit_before_the_reply_to_a_remark_is_asked(
    app: AsyncApp, mailbox: Memory, before: str
) -> None:
    await ask(app)
    await tell(app, reply(before))
    assert mailbox.turns[TurnId(f"T1:C1:{TS}")].ending is None
    for _ in range(2):
        await tell(app, edited(before, "who built it?"))
    assert [q.text for q in mailbox.questions if q.text == "who built it?"] == ["who built it?"]


async def test_a_question_edited_into_a_near_stop_and_back_is_asked_again(
    app: AsyncApp, mailbox: Memory
) -> None:
    await ask(app)
    await tell(app, reply("who built it?"))
    second = TurnId(f"T1:C1:{TS}")
    await tell(app, edited("who built it?", "never mind"))
    assert mailbox.turns[second].signals.gone
    assert list(mailbox.turns) == [FIRST, second]
    await tell(app, edited("never mind", "who built it, then?"))
    assert [q.text for q in mailbox.questions if q.text.endswith("then?")] == [
        "who built it, then?"
    ]


# --- mute, and sleep --------------------------------------------------------------------


async def test_a_thread_is_muted_and_unmuted(app: AsyncApp, mailbox: Memory) -> None:
    await ask(app)
    for say in (tell, retold):
        await say(app, reply("<@U0BOT> mute", ts="1700000000.000200"))
    assert mailbox.muted == {THREAD}
    await tell(app, reply("just chatting", ts="1700000000.000300"))
    await tell(app, reply("<@U0BOT> who?", ts="1700000000.000400"))
    await tell(app, reply("<@U0BOT> unmute", ts="1700000000.000500"))
    assert mailbox.muted == set()
    assert asides(mailbox) == [TurnKind.MUTED, TurnKind.UNMUTED]
    assert [q.text for q in mailbox.questions if not q.start.needs_no_run][1:] == ["who?"]


async def test_an_order_to_mute_delivered_again_does_not_undo_a_later_one(
    app: AsyncApp, mailbox: Memory
) -> None:
    await ask(app)
    mute = reply("<@U0BOT> mute", ts="1700000000.000200")
    unmute = reply("<@U0BOT> unmute", ts="1700000000.000300")
    for order, later in ((mute, unmute), (unmute, mute)):
        mailbox.turns.clear()
        await tell(app, order)
        await tell(app, later)
        muted = set(mailbox.muted)
        await retold(app, order)
        assert mailbox.muted == muted
    assert mailbox.muted == {THREAD}


async def test_mute_without_a_mention_counts_only_from_askers_of_the_thread(
    app: AsyncApp, mailbox: Memory
) -> None:
    await ask(app)
    await tell(app, reply("mute", user=EVE, ts="1700000000.000200"))
    assert (mailbox.muted, asides(mailbox)) == (set(), [])
    await tell(app, reply("please mute", ts="1700000000.000300"))
    assert mailbox.muted == {THREAD}
    await tell(app, reply("unmute", user=EVE, ts="1700000000.000400"))
    assert mailbox.muted == {THREAD}
    await tell(app, reply("unmute", ts="1700000000.000500"))
    assert mailbox.muted == set()
    assert asides(mailbox) == [TurnKind.MUTED, TurnKind.UNMUTED]
    assert len([q for q in mailbox.questions if not q.start.needs_no_run]) == 1


async def test_asides_are_left_alone(app: AsyncApp, mailbox: Memory) -> None:
    await ask(app)
    for n, text in enumerate(("<@U2BOB> look", "// psst", "aside: no")):
        assert (await tell(app, reply(text, ts=f"1700000000.00020{n}"))).status == 200
    assert list(mailbox.turns) == [FIRST]


async def test_a_reply_in_a_thread_that_has_slept_is_kept_in_a_note(
    app: AsyncApp, mailbox: Memory
) -> None:
    await ask(app)
    mailbox.asleep = {THREAD}
    assert (await tell(app, reply("!pro since when?"))).status == 200
    note = mailbox.turns[TurnId(f"T1:C1:{TS}~asleep")].question
    assert (note.start, note.text, note.processor) == (TurnKind.DORMANT, "since when?", "pro")
    assert mailbox.reaches[-1] is Addressing.SIDE
    assert len(mailbox.turns) == 2


# --- Slack's own Stop, edits and deletions, in Slack ------------------------------------


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_people_change_their_minds_in_slack(transport: Transport, mailbox: Memory) -> None:
    async with LocalSlack(transport=transport, rate_limits=False) as slack:
        ada, eve = slack.person("ada"), slack.person("eve")
        general = slack.channel("general", [ada, eve])
        me, call = UserId(slack.app.bot_user_id), client(slack)
        secret = slack.app.signing_secret
        app = bolt_app(mailbox, me=me, client=call, signing_secret=secret)
        async with bolt(slack, transport, app):
            root = await ada.says(general, f"<@{me}> who owns https://example.com/ ?")
            reply = await ada.replies(root, "since when?")
            await quiet(*slack.deliveries)
            first, second = mailbox.turns
            await slack.unfurls(root)
            await quiet(*slack.deliveries)
            assert mailbox.turns[first].signals.edited is None
            await ada.edits(root, f"<@{me}> who built it?")
            await ada.edits(reply, "stop")
            await quiet(*slack.deliveries)
            edited = mailbox.turns[first].signals.edited
            assert edited
            assert edited.text == "who built it?"
            assert mailbox.turns[second].signals.edited is None
            await ada.deletes(reply)
            await quiet(*slack.deliveries)
            assert mailbox.turns[second].signals.gone

            await call.agents_sessions_setStatus(
                channel_id=general.id, thread_ts=root.ts, status="processing"
            )
            await eve.stops(root)
            await quiet(*slack.deliveries)
            assert mailbox.turns[first].signals.stop is None
            assert asides(mailbox) == [TurnKind.MAY_NOT_STOP]
            await ada.stops(root)
            await quiet(*slack.deliveries)
            assert mailbox.turns[first].signals.stop == ada.id

            for turn in (first, second):
                ending = Ending(EndingKind.ANSWERED, 0)
                mailbox.turns[turn] = replace(mailbox.turns[turn], ending=ending)
            await ada.stops(root)
            await quiet(*slack.deliveries)
            thread = mailbox.turns[first].question.thread
            assert mailbox.sessions == [thread]
            assert isinstance(thread, ThreadKey)

            await ada.replies(root, "and why?")
            await ada.deletes(root)
            await quiet(*slack.deliveries)
            assert not mailbox.turns[first].signals.gone  # it was over
            assert all(a.acked for d in slack.deliveries for a in d.attempts)
