"""A run of $0.30 and more starts only when its price was confirmed."""

from __future__ import annotations

import time
from typing import Any

import pytest

from bot.playground.slack import Message
from bot.slack import action_ids as actions
from tests.e2e.dialogue import acknowledged, saw_ephemeral
from tests.e2e.stage import Stage
from tests.e2e.test_early_stops import deliver


@pytest.fixture
async def asking(stage: Stage) -> Stage:
    """A bot that asks about prices from $0.30 on, which is its default."""
    await stage.stop_bot()
    await stage.start_bot(CONFIRM_FROM_USD="0.30")
    return stage


def labels(message: Message) -> list[str]:
    """Return what the buttons of a message say."""
    rows: list[dict[str, Any]] = [b for b in message.blocks or [] if b["type"] == "actions"]
    return [element["text"]["text"] for row in rows for element in row["elements"]]


async def asked(stage: Stage, text: str = "!ultra8x who owns it?") -> Message:
    """Ask, and return the question about the price."""
    message = await stage.ada.says(stage.general, f"{stage.me} {text}")
    return await stage.slack.thread(message).next()


@pytest.mark.also_over_http
async def test_an_expensive_run_starts_when_its_asker_confirms(asking: Stage) -> None:
    note = await asked(asking)
    assert "costs $2.40" in note.text
    assert labels(note) == [
        "Start ($2.40, usually 5 min–2 h)",
        "Use Standard (core-fast) instead ($0.025)",
        "Don't",
    ]
    assert asking.parallel.runs == []
    outcome = await asking.ada.clicks(note, actions.CONFIRM)
    assert outcome.error is None
    run = await asking.parallel.next_run()
    assert run.processor == "ultra8x"
    assert run.input == "who owns it?"
    thread = asking.slack.thread(note)
    await thread.until(lambda t: "confirmed" in t.said[0].text)
    run.finishes("The state.")
    await thread.until(lambda t: any("The state." in said.text for said in t.said))
    assert len(asking.parallel.runs) == 1


async def test_the_cheaper_processor_is_one_press_away(asking: Stage) -> None:
    note = await asked(asking)
    await asking.ada.clicks(note, actions.CONFIRM_CHEAPER)
    run = await asking.parallel.next_run()
    assert run.processor == "core-fast"


async def test_a_declined_price_starts_nothing(asking: Stage) -> None:
    note = await asked(asking)
    await asking.ada.clicks(note, actions.DECLINE)
    await asking.slack.until(lambda: "declined *ultra8x* ($2.40)" in note.text)
    assert labels(note) == []
    assert asking.parallel.runs == []


async def test_only_the_asker_or_an_admin_confirms(asking: Stage) -> None:
    note = await asked(asking)
    await asking.bob.clicks(note, actions.CONFIRM)
    (said,) = asking.slack.ephemerals(asking.bob)
    assert "Only" in said.text
    assert asking.parallel.runs == []
    await asking.stop_bot()
    await asking.start_bot(CONFIRM_FROM_USD="0.30", ADMINS=asking.bob.id)
    await asking.bob.clicks(note, actions.CONFIRM)
    assert (await asking.parallel.next_run()).processor == "ultra8x"


async def test_a_price_that_nobody_confirms_lapses_after_an_hour(stage: Stage) -> None:
    ahead = [0.0]
    await stage.stop_bot()
    await stage.start_bot(lambda: time.time() + ahead[0], CONFIRM_FROM_USD="0.30")
    note = await asked(stage)
    await stage.stop_bot()
    ahead[0] = 3_700.0
    await stage.start_bot(lambda: time.time() + ahead[0], CONFIRM_FROM_USD="0.30")
    thread = stage.slack.thread(note)
    await thread.until(lambda t: "nobody confirmed" in t.said[0].text)
    assert labels(thread.said[0]) == []
    assert stage.parallel.runs == []


async def test_cheap_runs_are_not_asked_about(asking: Stage) -> None:
    await asking.ada.says(asking.general, f"{asking.me} !pro who owns it?")
    assert (await asking.parallel.next_run()).processor == "pro"


@pytest.mark.parametrize(
    "words", ["no", "Don't!", "too expensive", "no thanks", "nein", "<@BOT> no"]
)
async def test_a_no_below_the_price_declines_it(asking: Stage, words: str) -> None:
    note = await asked(asking)
    await asking.ada.replies(note, words.replace("<@BOT>", asking.me))
    await asking.slack.thread(note).until(lambda t: labels(t.said[0]) == [])
    await asking.ada.replies(note, "who built it then?")
    assert "who built it then?" in str((await asking.parallel.next_run()).body["input"])
    assert len(asking.parallel.runs) == 1


@pytest.mark.parametrize("words", ["yes", "Go ahead!", "ja, bitte", "<@BOT> start it"])
async def test_a_yes_below_the_price_starts_nothing_and_names_the_button(
    asking: Stage, words: str
) -> None:
    note = await asked(asking)
    await asking.ada.replies(note, words.replace("<@BOT>", asking.me))
    await asking.slack.until(lambda: saw_ephemeral(asking, "press *Start*"))
    await acknowledged(asking)
    assert len(asking.slack.ephemerals(asking.ada)) == 1
    assert labels(note)[-1] == "Don't"
    await asking.ada.clicks(note, actions.CONFIRM)
    assert (await asking.parallel.next_run()).processor == "ultra8x"
    await asking.ada.replies(note, "yes")  # nothing is asked any more: it may answer anything
    await acknowledged(asking)
    assert len(asking.slack.ephemerals(asking.ada)) == 1


@pytest.mark.parametrize("words", ["no", "stop", "too expensive"])
async def test_a_no_in_a_direct_message_declines_the_latest_price_there(
    asking: Stage, words: str
) -> None:
    """Many never open the thread in which the price is asked about."""
    place = asking.slack.dm(asking.ada)
    first = await asking.ada.says(place, "!ultra8x who owns it?")
    earlier = await asking.slack.thread(first).next()
    second = await asking.ada.says(place, "!ultra8x who built it?")
    latest = await asking.slack.thread(second).next()
    said = await asking.ada.says(place, words)
    await asking.slack.until(lambda: "declined *ultra8x* ($2.40)" in latest.text)
    assert labels(earlier) != []
    assert asking.slack.thread(said).said == []
    assert asking.parallel.runs == []


async def test_a_yes_in_a_direct_message_names_the_button(asking: Stage) -> None:
    place = asking.slack.dm(asking.ada)
    note = await asking.slack.thread(await asking.ada.says(place, "!ultra8x who owns it?")).next()
    await asking.ada.says(place, "yes")
    await asking.slack.until(lambda: saw_ephemeral(asking, "press *Start*"))
    assert labels(note)[-1] == "Don't"
    assert asking.parallel.runs == []


@pytest.mark.parametrize("words", ["yes", "no"])
async def test_an_answer_that_is_delivered_after_the_start_asks_nothing(
    asking: Stage, words: str
) -> None:
    """Slack delivers it late, or again: it was said while the price was still open."""
    note = await asked(asking)
    said_at = time.time()
    await asking.ada.clicks(note, actions.CONFIRM)
    run = await asking.parallel.next_run()
    for _ in range(2):
        await deliver(asking, asking.ada, words, said_at, note.thread_ts)
    run.finishes("The state.")
    thread = asking.slack.thread(note)
    await thread.until(lambda t: any("The state." in said.text for said in t.said))
    await asking.ada.replies(note, "since when?")
    assert (await asking.parallel.next_run()).input == "since when?"
    assert asking.slack.ephemerals(asking.ada) == []


@pytest.mark.parametrize("words", ["no", "yes", "never mind", "no thanks"])
@pytest.mark.parametrize("how", ["mention", "muted"])
async def test_what_people_say_to_one_another_answers_no_price(
    asking: Stage, how: str, words: str
) -> None:
    """Where replies are not for us, only what is addressed to us answers it."""
    if how == "mention":
        await asking.stop_bot()
        await asking.start_bot(FOLLOW_UPS="mention", CONFIRM_FROM_USD="0.30")
    note = await asked(asking)
    if how == "muted":
        await asking.ada.replies(note, f"{asking.me} mute")
        await asking.slack.thread(note).until(lambda t: len(t.said) == 2)
    await asking.bob.replies(note, "is the meeting at three, Ada?")
    await asking.ada.replies(note, words)
    await acknowledged(asking)
    assert labels(note)[-1] == "Don't"
    assert asking.slack.ephemerals(asking.ada) == []
    await asking.ada.replies(note, f"{asking.me} {words}")
    if words == "yes":
        await asking.slack.until(lambda: saw_ephemeral(asking, "press *Start*"))
    else:
        await asking.slack.until(lambda: labels(note) == [])
    assert asking.parallel.runs == []
