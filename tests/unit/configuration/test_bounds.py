"""How many questions are taken at once: numbers, or off."""

from __future__ import annotations

import pytest

from bot.configuration.settings import Settings
from bot.domain.bounds import Bounds
from bot.errors import SettingsError

GOOD = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_APP_TOKEN": "xapp-1",
    "PARALLEL_API_KEY": "key-of-parallel",
}


def bounds(**changes: str) -> Bounds:
    return Settings.load(GOOD | changes).bounds


def test_twenty_wait_and_five_run_by_default() -> None:
    assert bounds() == Bounds(waiting_per_thread=20, running_per_person=5)


@pytest.mark.parametrize("value", ["off", "OFF", "0"])
def test_off_and_zero_mean_any_number(value: str) -> None:
    assert bounds(WAITING_PER_THREAD=value, RUNNING_PER_PERSON=value) == Bounds()


@pytest.mark.parametrize("value", ["many", "-1", "1.5", "1001", "on"])
def test_mistakes_are_named(value: str) -> None:
    for name in ("WAITING_PER_THREAD", "RUNNING_PER_PERSON"):
        with pytest.raises(SettingsError, match=name):
            bounds(**{name: value})
