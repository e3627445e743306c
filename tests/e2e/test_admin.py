"""`/threadline`: what admins see and change, what everybody sees, and who is refused."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.money import dollars, micros
from bot.domain.processors import PROCESSORS
from bot.playground.slack import Channel, Person, View
from bot.playground.task_api import Status
from bot.slack import action_ids as actions
from bot.slack.views import admin_forms as forms
from tests.e2e.dialogue import said
from tests.e2e.stage import Stage


async def with_admin(stage: Stage, **settings: Any) -> None:
    """Start the bot again, with Ada as its admin."""
    await stage.stop_bot()
    await stage.start_bot(ADMINS=stage.ada.id, **settings)


async def reply(stage: Stage, person: Person, words: str) -> str:
    """Send the command in #general; return its one answer."""
    outcome = await person.command("/threadline", words, stage.general)
    assert outcome.error is None
    (message,) = outcome.messages
    return message.text


async def answered(stage: Stage, person: Person, question: str, answer: str = "Egypt.") -> None:
    """Ask in #general, and wait until the answer's last words are said."""
    asked = await person.says(stage.general, f"{stage.me} {question}")
    thread = stage.slack.thread(asked)
    run = await stage.parallel.next_run()
    run.finishes(answer)
    await thread.until(lambda t: ":white_check_mark:" in t.said[0].text)


async def refused(
    stage: Stage, person: Person, question: str, words: str, *, where: Channel | None = None
) -> str:
    """Ask, by default in #general, and wait for the words of a refusal; return all of it."""
    asked = await person.says(where or stage.general, f"{stage.me} {question}")

    def found() -> str | None:
        said = [*stage.slack.thread(asked).said, *stage.slack.ephemerals(person)]
        return next((message.text for message in said if words in message.text), None)

    return await stage.slack.until(found)


async def form_of(stage: Stage, words: str) -> View:
    """Send a command that opens a form; return the form."""
    outcome = await stage.ada.command("/threadline", words, stage.general)
    assert (outcome.error, outcome.messages) == (None, [])
    return stage.ada.views()[-1]


def shown(view: View | None) -> str:
    assert view
    return str(view.content["blocks"])


@pytest.mark.also_over_http
async def test_a_budget_that_is_raised_lets_a_refused_question_be_asked_again(
    stage: Stage,
) -> None:
    await with_admin(stage)
    answer = await reply(stage, stage.ada, "budget person 0.03")
    assert "Each person's budget a day: *$0.03* (was no limit)." in answer
    await answered(stage, stage.bob, "who owns it?")
    refusal = await refused(stage, stage.bob, "who built it?", "No run was started")
    assert f"/team/{stage.ada.id}|ada> can raise it with `/threadline budget`" in refusal
    answer = await reply(stage, stage.ada, "budget person @bob 1")
    assert f"<@{stage.bob.id}>'s budget a day: *$1* (was $0.03)." in answer
    await answered(stage, stage.bob, "who built it?")
    assert "$0.05 of $1 used, $0.95 left" in await reply(stage, stage.bob, "me")
    await reply(stage, stage.ada, "budget person @bob default")
    await refused(stage, stage.bob, "who runs it?", "$0.03")


async def test_a_refused_question_is_asked_again_with_its_button(stage: Stage) -> None:
    await with_admin(stage, BUDGET_WORKSPACE_MONTH_USD="0.01")
    asked = await stage.bob.says(stage.general, f"{stage.me} who owns it?")
    refusal = await said(stage, asked, "No run was started")
    await reply(stage, stage.ada, "budget workspace 1")
    await stage.bob.clicks(refusal, actions.TRY_AGAIN)
    (await stage.parallel.next_run()).finishes("Egypt.")
    await said(stage, asked, "Egypt.")
    assert len(stage.parallel.runs) == 1


async def test_why_tells_where_each_value_comes_from(stage: Stage) -> None:
    await with_admin(
        stage,
        BUDGET_CHANNEL_DAY_USD="20",
        ALLOWED_PROCESSORS="core-fast,pro",
        COUNT_FAILED_RUNS="on",
    )
    await reply(stage, stage.ada, "budget person @bob 2.50")
    await reply(stage, stage.ada, "allow guests")
    await stage.bob.command("/processor", "me pro", stage.general)
    bob, here = f"<@{stage.bob.id}>", f"<#{stage.general.id}>"
    ours = f"set by <@{stage.ada.id}> on "
    about_bob = await reply(stage, stage.ada, "why @bob")
    assert f"{bob}'s budget a day: *$2.50* ({ours}" in about_bob
    assert "workspace's budget a month: *no limit* (default)" in about_bob
    assert f"Questions by {bob}: *allowed* (default)" in about_bob
    assert "Processor: *pro* (their own choice" in about_bob.replace(" (pro)", "")
    about_news = await reply(stage, stage.ada, "why #general")
    assert f"{here}'s budget a day: *$20* (environment, `BUDGET_CHANNEL_DAY_USD`)" in about_news
    assert f"Guests in {here}: *allowed* ({ours}" in about_news
    assert "*core-fast, pro* (environment, `ALLOWED_PROCESSORS`)" in about_news
    assert "`COUNT_FAILED_RUNS`: *on* (environment)" in about_news
    assert "`SHOW_BUDGET`: *on* (default)" in about_news
    assert f"May <@{stage.ada.id}> ask here: *yes*" in await reply(stage, stage.ada, "why")
    await reply(stage, stage.ada, "allow #general processors lite")
    here_now = await reply(stage, stage.ada, "why #general")
    assert "Processor: *lite* (default; *Standard (core-fast)* isn't on offer)" in here_now
    await stage.bob.command("/processor", "me reset", stage.general)
    await stage.ada.command("/processor", "me pro", stage.slack.channel("apart", [stage.ada]))
    assert "Processor: *lite* (default" in await reply(stage, stage.ada, "why")


async def test_limits_show_what_may_be_spent_and_asked_here(stage: Stage) -> None:
    await with_admin(stage, BUDGET_CHANNEL_DAY_USD="20", WAITING_PER_THREAD="7")
    await answered(stage, stage.bob, "who owns it?")
    await reply(stage, stage.ada, "allow #general processors core-fast lite")
    limits = await reply(stage, stage.ada, "limits")
    assert "*You, today:* $0 used, no limit" in limits
    assert "*This channel, today:* $0.025 of $20 used, $19.975 left until" in limits
    assert f"Processors on offer in <#{stage.general.id}>: *lite, core-fast*" in limits
    assert "`WAITING_PER_THREAD`: *7*" in limits
    assert "`CONFIRM_FROM_USD`: *off*" in limits


async def test_a_direct_message_is_not_called_a_channel(stage: Stage) -> None:
    await with_admin(stage, BUDGET_CHANNEL_DAY_USD="20")
    direct = stage.slack.dm(stage.ada)
    for words in ("me", "limits"):
        (answer,) = (await stage.ada.command("/threadline", words, direct)).messages
        assert "*This direct message, today:* $0 of $20 used" in answer.text
        assert "his channel" not in answer.text


async def test_what_is_denied_is_refused_at_once_and_what_is_allowed_is_answered(
    stage: Stage,
) -> None:
    await with_admin(stage)
    assert "*denied* (was allowed)" in await reply(stage, stage.ada, "deny #general")
    await refused(stage, stage.bob, "who owns it?", "I'm not available in")
    await reply(stage, stage.ada, "allow #general")
    await answered(stage, stage.bob, "who owns it?")
    other = stage.slack.channel("other", members=[stage.bob], bot=True)
    asked = await stage.bob.says(other, f"{stage.me} who built it?")  # nothing was taken from it
    (await stage.parallel.next_run()).finishes("Egypt.")
    await stage.slack.thread(asked).until(lambda t: ":white_check_mark:" in t.said[0].text)
    eve = stage.slack.person("eve")
    await eve.joins(stage.general)
    await reply(stage, stage.ada, "deny @eve")
    await refused(stage, eve, "who runs it?", "not on the list of people")
    assert len(stage.parallel.runs) == 2


async def test_only_those_listed_are_answered_once_the_others_are_denied(stage: Stage) -> None:
    await with_admin(stage)
    await reply(stage, stage.ada, "allow #general")
    await reply(stage, stage.ada, "deny channels")
    await answered(stage, stage.bob, "who owns it?")
    other = stage.slack.channel("other", members=[stage.bob], bot=True)
    await refused(stage, stage.bob, "who built it?", f"in <#{stage.general.id}>", where=other)
    assert len(stage.parallel.runs) == 1


async def test_who_is_no_admin_sees_what_they_spent_and_changes_nothing(stage: Stage) -> None:
    await with_admin(stage, BUDGET_WORKSPACE_MONTH_USD="5")
    for words in (
        *("usage", "usage month csv", "budget", "budget workspace 500", "allow", "allow outside"),
        *("deny @ada", "limits", "why", "audit", "audit json", "budget person -5"),
    ):
        answer = await reply(stage, stage.bob, words)
        assert f"Only admins can do that: <@{stage.ada.id}>" in answer, words
    assert "LINK is any message in it" in await reply(stage, stage.bob, "forget")
    assert stage.bob.views() == []
    assert stage.slack.workspace.files == {}
    assert "Nobody has changed a setting yet" in await reply(stage, stage.ada, "audit")
    mine = await reply(stage, stage.bob, "me")
    assert "*Workspace, this month:* $0 of $5 used, $5 left until" in mine
    assert "*For admins*" not in await reply(stage, stage.bob, "help")


async def test_a_form_that_is_sent_by_somebody_who_is_no_admin_any_more_changes_nothing(
    stage: Stage,
) -> None:
    await with_admin(stage)
    budget = await form_of(stage, "budget")
    given = {forms.SCOPE: {forms.SCOPE: "workspace"}, forms.AMOUNT: {forms.AMOUNT: "5000"}}
    await stage.stop_bot()
    await stage.start_bot(ADMINS=stage.bob.id)
    outcome = await stage.ada.submits(budget, given)
    assert outcome.view is not None
    assert f"Only admins can do that: <@{stage.bob.id}>" in shown(outcome.view)
    assert stage.ada.views() == [budget, outcome.view]
    assert "Nobody has changed a setting yet" in await reply(stage, stage.bob, "audit")


async def test_the_form_of_a_budget_says_what_is_wrong_at_the_field(stage: Stage) -> None:
    await with_admin(stage, BUDGET_PERSON_DAY_USD="5")
    view = await form_of(stage, "budget channel #general")
    assert "Each person's budget a day: $5" in shown(view)

    def given(scope: str, amount: str, **more: str) -> dict[str, dict[str, str]]:
        values = {forms.SCOPE: scope, forms.AMOUNT: amount, **more}
        return {name: {name: value} for name, value in values.items()}

    wrong = await stage.ada.submits(view, given("channel", "a lot"))
    assert list(wrong.errors) == [forms.AMOUNT]
    wrong = await stage.ada.submits(view, given("workspace", "5"))
    assert list(wrong.errors) == [forms.CHANNEL]
    done = await stage.ada.submits(view, given("channel", "$12.5"))
    assert (done.error, done.errors) == (None, {})
    assert f"<#{stage.general.id}>'s budget a day: *$12.50* (was no limit)" in shown(done.view)


async def test_the_form_of_what_is_allowed_says_what_is_wrong_and_what_was_changed(
    stage: Stage,
) -> None:
    await with_admin(stage)
    view = await form_of(stage, "deny")
    wrong = await stage.ada.submits(view, {})
    assert list(wrong.errors) == [forms.CHANNELS]
    given = {
        forms.PEOPLE: {forms.PEOPLE: stage.bob.id},
        forms.OFFER: {forms.OFFER: "ultra8x,ultra8x-fast"},
    }
    done = await stage.ada.submits(view, given)
    assert f"Questions by <@{stage.bob.id}>: *denied* (was allowed)" in shown(done.view)
    assert "*all but ultra8x, ultra8x-fast* (was all)" in shown(done.view)


async def test_each_change_is_recorded_and_exported_as_json_lines(stage: Stage) -> None:
    await with_admin(stage)
    for words in (
        "budget workspace 500",
        "budget workspace 500",
        "budget workspace off",
        "allow guests",
    ):
        await reply(stage, stage.ada, words)
    answer = await reply(stage, stage.ada, "audit")
    lines = answer.splitlines()
    assert len(lines) == 3  # what is so already is no change
    assert f"Guests in <#{stage.general.id}>: not set → allowed" in lines[0]
    assert "The workspace's budget a month: $500 → no limit" in lines[1]
    await reply(stage, stage.ada, "audit json")
    file = await stage.slack.until(lambda: next(iter(stage.slack.workspace.files.values()), None))
    await stage.slack.until(lambda: file.shares or None)
    ((channel, _),) = file.shares
    assert stage.slack.workspace.channels[channel].members == {
        stage.ada.id,
        stage.slack.app.bot_user_id,
    }
    records = [json.loads(line) for line in file.text.splitlines()]
    assert [(each["name"], each["before"], each["after"]) for each in records] == [
        ("budget:workspace", None, "500000000"),
        ("budget:workspace", "500000000", "off"),
        (f"guests:{stage.general.id}", None, "yes"),
    ]
    assert {each["actor"] for each in records} == {stage.ada.id}


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("budgt person 5", "Did you mean `budget`?"),
        ("budget person -5", "`/threadline budget person 5` gives"),
        ("budget team 5", "`budget channel 20`"),
        ("allow news", "Pick people and channels from Slack's list"),
        ("deny processors quantum", "takes a processor off the offer"),
        ("usage yesterday", "`/threadline usage` shows"),
        ("forget", "LINK is any message in it"),
        ("make me rich", "*For admins*"),
    ],
)
async def test_words_that_mean_nothing_get_the_help_of_their_kind(
    stage: Stage, words: str, hint: str
) -> None:
    await with_admin(stage)
    answer = await reply(stage, stage.ada, words)
    assert "I don't understand `" in answer
    assert hint in answer


async def test_a_file_that_slack_does_not_take_is_not_kept_quiet(stage: Stage) -> None:
    await with_admin(stage)
    stage.slack.faults.next("files.getUploadURLExternal", error="missing_scope")
    outcome = await stage.ada.command("/threadline", "usage csv", stage.general)
    await stage.slack.until(lambda: len(outcome.messages) == 2 or None)
    assert "The file comes as a direct message" in outcome.messages[0].text
    assert "couldn't send you the file" in outcome.messages[1].text


async def test_usage_adds_up_with_what_the_api_was_asked_for(stage: Stage) -> None:
    await with_admin(stage)
    people, marks = (stage.ada, stage.bob), ("lite", "core-fast", "pro-fast", "base")
    for number in range(18):
        asker, mark = people[number % 2], marks[number % 4]
        await asker.says(stage.general, f"{stage.me} !{mark} question {number}?")
        run = await stage.parallel.next_run()
        if number % 6 == 5:
            run.fails("no sources")
        else:
            run.finishes("Egypt.")
    asked = await stage.bob.says(stage.general, f"{stage.me} !speed question 18?")
    (await stage.parallel.next_chat()).finishes("Egypt.")
    await said(stage, asked, "Egypt.")
    await stage.ada.says(stage.general, f"{stage.me} !pro-fast question 19?")
    running = await stage.parallel.next_run()
    runs = [run for run in stage.parallel.runs if run.status is not Status.FAILED]
    total = sum((PROCESSORS[run.processor].price for run in runs), PROCESSORS["speed"].price)
    head = f"*Usage today:* {dollars(micros(total))} for {len(runs) + 1} runs, 1 of them still "
    async with asyncio.timeout(60):
        while True:
            report = await reply(stage, stage.ada, "usage")
            if report.startswith(head) and "3 runs failed, not charged" in report:
                break
            await asyncio.sleep(0.05)
    of_bob = [run for number, run in enumerate(stage.parallel.runs) if number % 2 and run in runs]
    bobs = sum((PROCESSORS[run.processor].price for run in of_bob), PROCESSORS["speed"].price)
    assert f"<@{stage.bob.id}>: {dollars(micros(bobs))}, {len(of_bob) + 1} runs" in report
    await reply(stage, stage.ada, "usage month csv")
    (file,) = await stage.slack.until(lambda: [f for f in stage.slack.files if f.shares] or None)
    rows = list(csv.DictReader(io.StringIO(file.text)))
    assert sum(Decimal(row["usd"]) for row in rows) == total
    assert sum(int(row["failed_runs"]) for row in rows) == 3
    running.finishes("Egypt.")


async def test_a_thread_is_forgotten_by_its_link(stage: Stage) -> None:
    await with_admin(stage)
    asked = await stage.bob.says(stage.general, f"{stage.me} who owns it?")
    (await stage.parallel.next_run()).finishes("Egypt.")
    thread = stage.slack.thread(asked)
    await thread.until(lambda t: ":white_check_mark:" in t.said[0].text)
    link = stage.slack.workspace.permalink(asked)
    eve = stage.slack.person("eve")
    await eve.joins(stage.general)
    assert "Only the person who asked" in await reply(stage, eve, f"forget {link}")
    assert "nothing to forget" in await reply(stage, stage.bob, f"forget {link[:-6]}999999")
    for person in (stage.bob, stage.ada):
        outcome = await person.command("/threadline", f"forget {link}", stage.general)
        assert (outcome.error, outcome.messages) == (None, [])
    done = await stage.bob.submits(stage.bob.views()[-1], {})
    assert "I deleted what I stored about this thread" in shown(done.view)
    assert "nothing to forget" in await reply(stage, stage.bob, f"forget {link}")
    assert f"had a thread in <#{stage.general.id}> forgotten" in await reply(
        stage, stage.ada, "audit"
    )
