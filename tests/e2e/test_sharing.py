"""*Share…*: an answer in another channel, once, for whom it is meant, with the way back."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.slack import Channel, Message, View
from bot.slack import action_ids
from tests.e2e.dialogue import acknowledged, answered, elements, saw_ephemeral, shown
from tests.e2e.stage import Stage


async def share_form(stage: Stage, answer: Message, person: Any = None) -> View:
    """Open the form."""
    who = person or stage.ada
    more = next(each for each in elements(answer) if each["action_id"] == action_ids.MORE)
    values = [option["value"] for option in more["options"]]
    value = next(each for each in values if each.startswith(f"{action_ids.MORE_SHARE} "))
    await who.chooses(answer, action_ids.MORE, value)
    return who.views()[-1]


def offered(form: View) -> list[str]:
    """Return the channels that a form offers."""
    blocks = (block for block in form.content["blocks"] if block.get("block_id") == "channel")
    return [one["text"]["text"] for block in blocks for one in block["element"]["options"]]


def given(channel: Channel, comment: str = "") -> dict[str, dict[str, str]]:
    return {"channel": {action_ids.SHARE_CHANNEL: channel.id}, "comment": {"comment": comment}}


async def standing(stage: Stage, channel: Channel) -> Message:
    """Wait for the bot's message in a channel."""

    def found() -> Message | None:
        mine = (m for m in channel.visible() if m.user == stage.slack.app.bot_user_id)
        return next(mine, None)

    return await stage.slack.until(found)


@pytest.mark.also_over_http
async def test_an_answer_is_shared_once_with_sources_and_the_way_back(stage: Stage) -> None:
    sales = stage.slack.channel("sales", [stage.ada, stage.bob])
    asked, answer, _ = await answered(stage)
    form = await share_form(stage, answer)
    assert offered(form) == ["#sales"]
    await stage.ada.chooses(form, action_ids.SHARE_CHANNEL, sales.id)
    assert "2 people can see it" in str(stage.ada.views()[-1].content)
    outcome = await stage.ada.submits(form, given(sales, "Worth a look, <!channel>"))
    assert (outcome.error, outcome.errors) == (None, {})
    shared = await standing(stage, sales)
    said = shown(shared)
    assert f"<@{stage.ada.id}> shared an answer to “who owns it?”" in said
    assert "&lt;!channel&gt;" in said
    assert "Egypt." in said
    assert "1. <https://example.org/suez|Suez Canal Authority>" in said
    assert f"/p{asked.ts.replace('.', '')}" in said
    assert shared.thread_ts is None
    assert "channel" not in shared.pings
    await stage.bob.replies(shared, "interesting, since when?")
    await acknowledged(stage)
    assert len([m for m in sales.visible() if m.user == shared.user]) == 1
    assert len(stage.parallel.runs) == 1


async def test_only_channels_are_offered_where_both_are(one: Stage) -> None:
    one.slack.channel("alpha", [one.ada], private=True)
    one.slack.channel("bots-only", [one.bob])
    one.slack.channel("without-the-bot", [one.ada], bot=False)
    one.slack.channel("secret", [one.bob], private=True)
    stranger = one.slack.person("eve", team="T0OTHER")
    one.slack.channel("with-others", [one.ada, stranger])
    _, answer, _ = await answered(one)
    assert offered(await share_form(one, answer)) == ["#alpha (private)"]


async def test_a_person_who_left_the_channel_cannot_share(one: Stage) -> None:
    sales = one.slack.channel("sales", [one.ada])
    _, answer, _ = await answered(one)
    form = await share_form(one, answer)
    sales.members.discard(one.ada.id)
    outcome = await one.ada.submits(form, given(sales))
    assert "can't share it there" in outcome.errors["channel"]
    sales.members.add(one.ada.id)
    one.general.members.discard(one.ada.id)
    assert "can't share it there" in (await one.ada.submits(form, given(sales))).errors["channel"]
    await acknowledged(one)
    assert not sales.visible()


async def test_without_the_scopes_it_says_what_is_missing(one: Stage) -> None:
    _, answer, _ = await answered(one)
    one.slack.app.scopes -= {"channels:read", "groups:read"}
    more = next(each for each in elements(answer) if each["action_id"] == action_ids.MORE)
    value = next(
        o["value"] for o in more["options"] if o["value"].startswith(action_ids.MORE_SHARE)
    )
    await one.ada.chooses(answer, action_ids.MORE, value)
    assert saw_ephemeral(one, "channels:read")


async def test_a_long_answer_is_summed_up_there(one: Stage) -> None:
    sales = one.slack.channel("sales", [one.ada])
    asked = await one.ada.says(one.general, f"{one.me} tell me all")
    text = "\n\n".join(f"## Part {n}\n\n{'Words of a report. ' * 40}" for n in range(80))
    (await one.parallel.next_run()).finishes(text)

    def found() -> Message | None:
        messages = one.slack.thread(asked).said
        return next((m for m in messages if action_ids.MORE in str(m.blocks)), None)

    answer = await one.slack.until(found)
    await one.ada.submits(await share_form(one, answer), given(sales))
    shared = await standing(one, sales)
    assert "The whole answer" in shown(shared)
    assert len(shown(shared)) < 5_000
