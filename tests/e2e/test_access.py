"""Who is answered: outsiders, guests and shared channels are refused politely, and for free."""

from __future__ import annotations

from bot.playground.slack import Channel, Person
from bot.slack import action_ids as actions
from tests.e2e.stage import Stage


def shared_channel(stage: Stage) -> tuple[Channel, Person]:
    """Return a channel shared with another company, and one of its people."""
    eve = stage.slack.person("eve", team="T0OTHER")
    return stage.slack.channel("partners", members=[stage.ada, eve], bot=True), eve


async def test_an_outsider_hears_once_a_day_that_they_are_not_answered(stage: Stage) -> None:
    partners, eve = shared_channel(stage)
    for text in ("who owns it?", "who built it?"):
        await eve.says(partners, f"{stage.me} {text}")
    for delivery in stage.slack.deliveries:
        await delivery.over.wait()
    (said,) = stage.slack.ephemerals(eve)
    assert "I only answer people who belong to it" in said.text
    assert stage.parallel.runs == []


async def test_our_own_people_are_refused_in_a_shared_channel_unless_it_was_allowed(
    stage: Stage,
) -> None:
    partners, eve = shared_channel(stage)
    await stage.ada.says(partners, f"{stage.me} who owns it?")
    (said,) = await stage.slack.until(lambda: stage.slack.ephemerals(stage.ada))
    assert "shared with another company" in said.text
    assert stage.parallel.runs == []
    await stage.stop_bot()
    await stage.start_bot(SHARED_CHANNELS=partners.id)
    await stage.ada.says(partners, f"{stage.me} who owns it?")
    await stage.parallel.next_run()
    await eve.says(partners, f"{stage.me} who built it?")
    await stage.parallel.next_run()


async def test_an_outsider_cannot_press_what_stands_under_an_answer(stage: Stage) -> None:
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns it?")
    run = await stage.parallel.next_run()
    run.finishes("The state.")
    thread = stage.slack.thread(asked)
    answer = await thread.until(
        lambda t: next((said for said in t.said if "The state." in said.text), None)
    )
    eve = stage.slack.person("eve", team="T0OTHER")
    stage.general.members.add(eve.id)
    await eve.clicks(answer, actions.EVIDENCE)
    (said,) = await stage.slack.until(lambda: stage.slack.ephemerals(eve))
    assert "I only answer people who belong to it" in said.text
    assert eve.views() == []
