"""A message names its question and asker unless the question is directly above it."""

from __future__ import annotations

from typing import Any

from bot.playground.slack import Message, Person
from bot.slack import action_ids
from tests.e2e.dialogue import answered, begun, said, shown
from tests.e2e.stage import Stage
from tests.e2e.test_again import given, rerun_form


def names(said: Message, question: Message, asker: Person) -> bool:
    """Whether a message says whose question it is about, and links to that."""
    words = shown(said)
    at = f"/archives/{question.channel.id}/p{question.ts.replace('.', '')}?"
    return f"<@{asker.id}> asked" in words and at in words


def form_of(person: Person) -> Any:
    (form,) = person.views()
    return form


async def test_each_answer_in_a_queue_names_its_question(one: Stage) -> None:
    asked, status, first = await begun(one)
    waits = await one.bob.replies(asked, "since when?")
    await one.slack.until(lambda: waits.reactions)
    first.finishes("Egypt.")
    answer = await said(one, asked, "Egypt.")
    assert names(answer, asked, one.ada)
    second = await one.parallel.next_run()
    second_status = await said(one, asked, "since when?")
    assert names(second_status, waits, one.bob)
    second.finishes("Since 26 July 1956.")
    assert names(await said(one, asked, "26 July"), waits, one.bob)
    await one.slack.until(lambda: ":white_check_mark:" in shown(second_status))
    assert names(second_status, waits, one.bob)
    assert " asked" not in shown(status)


async def test_a_short_dialogue_stays_short(one: Stage) -> None:
    asked, answer, _ = await answered(one)
    await one.bob.replies(asked, "since when?")
    (await one.parallel.next_run()).finishes("Since 26 July 1956.")
    await said(one, asked, "26 July")
    assert answer.text.startswith("Egypt.")
    assert not any(" asked" in shown(message) for message in one.slack.thread(asked).said)


async def test_a_follow_up_from_a_form_is_posted_in_the_askers_words(
    one: Stage,
) -> None:
    asked, answer, first = await answered(one)
    await one.bob.clicks(answer, action_ids.FOLLOW_UP)
    form = form_of(one.bob)
    one.slack.faults.next("chat.postMessage", cut="after")
    await one.bob.submits(form, given(form, text="who <built> it?", menu="lite"))
    run = await one.parallel.next_run()
    assert (run.input, run.previous_interaction_id) == ("who <built> it?", first.interaction_id)
    words = await said(one, asked, "who &lt;built&gt; it?")
    assert shown(words) == f":speech_balloon: <@{one.bob.id}> asked:\n>who &lt;built&gt; it?"
    status = await said(one, asked, "Continues the answer to")
    run.finishes("Ferdinand de Lesseps.")
    answer = await said(one, asked, "Lesseps")
    thread = one.slack.thread(asked).said
    assert thread.index(words) + 1 == thread.index(status)
    assert [message for message in thread if "built" in shown(message)] == [words]
    form = await rerun_form(one.ada, answer)
    await one.ada.submits(form, given(form, menu="pro-fast"))
    again = await one.parallel.next_run()
    assert again.input == "who <built> it?"
    assert names(await said(one, asked, "Same question"), words, one.ada)


async def test_a_question_about_a_message_is_posted_in_its_thread(one: Stage) -> None:
    claim = await one.bob.says(one.general, "France owns the Suez Canal, they say.")
    await one.ada.shortcut(action_ids.RESEARCH, claim)
    form = form_of(one.ada)
    await one.ada.submits(form, given(form, text="Is that so?", menu="lite"))
    run = await one.parallel.next_run()
    words = await said(one, claim, "Is that so?")
    assert names(words, claim, one.ada)
    assert "France" not in shown(words)
    run.fails("It broke.")
    failure = await said(one, claim, "It broke.")
    assert " asked" not in shown(failure)
    await one.ada.clicks(failure, action_ids.TRY_AGAIN)
    again = await one.parallel.next_run()
    assert again.input == run.input
    again.finishes("It is not.")
    assert names(await said(one, claim, "It is not."), words, one.ada)
