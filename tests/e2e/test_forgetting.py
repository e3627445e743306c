"""Forget a thread: by its asker or an admin, never by others, never while something goes on."""

from __future__ import annotations

from typing import Any

import pytest
from redis.asyncio import Redis

from bot.playground.slack import Message, Person, View
from bot.slack import action_ids as actions
from tests.e2e.dialogue import answered, begun, said, saw_ephemeral, turn
from tests.e2e.stage import Stage


async def press(stage: Stage, person: Person, answer: Message, asked: Message) -> None:
    """Choose *Forget this thread…* under an answer."""
    outcome = await person.chooses(answer, actions.MORE, f"{actions.FORGET} {turn(stage, asked)}")
    assert outcome.error is None


def form_of(person: Person) -> View:
    """Return the open form."""
    (view,) = person.views()
    assert view.content["callback_id"] == actions.FORGET
    return view


async def confirm(person: Person) -> str:
    """Confirm in the form, and return what it says then."""
    outcome = await person.submits(form_of(person), {})
    assert (outcome.error, outcome.errors) == (None, {})
    (view,) = person.views()
    return str(view.content["blocks"])


async def stored(redis_url: str) -> str:
    """Return all hashes as text."""
    async with Redis.from_url(redis_url, decode_responses=True) as client:
        keys = [key async for key in client.scan_iter(_type="HASH")]
        return str([await client.hgetall(key) for key in keys])


@pytest.mark.also_over_http
async def test_its_asker_has_a_thread_forgotten(stage: Stage, redis_url: str) -> None:
    asked, answer, _ = await answered(stage)
    assert "who owns" in await stored(redis_url)
    await press(stage, stage.ada, answer, asked)
    words = str(form_of(stage.ada).content["blocks"])
    assert "can't be undone" in words
    assert "runs and answers at Parallel" in words
    assert "Done" in await confirm(stage.ada)
    note = await said(stage, asked, "had me delete what I stored about this thread")
    assert stage.ada.id in note.text
    left = await stored(redis_url)
    assert "who owns" not in left
    assert "Egypt" not in left
    for action in (actions.EVIDENCE, actions.FOLLOW_UP, actions.RERUN):
        await stage.ada.clicks(answer, action)
        assert "I don't store" in stage.slack.ephemerals(stage.ada)[-1].text
    await press(stage, stage.ada, answer, asked)
    assert saw_ephemeral(stage, "nothing to forget")


async def test_a_mention_starts_over_and_replies_alone_do_not(stage: Stage) -> None:
    asked, answer, _ = await answered(stage)
    await press(stage, stage.ada, answer, asked)
    await confirm(stage.ada)
    await said(stage, asked, "had me delete")
    await stage.ada.replies(asked, "since when?")
    await stage.ada.replies(asked, f"{stage.me} and who built it?")
    run = await stage.parallel.next_run()
    assert run.previous_interaction_id is None
    run.finishes("Workers.")
    await said(stage, asked, "Workers.")
    assert len(stage.parallel.runs) == 2


async def test_a_redelivery_is_not_asked_and_paid_again(stage: Stage) -> None:
    asked, answer, _ = await answered(stage)
    await press(stage, stage.ada, answer, asked)
    await confirm(stage.ada)
    await said(stage, asked, "had me delete")
    await stage.stop_bot()
    await stage.start_bot()
    await stage.slack.redeliver(asked)
    await stage.ada.replies(asked, f"{stage.me} and who built it?")
    (await stage.parallel.next_run()).finishes("Workers.")
    await said(stage, asked, "Workers.")
    assert len(stage.parallel.runs) == 2


async def test_others_are_refused_and_an_admin_is_not(stage: Stage, redis_url: str) -> None:
    asked, answer, _ = await answered(stage)
    await press(stage, stage.bob, answer, asked)
    assert stage.bob.views() == []
    assert "Only the person who asked every question" in stage.slack.ephemerals(stage.bob)[-1].text
    assert "who owns" in await stored(redis_url)
    await stage.stop_bot()
    await stage.start_bot(ADMINS=stage.bob.id)
    await press(stage, stage.bob, answer, asked)
    await confirm(stage.bob)
    note = await said(stage, asked, "had me delete")
    assert stage.bob.id in note.text
    assert "who owns" not in await stored(redis_url)
    outcome = await stage.bob.command("/threadline", "audit", stage.general)
    assert outcome.error is None
    assert saw_ephemeral(stage, f"in <#{stage.general.id}> forgotten", person=stage.bob)


async def test_a_form_confirmed_after_somebody_else_asked_deletes_nothing(
    stage: Stage, redis_url: str
) -> None:
    asked, answer, _ = await answered(stage)
    await press(stage, stage.ada, answer, asked)
    await stage.bob.replies(asked, "since when?")
    run = await stage.parallel.next_run()
    assert "still working" in await confirm(stage.ada)
    run.finishes("1956.")
    await said(stage, asked, "1956.")
    for view in stage.ada.views():
        await stage.ada.closes(view)
    await press(stage, stage.ada, answer, asked)
    assert saw_ephemeral(stage, "Only the person who asked every question")
    assert "who owns" in await stored(redis_url)


async def test_a_form_that_was_forged_for_another_thread_is_refused(
    stage: Stage, redis_url: str
) -> None:
    asked, *_ = await answered(stage)
    other = await stage.bob.says(stage.general, f"{stage.me} who built it?")
    (await stage.parallel.next_run()).finishes("Workers.")
    last = await said(stage, other, "Workers.")
    await press(stage, stage.bob, last, other)
    form = form_of(stage.bob)
    metadata: str = form.content["private_metadata"]
    form.content["private_metadata"] = metadata.replace(other.ts, asked.ts)
    assert "Only the person who asked" in await confirm(stage.bob)
    assert "who owns" in await stored(redis_url)


async def test_it_says_how_long_a_thread_is_kept_here(stage: Stage) -> None:
    await stage.stop_bot()
    await stage.start_bot(RETENTION_DAYS="30")
    asked = await stage.ada.says(stage.general, f"{stage.me} forget this thread")
    await said(stage, asked, "until it has been quiet for 30 days.")


async def test_it_waits_for_what_is_in_progress(stage: Stage) -> None:
    asked, status, run = await begun(stage)
    await stage.ada.replies(asked, f"{stage.me} forget this thread")
    offer = await said(stage, asked, "*Forget this thread…* deletes them")
    await stage.ada.clicks(offer, actions.FORGET)
    assert saw_ephemeral(stage, "Stop it first")
    await stage.ada.clicks(status, actions.STOP)
    await said(stage, asked, "topped")
    await stage.slack.until(lambda: "stopped by" in status.text)  # only now it is done
    await stage.ada.clicks(offer, actions.FORGET)
    await confirm(stage.ada)
    await said(stage, asked, "had me delete")
    run.finishes("Egypt.")


async def test_it_is_forgotten_although_the_bot_is_stopped_at_once(
    stage: Stage, redis_url: str
) -> None:
    asked, answer, _ = await answered(stage)
    await press(stage, stage.ada, answer, asked)
    await confirm(stage.ada)
    await stage.stop_bot()
    await stage.start_bot()
    await said(stage, asked, "had me delete")
    assert "who owns" not in await stored(redis_url)
    texts = [text for text in stage.texts(asked) if "had me delete" in text]
    assert len(texts) == 1


def options(answer: Message) -> list[str]:
    """Return what the ⋯ menu of an answer offers."""
    rows: list[dict[str, Any]] = [b for b in answer.blocks or [] if b["type"] == "actions"]
    menus = [e for row in rows for e in row["elements"] if e["type"] == "overflow"]
    return [option["text"]["text"] for menu in menus for option in menu["options"]]


async def test_it_is_offered_under_each_answer(stage: Stage) -> None:
    _, answer, _ = await answered(stage)
    assert options(answer)[-1] == "Forget this thread…"


async def test_a_command_with_a_link_opens_the_same_form(stage: Stage, redis_url: str) -> None:
    asked, answer, _ = await answered(stage)
    link = f"https://local.slack.com/archives/{stage.general.id}/p{answer.ts.replace('.', '')}"
    of_a_reply = f"forget <{link}?thread_ts={asked.ts}&amp;cid={stage.general.id}>"
    await stage.bob.command("/threadline", of_a_reply, stage.general)
    assert stage.bob.views() == []
    assert saw_ephemeral(stage, "Only the person who asked every question", person=stage.bob)
    await stage.ada.command("/threadline", "forget https://example.org/", stage.general)
    assert saw_ephemeral(stage, "isn't the link of a message")
    await stage.ada.command("/threadline", of_a_reply, stage.general)
    assert "Done" in await confirm(stage.ada)
    await said(stage, asked, "had me delete")
    assert "who owns" not in await stored(redis_url)


async def test_the_note_is_posted_once_although_its_answer_was_lost(stage: Stage) -> None:
    asked, answer, _ = await answered(stage)
    await press(stage, stage.ada, answer, asked)
    stage.slack.faults.next("chat.postMessage", cut="late")
    await confirm(stage.ada)
    await said(stage, asked, "had me delete")
    await stage.ada.replies(asked, f"{stage.me} and who built it?")
    (await stage.parallel.next_run()).finishes("Workers.")
    await said(stage, asked, "Workers.")
    assert len([text for text in stage.texts(asked) if "had me delete" in text]) == 1
