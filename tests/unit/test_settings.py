"""Settings: every mistake at once, each with its fix, and no secret in any of them."""

from __future__ import annotations

import pytest

from bot.errors import SettingsError
from bot.settings import Settings

GOOD = {
    "SLACK_BOT_TOKEN": "xoxb-1-abc",
    "SLACK_APP_TOKEN": "xapp-1-abc",
    "PARALLEL_API_KEY": "key-abc",
}


def problems(**changes: str) -> dict[str, str]:
    with pytest.raises(SettingsError) as caught:
        Settings.load(GOOD | changes)
    return {p.setting: f"{p.wrong}: {p.fix}" for p in caught.value.problems}


def test_tokens_and_key_are_enough() -> None:
    settings = Settings.load(GOOD)
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.default_processor == "core-fast"
    assert not settings.serves_http
    assert settings.redis_url is None


def test_nothing_set_names_all_that_is_needed() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load({})
    assert {p.setting for p in caught.value.problems} == {
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
        "PARALLEL_API_KEY",
    }


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SLACK_BOT_TOKEN", "xapp-1-secret", "an app-level token"),
        ("SLACK_BOT_TOKEN", "xoxp-1-secret", "a user token"),
        ("SLACK_BOT_TOKEN", "xoxb-...", "placeholder"),
        ("SLACK_BOT_TOKEN", "'xoxb-secret'", "quotes"),
        ("SLACK_APP_TOKEN", "xoxb-1-secret", "a bot token"),
        ("PARALLEL_API_KEY", "your-api-key", "placeholder"),
        ("SLACK_API_URL", "slack.com/api", "https://slack.com/api/"),
        ("PARALLEL_BASE_URL", "ftp://x", "https://api.parallel.ai"),
        ("DEFAULT_PROCESSOR", "profast", "did you mean pro-fast?"),
        ("REDIS_URL", "localhost:6379", "redis://localhost:6379"),
        ("LEASE_SECONDS", "1", "from 2 to 60"),
        ("LEASE_SECONDS", "soon", "from 2 to 60"),
        ("RETENTION_DAYS", "0", "from 1 to 3650"),
        ("PORT", "99999", "from 0 to 65535"),
        ("LOG_LEVEL", "loud", "DEBUG, INFO"),
        ("LOG_FORMAT", "xml", "plain, json"),
    ],
)
def test_a_mistake_is_named_with_its_fix(name: str, value: str, says: str) -> None:
    found = problems(**{name: value})
    assert list(found) == [name]
    assert says in found[name]
    assert "secret" not in found[name]


def test_empty_means_unset_and_spaces_do_not_count() -> None:
    settings = Settings.load(GOOD | {"REDIS_URL": " ", "DEFAULT_PROCESSOR": " Pro-Fast "})
    assert settings.redis_url is None
    assert settings.default_processor == "pro-fast"


def test_secrets_do_not_show() -> None:
    shown = repr(Settings.load(GOOD | {"REDIS_URL": "redis://:hidden@host"}))
    assert not [s for s in ("xoxb", "xapp", "key-abc", "hidden") if s in shown]


def test_over_http_the_port_is_served_and_with_a_socket_only_when_asked_for() -> None:
    over_http = {k: v for k, v in GOOD.items() if k != "SLACK_APP_TOKEN"}
    over_http["SLACK_SIGNING_SECRET"] = "abc"
    assert Settings.load(over_http).serves_http
    assert Settings.load(GOOD | {"PORT": "3001"}).serves_http


def test_addresses_are_put_into_one_form() -> None:
    settings = Settings.load(
        GOOD | {"SLACK_API_URL": "http://x/api", "PARALLEL_BASE_URL": "http://y/base/"}
    )
    assert settings.slack_api_url == "http://x/api/"
    assert settings.parallel_base_url == "http://y/base"
