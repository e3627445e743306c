"""A mention that is taken back before anything was started leaves the thread to its people."""

from __future__ import annotations

import pytest

from tests.e2e.dialogue import acknowledged, begun, said
from tests.e2e.stage import Stage


@pytest.mark.parametrize("how", ["deleted", "edited"])
@pytest.mark.parametrize("place", ["at the root", "in a thread"])
async def test_replies_are_not_ours_after_it(stage: Stage, how: str, place: str) -> None:
    await stage.stop_bot()
    await stage.start_bot(RUNNING_PER_PERSON="1")
    await stage.bob.says(stage.general, f"{stage.me} who owns it?")  # so that the next one waits
    await stage.parallel.next_run()
    root = await stage.bob.says(stage.general, "where shall we eat today?")
    if place == "in a thread":
        asked = await stage.bob.replies(root, f"{stage.me} which is the best pizza in Turin?")
    else:
        asked = root = await stage.bob.says(stage.general, f"{stage.me} which is the best pizza?")
    thread = stage.slack.thread(root)
    await thread.next()
    if how == "deleted":
        await stage.bob.deletes(asked)
    else:
        await stage.bob.edits(asked, "// which is the best pizza, Carl?")
    await thread.until(lambda t: not t.said)
    await stage.ada.replies(root, "Pizza again? I had that yesterday")
    await acknowledged(stage)
    other = await stage.ada.says(stage.general, f"{stage.me} who owns it?")
    await stage.slack.thread(other).next()
    await stage.parallel.next_run()
    assert len(stage.parallel.runs) == 2
    assert thread.said == []


@pytest.mark.parametrize("how", ["deleted", "edited"])
async def test_replies_are_not_ours_after_a_price_that_is_void(stage: Stage, how: str) -> None:
    await stage.stop_bot()
    await stage.start_bot(CONFIRM_FROM_USD="0.30")
    root = await stage.bob.says(stage.general, "where shall we eat today?")
    asked = await stage.ada.replies(root, f"{stage.me} !ultra which is the best pizza in Turin?")
    await said(stage, root, "Start it?")
    if how == "deleted":
        await stage.ada.deletes(asked)
    else:
        await stage.ada.edits(asked, "// which is the best pizza, Carl?")
    await acknowledged(stage)
    await stage.bob.replies(root, "Pizza again? I had that yesterday")
    await acknowledged(stage)
    await begun(stage)
    assert [run.input for run in stage.parallel.runs] == ["who owns it?"]


async def test_replies_that_came_before_it_was_taken_back_are_asked(stage: Stage) -> None:
    """They were follow-ups when they were written, and their askers saw so."""
    asked, _, run = await begun(stage)
    reply = await stage.bob.replies(asked, "since when?")
    await stage.slack.until(lambda: reply.reactions)
    await stage.ada.deletes(asked)
    run.finishes("Egypt.")
    assert (await stage.parallel.next_run()).input == "since when?"
