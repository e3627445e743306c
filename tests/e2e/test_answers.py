"""Answers of every size and form, and runs that take too long."""

from __future__ import annotations

import json
import re
import time

import pytest

from bot.playground.slack import Message
from tests.e2e.dialogue import BASIS, OFFERED, action_ids, shown
from tests.e2e.stage import Stage

PARAGRAPH = "The canal joins two seas and carries a good part of the world's trade. " * 8
TABLE = "| year | ships |\n| --- | --- |\n" + "".join(
    f"| {y} | {y * 7} |\n" for y in range(1950, 1980)
)
CODE = "```python\n" + "print('a canal')\n" * 20 + "```"


async def answered(stage: Stage, content: str | dict[str, object], number: int) -> list[Message]:
    """Ask, let the run end with this output, and return the messages that bring it."""
    asked = await stage.ada.says(stage.general, f"{stage.me} tell me about the canal")
    thread = stage.slack.thread(asked)
    status = await thread.next()
    (await stage.parallel.next_run()).finishes(content, basis=BASIS)
    answer = [await thread.next() for _ in range(number)]
    await thread.until(lambda _: "white_check_mark" in shown(status))
    assert len(thread.said) == number + 1
    return answer


async def test_an_answer_of_three_messages_is_split_without_cuts(stage: Stage) -> None:
    sections = [f"## Part {n}\n\n{PARAGRAPH}\n\n{PARAGRAPH}" for n in range(22)]
    content = "\n\n".join([*sections[:11], TABLE, *sections[11:], CODE])
    first, second, third = await answered(stage, content, 3)
    whole = "\n\n".join(m.markdown for m in (first, second, third))
    positions = [whole.index(f"## Part {n}\n") for n in range(22)]
    assert positions == sorted(positions)
    assert TABLE.strip() in whole
    assert CODE in whole
    assert "1. <https://example.org/suez|Suez Canal Authority>" in shown(third)
    assert [action_ids(m) for m in (first, second, third)] == [[], [], OFFERED]


@pytest.mark.also_over_http
async def test_a_report_comes_as_a_summary_and_a_file(stage: Stage) -> None:
    sections = [f"## Part {n}\n\n{PARAGRAPH}\n\n{PARAGRAPH}" for n in range(60)]
    content = "\n\n".join(["# The canal", *sections, TABLE])
    summary, report, evidence = await answered(stage, content, 3)
    assert "# The canal" in summary.markdown
    assert "Full report" in shown(summary)
    assert action_ids(summary) == OFFERED
    (file,) = report.files
    assert file.name.endswith(".md")
    # Only our own headings are of the first level.
    assert re.sub("(?m)^#", "##", re.sub(" +\n", "\n", content)).strip() in file.text
    assert "https://example.com/history" in file.text
    (basis,) = evidence.files
    assert basis.name.endswith(".json")
    (field,) = json.loads(basis.text)["basis"]
    assert field["reasoning"] == "Stated by both sources."
    assert [citation["url"] for citation in field["citations"]] == [
        "https://example.org/suez",
        "https://example.com/history",
    ]


async def test_the_report_is_shared_when_only_its_json_is_refused(stage: Stage) -> None:
    sections = [f"## Part {n}\n\n{PARAGRAPH}\n\n{PARAGRAPH}" for n in range(40)]
    stage.slack.faults.next("files.getUploadURLExternal")  # the report's, which goes well
    stage.slack.faults.next("files.getUploadURLExternal", error="file_uploads_disabled")
    _, report, evidence = await answered(stage, "\n\n".join(sections), 3)
    assert [file.name for file in report.files] == ["report.md"]
    assert not evidence.files
    assert "can't upload the sources and evidence" in shown(evidence)


async def test_a_link_that_the_run_does_not_cite_is_no_link(stage: Stage) -> None:
    content = (
        "[Egypt](https://example.org/suez/) owns it [7], says [a blog](https://evil.example/x)."
    )
    (answer,) = await answered(stage, content, 1)
    for words in (answer.markdown.replace("\u2060", ""), answer.text.replace("\u2060", "")):
        assert "https://example.org/suez/" in words
        assert "owns it [7], says a blog (evil.example/x, unverified)." in words
        assert "https://evil" not in words


async def test_numbers_lead_where_the_list_of_the_answer_says(stage: Stage) -> None:
    listed = "1. *A blog*. https://evil.example/x\n2. *The canal*. https://example.org/suez"
    sections = [f"## Part {n}\n\nIt is so [2][1]. {PARAGRAPH}\n\n{PARAGRAPH}" for n in range(40)]
    content = "\n\n".join(["# Canal", *sections, f"## References\n\n{listed}"])
    summary, report, _ = await answered(stage, content, 3)
    assert "It is so [[2]](https://example.org/suez)[1]." in summary.markdown
    assert "It is so [2][1]." in summary.text
    assert "It is so [2][1]." in report.files[0].text
    assert "https://evil" not in summary.markdown + summary.text + report.files[0].text


async def test_an_answer_without_sources_says_that_its_links_are_not_verified(stage: Stage) -> None:
    asked = await stage.ada.says(stage.general, f"{stage.me} who owns it?")
    thread = stage.slack.thread(asked)
    await thread.next()
    (await stage.parallel.next_run()).finishes("See [a blog](https://evil.example/x).")
    answer = await thread.next()
    assert "Parallel returned no sources" in shown(answer)
    assert "https://evil" not in shown(answer) + answer.text


@pytest.mark.parametrize("error", ["file_uploads_disabled", "missing_scope"])
async def test_the_report_is_posted_as_messages_when_files_are_refused(
    stage: Stage, error: str
) -> None:
    sections = [f"## Part {n}\n\n{PARAGRAPH}\n\n{PARAGRAPH}" for n in range(40)]
    stage.slack.faults.next("files.getUploadURLExternal", error=error)
    asked = await stage.ada.says(stage.general, f"{stage.me} tell me about the canal")
    thread = stage.slack.thread(asked)
    status = await thread.next()
    (await stage.parallel.next_run()).finishes("\n\n".join(sections), basis=BASIS)
    await thread.until(lambda _: "white_check_mark" in shown(status))
    whole = "\n\n".join(m.markdown for m in thread.said)
    assert [n for n in range(40) if f"## Part {n}\n" not in whole] == []


async def test_json_is_shown_as_people_read(stage: Stage) -> None:
    (answer,) = await answered(stage, {"owner": "Egypt", "opened": 1869}, 1)
    assert "Egypt" in shown(answer)
    assert "1869" in shown(answer)
    assert "{" not in shown(answer)


async def test_a_lone_number_is_read_as_it_is(stage: Stage) -> None:
    (answer,) = await answered(stage, "1956.", 1)
    assert answer.text.startswith("1956.")
    assert answer.markdown.startswith("1956\\.")


async def test_a_code_fence_left_open_does_not_swallow_the_sources(stage: Stage) -> None:
    (answer,) = await answered(stage, "Like this:\n\n```python\nprint(1)", 1)
    assert answer.markdown.count("```") == 2
    assert "*Sources*" in shown(answer)


async def test_an_answer_of_megabytes_comes_as_a_file_while_others_are_served(one: Stage) -> None:
    stage = one
    asked = await stage.ada.says(stage.general, f"{stage.me} tell me everything")
    thread = stage.slack.thread(asked)
    await thread.next()
    (await stage.parallel.next_run()).finishes(f"# All\n\n{PARAGRAPH}\n\n" * 8_000)
    other = await stage.bob.says(stage.general, f"{stage.me} who owns it?")
    other_thread = stage.slack.thread(other)
    await other_thread.next()
    (await stage.parallel.next_run()).finishes("Egypt.")
    assert "Egypt." in shown(await other_thread.next())
    await thread.next()
    (file,) = (await thread.next()).files
    assert file.length > 4_000_000


async def test_a_file_that_cannot_be_uploaded_for_an_hour_comes_as_messages(stage: Stage) -> None:
    stage.slack.faults.next("upload", status=503, times=1_000)
    asked = await stage.ada.says(stage.general, f"{stage.me} what is there to say?")
    thread = stage.slack.thread(asked)
    await thread.next()
    run = await stage.parallel.next_run()
    run.finishes("\n\n".join(f"## Part {n}\n\n{'So it is. ' * 200}" for n in range(1, 20)))
    await thread.next()
    await stage.stop_bot()
    assert not any("Part 19" in shown(message) for message in thread.said)
    await stage.start_bot(clock=lambda: time.time() + 2 * 3_600)
    await thread.until(lambda t: any("Part 19" in shown(message) for message in t.said))
    await thread.until(lambda t: "0 sources" in shown(t.said[0]))
    assert stage.slack.files == []


async def test_an_empty_answer_is_reported(stage: Stage) -> None:
    (answer,) = await answered(stage, "", 1)
    assert "empty" in shown(answer)


async def test_the_answer_unfurls_nothing(stage: Stage) -> None:
    await answered(stage, "See https://example.org", 1)
    posts = [call for call in stage.slack.calls if call.method == "chat.postMessage"]
    assert len(posts) == 2
    assert not [p for p in posts if p.arguments["unfurl_links"] or p.arguments["unfurl_media"]]


async def test_private_channels_and_group_messages_work_the_same(stage: Stage) -> None:
    places = [
        stage.slack.channel("secret", members=[stage.ada], private=True),
        stage.slack.mpim([stage.ada, stage.bob]),
    ]
    for place in places:
        asked = await stage.ada.says(place, f"{stage.me} who owns it?")
        thread = stage.slack.thread(asked)
        await thread.next()
        run = await stage.parallel.next_run()
        run.finishes("Egypt.")
        assert "Egypt." in shown(await thread.next())
        await stage.ada.replies(asked, "since when?")
        await thread.next()
        second = await stage.parallel.next_run()
        assert second.previous_interaction_id == run.interaction_id
        second.finishes("Since 1956.")
        assert "1956" in shown(await thread.next())
