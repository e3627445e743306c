"""Events that Slack delivers once more, also after later ones that say the contrary.

https://docs.slack.dev/apis/events-api#retries
"""

from __future__ import annotations

from bot.slack import action_ids as actions
from tests.e2e.dialogue import action_ids, answered, said
from tests.e2e.stage import Stage
from tests.e2e.test_manners import follow_up
from tests.e2e.test_unconfirmed import CONFIRMED, priced


async def deliver_again(stage: Stage) -> None:
    """Deliver every event once more."""
    for delivery in list(stage.slack.deliveries):
        await (await stage.slack.deliver(dict(delivery.event))).over.wait()


async def test_an_edit_leaves_the_price_that_it_asks_about(stage: Stage) -> None:
    await stage.stop_bot()
    await stage.start_bot(**CONFIRMED)
    asked, note = await priced(stage)
    for text, price in (("!ultra who?", "$0.30"), ("!ultra4x who, now?", "$1.20")):
        await stage.ada.edits(asked, f"{stage.me} {text}")
        note = await said(stage, asked, f"costs {price}")
        await deliver_again(stage)
        assert actions.CONFIRM in action_ids(note)
    await stage.ada.clicks(note, actions.CONFIRM)
    assert (await stage.parallel.next_run()).input == "who, now?"
    await deliver_again(stage)
    assert len(stage.parallel.runs) == 1


async def test_an_edit_that_adds_the_mention_asks_about_its_price_once(stage: Stage) -> None:
    await stage.stop_bot()
    await stage.start_bot(**CONFIRMED)
    asked = await stage.ada.says(stage.general, "!ultra8x who owns it?")
    await stage.ada.edits(asked, f"{stage.me} !ultra8x who owns it?")
    note = await said(stage, asked, "costs $2.40")
    await deliver_again(stage)
    await stage.ada.clicks(note, actions.DECLINE)
    await stage.ada.replies(asked, f"{stage.me} help")
    await said(stage, asked, "Mention me with a question")
    assert [text for text in stage.texts(asked) if "Start it?" in text] == []


async def test_stop_declines_no_later_price(stage: Stage) -> None:
    await stage.stop_bot()
    await stage.start_bot(**CONFIRMED)
    asked, first = await priced(stage)
    await stage.ada.replies(asked, "stop")
    await stage.slack.until(lambda: "declined *ultra8x*" in first.text)
    await stage.ada.replies(asked, f"{stage.me} !ultra4x who built it?")
    note = await said(stage, asked, "costs $1.20")
    await deliver_again(stage)
    await stage.ada.replies(asked, f"{stage.me} help")
    await said(stage, asked, "Mention me with a question")
    assert actions.CONFIRM in action_ids(note)
    assert not any("Nothing to stop" in text for text in stage.texts(asked))


async def test_mute_does_not_undo_unmute(stage: Stage) -> None:
    asked, _, _ = await answered(stage)
    await stage.ada.replies(asked, "mute")
    await said(stage, asked, "ignore replies")
    await stage.ada.replies(asked, "unmute")
    await said(stage, asked, "answer replies")
    mute = next(d for d in stage.slack.deliveries if d.event.get("text") == "mute")
    await (await stage.slack.deliver(dict(mute.event))).over.wait()
    await follow_up(stage, asked, "and before?")
