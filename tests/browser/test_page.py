"""The playground's page with the real bot: ask, choose, edit, inspect, inject faults."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import BrowserContext, expect

from bot.playground.task_api import SampleResearch
from tests.browser.conftest import WITHIN, Window

pytestmark = pytest.mark.asyncio(loop_scope="session")
expect.set_options(timeout=WITHIN)


async def test_question_is_answered_and_followed_up(ada: Window) -> None:
    run = await ada.asks("who owns the Suez Canal?")
    await expect(ada.thread).to_contain_text("Researching")
    source = {"url": "https://example.com/suez", "title": "The canal", "excerpts": ["It is."]}
    basis = {"field": "output", "reasoning": "Read.", "citations": [source]}
    run.finishes("It belongs to **Egypt**.", [basis], confidence="high")
    await expect(ada.thread.locator("strong", has_text="Egypt")).to_be_visible()
    await expect(ada.thread.get_by_role("link", name="The canal")).to_have_attribute(
        "href", "https://example.com/suez"
    )
    await ada.replies("since when?")
    second = await ada.research.next_run(10)
    assert second.previous_interaction_id == run.interaction_id
    second.finishes("Since 1956.")
    await expect(ada.thread).to_contain_text("Since 1956.")

    await ada.page.get_by_role("button", name="Inspector").click()
    turns = ada.panel.locator(".turn")
    await expect(turns).to_have_count(2)
    await expect(turns.nth(1)).to_contain_text(f"continues{run.interaction_id}")
    await ada.page.get_by_role("tab", name="Events and calls").click()
    created = ada.panel.locator(".api", has_text="POST /v1/tasks/runs").first
    await expect(created).to_contain_text(f"previous_interaction_id: {run.interaction_id}")
    await expect(ada.panel.locator(".in", has_text="event app_mention").first).to_contain_text(
        "acknowledged"
    )


async def test_mentions_and_commands_are_suggested_until_they_are_sent(ada: Window) -> None:
    field = ada.page.locator("#channel-text")
    await field.fill("/processor")
    await expect(ada.page.get_by_role("option", name=re.compile("processor me"))).to_be_visible()
    await field.press("Enter")
    await expect(ada.channel.locator(".ephemeral")).to_contain_text("Your questions here use")
    await expect(ada.page.locator("#channel-text-suggestions")).to_be_hidden()
    await field.press_sequentially("@thr")
    await expect(ada.page.get_by_role("option", name=re.compile("Threadline"))).to_be_visible()
    await field.press("Enter")
    await expect(field).to_have_value("@Threadline ")


async def test_processor_command_sets_it_for_its_user_only(
    ada: Window, context: BrowserContext
) -> None:
    other = await context.new_page()
    await other.goto(ada.page.url.replace("who=ada", "who=bob"))
    await ada.page.locator("#channel-text").fill("/processor me base-fast")
    await ada.page.locator("#channel-text").press("Enter")
    ephemeral = ada.channel.locator(".ephemeral").last
    await expect(ephemeral).to_contain_text("Only visible to you")
    await expect(ephemeral).to_contain_text("base-fast")
    run = await ada.asks("what is chosen now?")
    assert run.processor == "base-fast"
    run.finishes("This.")
    await expect(ada.thread).to_contain_text("This.")
    await expect(other.locator(".message", has_text="what is chosen now?")).to_be_visible()
    assert await other.locator(".ephemeral").count() == 0
    await ephemeral.get_by_role("button", name="Dismiss").click()
    await expect(ada.channel.locator(".ephemeral")).to_have_count(0)


async def test_slash_commands_are_refused_in_threads_as_in_slack(ada: Window) -> None:
    run = await ada.asks("may I command here?")
    await ada.replies("/processor pro")
    await expect(ada.notice).to_contain_text("does not allow slash commands in threads")
    await expect(ada.page.locator("#thread-text")).to_have_value("/processor pro")
    run.finishes("No.")


async def test_answer_menu_sets_the_processor_of_the_thread(ada: Window) -> None:
    run = await ada.asks("what shall the next one cost?")
    run.finishes("Little.")
    await ada.thread.get_by_label("More options").last.click()
    await ada.thread.get_by_role("button", name="Processor for this thread…").last.click()
    form = ada.page.get_by_role("dialog", name="Processor for a thread")
    await form.get_by_label("Processor").select_option("lite")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_be_hidden()
    await ada.replies("and this one?")
    second = await ada.research.next_run(10)
    assert second.processor == "lite"
    second.finishes("Less.")
    await expect(ada.thread).to_contain_text("Less.")


async def test_long_report_is_shared_as_a_file(ada: Window) -> None:
    run = await ada.asks("what is there to be said at length?")
    paragraph = "Much was written about this. " * 40
    run.finishes("\n\n".join(f"## Part {n}\n\n{paragraph}" for n in range(1, 60)))
    link = ada.thread.locator(".file a[download$='.md']")
    await expect(link).to_be_visible()
    await expect(ada.thread.locator(".file a[download$='.json']")).to_be_visible()
    async with ada.page.expect_download() as downloading:
        await link.click()
    download = await downloading.value
    assert download.suggested_filename.endswith(".md")
    path = await download.path()
    assert "## Part 59" in path.read_text()


async def test_failed_run_can_be_tried_again(ada: Window) -> None:
    run = await ada.asks("will this work at once?")
    run.fails("The web was closed.")
    await ada.thread.get_by_role("button", name="Try again").click()
    again = await ada.research.next_run(10)
    again.finishes("It did the second time.")
    await expect(ada.thread).to_contain_text("It did the second time.")


async def test_reload_during_a_run_loses_nothing(ada: Window) -> None:
    run = await ada.asks("do you still know me?")
    await expect(ada.thread).to_contain_text("Researching")
    run.progress(40, considered=12, read=5)
    await expect(ada.thread).to_contain_text("40%")
    await ada.page.reload()
    await expect(ada.thread).to_contain_text("do you still know me?")
    await expect(ada.thread).to_contain_text("Sources: 12 considered, 5 read")
    run.finishes("I do.")
    await expect(ada.thread).to_contain_text("I do.")
    await expect(ada.thread).not_to_contain_text("Researching")


async def test_bot_killed_during_a_run_carries_on(ada: Window) -> None:
    run = await ada.asks("what if you die?")
    await expect(ada.thread).to_contain_text("Researching")
    before = ada.running.playground.bot.pid
    await ada.page.get_by_role("button", name="Inspector").click()
    await ada.page.get_by_role("tab", name="Workbench").click()
    await ada.page.get_by_role("button", name="Kill the bot and restart it").click()
    await expect(ada.notice).to_contain_text("was killed")
    await expect(ada.panel.locator("#bot-state")).to_contain_text("running")
    assert ada.running.playground.bot.pid not in (before, None)
    run.finishes("Then I go on.")
    await expect(ada.thread.locator(".message", has_text="Then I go on.")).to_have_count(1)
    asked = [each for each in ada.research.runs if "what if you die" in each.input]
    assert asked == [run]


async def test_injected_faults_cause_no_duplicates(ada: Window) -> None:
    await ada.page.get_by_role("button", name="Inspector").click()
    await ada.page.get_by_role("tab", name="Workbench").click()
    for name in ("429 on the next run", "429 on the next message"):
        await ada.page.get_by_role("button", name=name).click()
        await expect(ada.notice).to_contain_text("come again")
    run = await ada.asks("is it still answered?")
    await ada.page.get_by_role("tab", name="Workbench").click()
    await ada.page.get_by_role("button", name="Redeliver the latest message").click()
    await expect(ada.notice).to_contain_text("delivered to the bot once more")
    run.finishes("It is.")
    await expect(ada.thread.locator(".message", has_text="It is.")).to_have_count(1)
    asked = [each for each in ada.research.runs if "is it still answered" in each.input]
    assert asked == [run]
    await ada.page.get_by_role("tab", name="Events and calls").click()
    await expect(ada.panel.locator(".api .result.bad", has_text="429")).to_have_count(1)


async def test_people_edit_delete_and_react(ada: Window) -> None:
    field = ada.page.locator("#channel-text")
    await field.fill("nice whether today")
    await field.press("Enter")
    message = ada.channel.locator(".message", has_text="nice whether today")
    await message.hover()
    await message.get_by_label("React with tada").click()
    await expect(message.locator(".reactions")).to_contain_text("🎉 1")
    await message.get_by_label("More actions").click()
    await message.get_by_role("button", name="Edit").click()
    await ada.page.locator("#editing-text").fill("nice weather today")
    await ada.page.get_by_role("button", name="Save").click()
    edited = ada.channel.locator(".message", has_text="nice weather today")
    await expect(edited).to_contain_text("(edited)")
    await edited.hover()
    if not await edited.get_by_role("button", name="Delete").is_visible():
        await edited.get_by_label("More actions").click()
    await edited.get_by_role("button", name="Delete").click()
    await expect(ada.channel).not_to_contain_text("nice weather today")


async def test_direct_message_is_answered(ada: Window) -> None:
    await ada.page.locator("#channels").get_by_role("button", name="Threadline", exact=True).click()
    await ada.page.locator("#channel-text").fill("just between us?")
    await ada.page.locator("#channel-text").press("Enter")
    run = await ada.research.next_run(10)
    run.finishes("Just between us.")
    await ada.channel.get_by_role("button", name=re.compile("repl")).last.click()
    await expect(ada.thread).to_contain_text("Just between us.")


async def test_thread_scrolls_to_a_new_question(ada: Window) -> None:
    run = await ada.asks("what is the longest river?")
    run.finishes("\n\n".join(f"Paragraph {number} about rivers." for number in range(60)))
    await expect(ada.thread).to_contain_text("Paragraph 59")
    log = ada.page.locator("#thread .messages")
    await log.evaluate("log => log.scrollTop = 0")
    await ada.replies("and the second longest?")
    await expect(ada.thread.locator(".message").last).to_be_in_viewport()
    await expect(ada.thread).to_contain_text("and the second longest?")
    (await ada.research.next_run(10)).finishes("The Nile.")


async def test_group_dm_is_named_after_its_other_members(ada: Window) -> None:
    await ada.page.locator("#channels").get_by_role("button", name="Bob, Threadline").click()
    await expect(ada.page.locator("#channel-title")).to_have_text("Bob, Threadline")


async def test_rerun_is_drawn_in_the_chain_with_its_origin(ada: Window) -> None:
    run = await ada.asks("who built the canal?")
    run.finishes("Lesseps.")
    await ada.thread.get_by_role("button", name="Re-run with…").click()
    await ada.page.locator("#modal select").select_option("pro-fast")
    await ada.page.locator("#modal").get_by_role("button", name="Re-run", exact=True).click()
    again = await ada.research.next_run(10)
    again.finishes("Lesseps, again.")
    await ada.page.get_by_role("button", name="Inspector").click()
    turns = ada.panel.locator(".turn")
    await expect(turns).to_have_count(2)
    await expect(turns.nth(1)).to_contain_text("once more “who built the canal?”")
    await expect(turns.nth(0)).not_to_have_class(re.compile("continued"))
    await ada.replies("and when?")
    (await ada.research.next_run(10)).finishes("In 1869.")
    await expect(turns).to_have_count(3)
    await expect(turns.nth(1)).to_have_class(re.compile("continued"))


async def test_sample_research_runs_by_itself_and_is_labelled(ada: Window) -> None:
    ada.research.automatic = SampleResearch(seconds=(0.5, 1.0))
    try:
        await expect(ada.page.locator("#state")).to_contain_text("Sample research, made up")
        await ada.asks("who was here first?")
        await expect(ada.thread.locator("strong", has_text="Sample answer.")).to_be_visible()
        await expect(ada.thread.get_by_role("link", name="Sample source 1").first).to_be_visible()
        await ada.replies("a long report on them, please")
        report = ada.thread.locator(".message", has=ada.page.locator(".file a[download$='.md']"))
        await expect(report).to_contain_text("who was here first?")
        await ada.replies("please fail")
        await expect(ada.thread.get_by_role("button", name="Try again")).to_be_visible()
    finally:
        ada.research.automatic = None
        while not ada.research.runs[-1].status.is_over:
            await ada.research.runs[-1].changed.wait()
