"""Settings: every mistake at once, each with its fix, and no secret in any of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.configuration.settings import Settings
from bot.configuration.table import SETTINGS
from bot.errors import Problem, SettingsError

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
        # tokens of another kind
        ("SLACK_BOT_TOKEN", "xapp-1-secret", "an app-level token"),
        ("SLACK_BOT_TOKEN", "xoxp-1-secret", "a user token"),
        ("SLACK_BOT_TOKEN", "xoxe.xoxb-1-secret", "expires"),
        ("SLACK_BOT_TOKEN", "xoxe-1-secret", "a refresh token"),
        ("SLACK_BOT_TOKEN", "xoxc-1-secret", "a browser's session token"),
        ("SLACK_BOT_TOKEN", "https://hooks.slack.com/services/T1/secret", "webhook"),
        ("SLACK_BOT_TOKEN", "secret", "something else, not a bot token"),
        ("SLACK_APP_TOKEN", "xoxb-1-secret", "a bot token"),
        ("SLACK_APP_TOKEN", "xoxp-1-secret", "a user token"),
        ("SLACK_APP_TOKEN", "secret", "something else, not an app-level token"),
        ("SLACK_SIGNING_SECRET", "xoxb-1-secret", "a bot token, not the signing secret"),
        ("SLACK_SIGNING_SECRET", "xapp-1-secret", "an app-level token, not the signing secret"),
        ("SLACK_SIGNING_SECRET", "https://example.com/secret", "an address"),
        ("SLACK_SIGNING_SECRET", "A012AB3CD4E", "the app's id"),
        ("SLACK_SIGNING_SECRET", "1234567890.9876543210", "the app's client id"),
        ("PARALLEL_API_KEY", "xoxb-1-secret", "a bot token of Slack's"),
        ("PARALLEL_API_KEY", "xapp-1-secret", "an app-level token of Slack's"),
        # placeholders
        ("SLACK_BOT_TOKEN", "xoxb-...", "placeholder"),
        ("SLACK_BOT_TOKEN", "xoxb-…", "placeholder"),
        ("SLACK_BOT_TOKEN", "xoxb-your-token", "placeholder"),
        ("SLACK_BOT_TOKEN", "xoxb-your-bot-token-here", "placeholder"),
        ("SLACK_BOT_TOKEN", "xoxb-xxxx-xxxx-xxxx", "placeholder"),
        ("SLACK_BOT_TOKEN", "xoxb-", "only the beginning"),
        ("SLACK_BOT_TOKEN", "<bot token>", "placeholder"),
        ("SLACK_BOT_TOKEN", "[bot token]", "placeholder"),
        ("SLACK_BOT_TOKEN", "$SLACK_TOKEN", "placeholder"),
        ("SLACK_BOT_TOKEN", "xoxb-${TOKEN}", "placeholder"),
        ("SLACK_BOT_TOKEN", "{{ slack.token }}", "placeholder"),
        ("SLACK_BOT_TOKEN", "xoxb-1234-***********", "placeholder"),
        ("SLACK_BOT_TOKEN", "xoxb-••••••••", "placeholder"),
        ("SLACK_APP_TOKEN", "xapp-1-xxxxxxxxx...", "placeholder"),
        ("SLACK_APP_TOKEN", "xapp-", "only the beginning"),
        ("SLACK_SIGNING_SECRET", "your-signing-secret", "placeholder"),
        ("SLACK_SIGNING_SECRET", "your_signing_secret", "placeholder"),
        ("SLACK_SIGNING_SECRET", "changeme", "placeholder"),
        ("SLACK_SIGNING_SECRET", "…", "placeholder"),
        ("SLACK_SIGNING_SECRET", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "placeholder"),
        ("PARALLEL_API_KEY", "your-api-key", "placeholder"),
        ("PARALLEL_API_KEY", "<your key>", "placeholder"),
        ("PARALLEL_API_KEY", "replace_me", "placeholder"),
        ("PARALLEL_API_KEY", "TODO", "placeholder"),
        ("PARALLEL_API_KEY", "insert key here", "placeholder"),
        ("PARALLEL_API_KEY", "None", "placeholder"),
        # quotes and characters that came along
        ("SLACK_BOT_TOKEN", "'xoxb-secret'", "quotes"),
        ("SLACK_BOT_TOKEN", '"xoxb-secret"', "quotes"),
        ("SLACK_BOT_TOKEN", "“xoxb-secret”", "quotes"),
        ("SLACK_BOT_TOKEN", "`xoxb-secret`", "quotes"),
        ("SLACK_BOT_TOKEN", 'xoxb-secret"', "quote"),
        ("SLACK_BOT_TOKEN", '"xoxb-secret', "quote"),
        ("SLACK_BOT_TOKEN", '""', "quotes"),
        ("SLACK_BOT_TOKEN", '"', "quote"),
        ("SLACK_APP_TOKEN", "'xapp-secret'", "quotes"),
        ("SLACK_SIGNING_SECRET", '"secret"', "quotes"),
        ("PARALLEL_API_KEY", '"secret"', "quotes"),
        ("REDIS_URL", '"redis://localhost"', "quotes"),
        ("PARALLEL_BASE_URL", "'https://api.parallel.ai'", "quotes"),
        ("PORT", '"3000"', "quotes"),
        ("LOG_LEVEL", "'INFO'", "quotes"),
        ("SLACK_BOT_TOKEN", "xoxb-1 secret", "a space"),
        ("SLACK_BOT_TOKEN", "xoxb-1\tsecret", "a space"),
        ("SLACK_BOT_TOKEN", "xoxb-1\nsecret", "a line break"),
        ("SLACK_BOT_TOKEN", "xoxb-1\r\nsecret", "a line break"),
        ("SLACK_BOT_TOKEN", "xoxb-1\x00secret", "U+0000"),
        ("SLACK_BOT_TOKEN", "xoxb-1\u200bsecret", "U+200B"),
        ("SLACK_BOT_TOKEN", "xoxb-1\u2013secret", "U+2013"),
        ("SLACK_BOT_TOKEN", "xoxb-1\udcffsecret", "U+DCFF"),
        ("SLACK_BOT_TOKEN", "\ufeffxoxb-1-secret", "U+FEFF"),
        ("SLACK_SIGNING_SECRET", "abc\ndef", "a line break"),
        ("PARALLEL_API_KEY", "sécret", "U+00E9"),
        ("PARALLEL_API_KEY", "one two", "a space"),
        # other values
        ("SLACK_API_URL", "slack.com/api", "https://slack.com/api/"),
        ("PARALLEL_BASE_URL", "ftp://x", "https://api.parallel.ai"),
        ("PARALLEL_BASE_URL", "http://[::1", "host"),
        ("PARALLEL_BASE_URL", "https://api.parallel.ai/v1", "leave /v1 out"),
        ("PARALLEL_BASE_URL", "https://api.parallel.ai/v1/", "leave /v1 out"),
        ("PARALLEL_BASE_URL", "https://api.parallel.ai/v1beta", "leave /v1beta out"),
        ("PARALLEL_BASE_URL", "https://gateway:1/x/v1/tasks/runs", "leave /v1/tasks/runs out"),
        ("PARALLEL_BASE_URL", "https://api.parallel.ai/v1/chat/completions", "leave /v1/chat"),
        ("SLACK_API_URL", "http://[::1", "host"),
        ("DEFAULT_PROCESSOR", "profast", "did you mean pro-fast?"),
        ("DEFAULT_PROCESSOR", "xoxb-1-secret", "use speed"),
        ("REDIS_URL", "localhost:6379", "redis://localhost:6379"),
        ("REDIS_URL", "Redis://localhost", "small letters"),
        ("REDIS_URL", "/run/redis.sock", "unix:///run/redis.sock"),
        ("REDIS_URL", "unix:/run/redis.sock", "unix:///run/redis.sock"),
        ("REDIS_URL", "rediss://h?ssl_cert_reqs=CERT_NONE", "none, optional or required"),
        ("REDIS_URL", "redis://h1:6379,h2:6379", "port"),
        ("REDIS_URL", "redis://[::1", "[ or ]"),
        ("REDIS_URL", "redis://:secret/im1@h:6379/0", "%2F"),
        ("LEASE_SECONDS", "1", "from 2 to 60"),
        ("LEASE_SECONDS", "soon", "from 2 to 60"),
        ("LEASE_SECONDS", "nan", "from 2 to 60"),
        ("LEASE_SECONDS", "inf", "from 2 to 60"),
        ("RETENTION_DAYS", "0", "from 1 to 3650"),
        ("RETENTION_DAYS", "7.5", "from 1 to 3650"),
        ("PORT", "99999", "from 0 to 65535"),
        ("PORT", "1e3", "from 0 to 65535"),
        ("PORT", "\x1b[2J", "from 0 to 65535"),
        ("PORT", "65536", "isn't a whole number"),
        ("PORT", "-1", "from 0 to 65535"),
        ("PORT", "8_080", "from 0 to 65535"),
        ("PORT", "0x50", "from 0 to 65535"),
        ("PORT", "8080.0", "isn't a whole number"),
        ("PORT", "٣٠٠٠", "from 0 to 65535"),
        ("PORT", "３０００", "from 0 to 65535"),
        ("PORT", "²", "from 0 to 65535"),
        ("PORT", "tcp://10.0.0.1:3000", "from 0 to 65535"),  # of Docker links and Kubernetes
        ("PORT", "9" * 5_000, "from 0 to 65535"),
        ("LEASE_SECONDS", "1_0", "from 2 to 60"),
        ("LEASE_SECONDS", "1e1", "from 2 to 60"),
        ("LEASE_SECONDS", "٥", "from 2 to 60"),
        ("LEASE_SECONDS", "2,5", "from 2 to 60"),
        ("LEASE_SECONDS", "5s", "from 2 to 60"),
        ("RETENTION_DAYS", "1_0", "from 1 to 3650"),
        ("RETENTION_DAYS", "90 days", "from 1 to 3650"),
        ("HOST", "http://0.0.0.0", "without scheme and port"),
        ("HOST", "0.0.0.0:3000", "without scheme and port"),
        ("HOST", "[::]", "without scheme and port"),
        ("HOST", "a..b", "isn't a host name"),
        ("HOST", "x" * 64, "isn't a host name"),
        ("HOST", "999.1.1.1", "isn't a host name"),
        ("HOST", "*", "isn't a host name"),
        ("HOST", "0", "isn't a host name"),
        ("HOST", "127.1", "isn't a host name"),
        ("HOST", "[::1]", "without brackets"),
        ("HOST", "xoxb-1-secret", "isn't a host name"),
        ("DATA_DIR", "~/threadline", "only a shell understands"),
        ("DATA_DIR", "~", "only a shell understands"),
        ("DATA_DIR", "$HOME/threadline", "only a shell understands"),
        ("DATA_DIR", "${HOME}/threadline", "only a shell understands"),
        ("DATA_DIR", "/tmp/" + "y/" * 1_500, "longer than 1,000 characters"),
        ("DATA_DIR", "./data # ours", "a comment"),
        ("DATA_DIR", "./data #", "a comment"),
        ("DATA_DIR", "/tmp/a\x00b", "U+0000"),
        ("DATA_DIR", "/tmp/a\nb", "a line break"),
        ("FOLLOW_UPS", "sometimes", "every, mention"),
        ("BROADCAST", "yes", "on, off"),
        ("TASK_GROUPS", "true", "on, off"),
        ("ADMINS", "@ada, U012AB3CD", "Copy member ID"),
        ("RESEARCH_REACTION", "the magnifier", "such as mag"),
        ("RESEARCH_REACTION", "🔍", "such as mag"),
        ("LOG_LEVEL", "loud", "DEBUG, INFO"),
        ("LOG_FORMAT", "xml", "plain, json"),
    ],
)
def test_a_mistake_is_named_with_its_fix(name: str, value: str, says: str) -> None:
    found = problems(**{name: value})
    assert list(found) == [name]
    assert says in found[name]
    text = found[name].replace("signing secret", "").replace("Signing Secret", "")
    assert "secret" not in text
    assert "\x1b" not in text


def test_quoted_values_are_checked_too() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.load(GOOD | {"SLACK_BOT_TOKEN": '"xapp-1"', "PORT": '"many"'})
    assert [p.setting for p in caught.value.problems] == ["SLACK_BOT_TOKEN", "PORT", "PORT"]


def test_a_real_value_that_looks_odd_is_taken() -> None:
    over_http = {
        "SLACK_BOT_TOKEN": "xoxb-1234567890123-1234567890123-hereYourXXXtodoNone000000",
        "SLACK_SIGNING_SECRET": "0123456789abcdef0123456789abcdef",
        "PARALLEL_API_KEY": "-_here9.yours~+/=$x",
        "DATA_DIR": "/srv/Forschung für alle/\udcff",
        "HOST": "::1",
        "ADMINS": "U012AB3CD, W012AB3CD",
    }
    assert Settings.load(over_http).data_dir == over_http["DATA_DIR"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65535"),
        ("PORT", " 8080 "),
        ("PORT", "08080"),
        ("LEASE_SECONDS", "2"),
        ("LEASE_SECONDS", "5.5"),
        ("LEASE_SECONDS", "60.0"),
        ("RETENTION_DAYS", "3650"),
        ("HOST", "::"),
        ("HOST", "fe80::1%eth0"),
        ("HOST", "my_host"),
        ("DATA_DIR", "./~/data"),
        ("DATA_DIR", "~backup"),
        ("DATA_DIR", "/srv/$x/#1/a b/50%"),
        ("DATA_DIR", "/"),
        ("PARALLEL_BASE_URL", "https://gateway:8443/v1/parallel/"),
        ("PARALLEL_BASE_URL", "https://gateway/dev1"),
        ("PARALLEL_BASE_URL", "http://host.docker.internal:8000"),
        ("SLACK_API_URL", "https://slack-gov.com/api/"),
        ("LOG_LEVEL", "debug"),
        ("BROADCAST", "ON"),
        ("ADMINS", "U012AB3CD,"),
    ],
)
def test_an_odd_value_that_is_right_is_taken(name: str, value: str) -> None:
    Settings.load(GOOD | {name: value})


def test_a_mistake_that_was_found_before_is_not_called_unset() -> None:
    known = [Problem("SLACK_BOT_TOKEN", "cannot be read (line 1 of .env)", "write it again")]
    _, found = Settings.read({k: v for k, v in GOOD.items() if k != "SLACK_BOT_TOKEN"}, known)
    assert found == known


def test_an_app_token_that_cannot_be_read_is_not_called_unset_either() -> None:
    others = {k: v for k, v in GOOD.items() if k != "SLACK_APP_TOKEN"}
    known = [Problem("SLACK_APP_TOKEN", "cannot be read (line 1 of .env)", "write it again")]
    assert Settings.read(others, known)[1] == known
    (quotes,) = Settings.read(others | {"SLACK_APP_TOKEN": "''"})[1]
    assert quotes.setting == "SLACK_APP_TOKEN"


#: Letters of which no message has four in a row.
ODD = st.text(st.sampled_from("QZXJK0987#?/@%[]: '\"\n\u200bß"), min_size=6, max_size=30).map(
    str.strip
)
NAMES = [setting.name for setting in SETTINGS]
FORMS = ["{}", "xoxb-{}", "xapp-{}", "xoxp-{}", "redis://:{}@h:6379/0", "redis://{}", "unix://{}"]
FORMS += ["rediss://u:{}@[::1]/1", "http://{}", "https://u:{}@h/", "'{}'", '"xoxb-{}"', "<{}>"]


@given(
    st.dictionaries(st.sampled_from(NAMES), st.tuples(st.sampled_from(FORMS), ODD), min_size=1),
    ODD,
)
def test_no_report_of_a_mistake_has_four_characters_of_a_secret(
    values: dict[str, tuple[str, str]], secret: str
) -> None:
    """Also of a secret that was given as the value of another setting."""
    environ = {name: form.format(text) for name, (form, text) in values.items()}
    environ.setdefault("PARALLEL_API_KEY", f"'{secret}'")
    _, found = Settings.read(environ)
    printed = repr(found) + str(SettingsError(found))
    texts = [secret, *(text for _, text in values.values())]
    pieces = {text[i : i + 4] for text in texts for i in range(len(text) - 3)}
    secrets = [environ[s.name] for s in SETTINGS if s.secret and s.name in environ]
    assert not [piece for piece in pieces if piece in printed and any(piece in s for s in secrets)]


def test_empty_means_unset_and_spaces_do_not_count() -> None:
    settings = Settings.load(GOOD | {"REDIS_URL": " ", "DEFAULT_PROCESSOR": " Pro-Fast "})
    assert settings.redis_url is None
    assert settings.default_processor == "pro-fast"


def test_secrets_do_not_show() -> None:
    shown = repr(Settings.load(GOOD | {"REDIS_URL": "redis://:hidden@host"}))
    assert not [s for s in ("xoxb", "xapp", "key-abc", "hidden") if s in shown]


def test_the_port_is_served_over_http_and_in_socket_mode_if_set() -> None:
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
