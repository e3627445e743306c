"""The small print for who reports a fault: ids, and a link where there is a page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.thread import RunId
from bot.domain.turn import EndingKind
from bot.slack.messages.status import final_status
from bot.slack.messages.turn_lines import RUN_PAGE, support_details
from tests.unit.turns import asked, over, quickly, running

OVER_AT_PARALLEL = {EndingKind.ANSWERED, EndingKind.FAILED, EndingKind.CANCELLED}


@pytest.mark.parametrize("kind", EndingKind)
def test_a_run_that_is_over_is_linked_and_every_run_is_named(kind: EndingKind) -> None:
    words = support_details(over(running(), kind, ref_id="ref-1").turn)
    assert words.startswith("Run `trun_1` · Reference `ref-1`")
    assert (f"{RUN_PAGE}trun_1|" in words) == (kind in OVER_AT_PARALLEL)


def test_a_turn_without_a_run_has_no_ids_to_report() -> None:
    for turn in (asked(), quickly()):
        assert support_details(over(turn, EndingKind.STOPPED).turn) == ""
    assert support_details(asked()) == support_details(over(asked(), EndingKind.BUSY).turn) == ""


def test_ids_stand_below_a_receipt_and_not_in_its_sentence() -> None:
    receipt = final_status(over(running(), EndingKind.FAILED, ref_id="ref-1"))
    first, last = (receipt.blocks or [])[0], (receipt.blocks or [])[-1]
    assert "trun_1" not in first["text"]["text"]
    assert last["type"] == "context"
    assert last["elements"][0]["text"] in receipt.text


def test_ids_are_foreign_text() -> None:
    evil = replace(running(), run=RunId("`<!channel>` | x/../?"))
    words = support_details(
        over(evil, EndingKind.FAILED, ref_id="a`<https://evil.example|b>\n@here").turn
    )
    assert "<!channel>" not in words
    assert "<https://evil" not in words
    assert "@here" not in words
    assert words.count("`") == 4
    assert f"<{RUN_PAGE}%60%3C%21channel" in words
