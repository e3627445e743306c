"""Which proxy a connection goes through, and what is said of a proxy that is none."""

from __future__ import annotations

import base64
import logging
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.configuration.settings import Settings
from bot.connections.network import WITHOUT_PROXIES, Network
from bot.log import Lines

PROXY = "http://proxy.example:3128"
SECRET = "geheim4711"
NEEDED = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "PARALLEL_API_KEY": "key"}


def network(**environ: str) -> Network:
    found, problems = Network.load(environ)
    assert problems == []
    return found


def way(url: str, **environ: str) -> str | None:
    """The address of the proxy that a URL is reached through."""
    scheme, _, rest = url.partition("://")
    host, colon, port = rest.rpartition(":") if not rest.endswith("]") else (rest, "", "")
    if not colon:
        host, port = rest, {"https": "443", "wss": "443"}.get(scheme, "80")
    proxy = network(**environ).proxy(scheme, host, int(port))
    return proxy.url if proxy else None


@pytest.mark.parametrize(
    ("environ", "https", "http"),
    [
        ({}, None, None),
        ({"HTTPS_PROXY": "http://s:1"}, "http://s:1", None),
        ({"https_proxy": "http://s:1"}, "http://s:1", None),
        ({"HTTP_PROXY": "http://p:1"}, None, "http://p:1"),
        ({"http_proxy": "http://p:1"}, None, "http://p:1"),
        ({"HTTPS_PROXY": "http://s:1", "HTTP_PROXY": "http://p:1"}, "http://s:1", "http://p:1"),
        ({"ALL_PROXY": "http://a:1"}, "http://a:1", "http://a:1"),
        ({"all_proxy": "http://a:1"}, "http://a:1", "http://a:1"),
        ({"ALL_PROXY": "http://a:1", "HTTPS_PROXY": "http://s:1"}, "http://s:1", "http://a:1"),
        ({"HTTPS_PROXY": "http://big:1", "https_proxy": "http://small:1"}, "http://small:1", None),
        ({"HTTPS_PROXY": "", "ALL_PROXY": "  "}, None, None),
        ({"HTTPS_PROXY": "http://s:1", "https_proxy": ""}, "http://s:1", None),
        ({"HTTPS_PROXY": "https://s"}, "https://s", None),
        ({"HTTPS_PROXY": "proxy.example:3128"}, PROXY, None),
        ({"HTTPS_PROXY": "10.0.0.1:3128"}, "http://10.0.0.1:3128", None),
        ({"HTTPS_PROXY": "[fd00::2]:3128"}, "http://[fd00::2]:3128", None),
        ({"HTTPS_PROXY": " HTTP://Proxy.Example:3128/ "}, PROXY, None),
        ({"HTTPS_PROXY": "http://u:p@proxy.example:3128"}, PROXY, None),
        ({"HTTPS_PROXY": "u:p@proxy.example:3128"}, PROXY, None),
        (  # what is not used may be for other programs
            {"HTTPS_PROXY": "http://s:1", "HTTP_PROXY": "h:1", "ALL_PROXY": "socks5://x:1"},
            "http://s:1",
            "http://h:1",
        ),
        ({"NO_PROXY": "x", "SSL_CERT_FILE": "y", "FTP_PROXY": "socks5://x:1"}, None, None),
    ],
)
def test_each_scheme_has_its_variable(
    environ: dict[str, str], https: str | None, http: str | None
) -> None:
    for scheme, expected in (("https", https), ("wss", https), ("http", http), ("ws", http)):
        assert way(f"{scheme}://slack.com", **environ) == expected


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST",
        "localhost.",
        "ada.localhost",
        "127.0.0.1",
        "127.0.0.2",
        "127.255.255.254",
        "127.1",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "[::]",
    ],
)
@pytest.mark.parametrize("direct", ["", "example.com", "*"])
def test_this_machine_is_never_reached_through_a_proxy(host: str, direct: str) -> None:
    for scheme in ("http", "https", "ws", "wss"):
        assert way(f"{scheme}://{host}", ALL_PROXY=PROXY, NO_PROXY=direct) is None


@pytest.mark.parametrize("host", ["localhost.example.com", "mylocalhost", "128.0.0.1", "[::2]"])
def test_hosts_that_only_look_local_go_through_the_proxy(host: str) -> None:
    assert way(f"https://{host}", ALL_PROXY=PROXY) == PROXY


@pytest.mark.parametrize(
    ("entry", "direct", "not_direct"),
    [
        ("*", ["https://slack.com", "https://10.1.2.3", "https://[fd00::7]"], []),
        (
            "example.com",
            [
                "https://example.com",
                "https://a.b.example.com",
                "https://EXAMPLE.com.",
                "ws://example.com",
            ],
            ["https://anexample.com", "https://example.com.evil.test", "https://example.org"],
        ),
        (
            ".example.com",
            ["https://example.com", "https://a.example.com"],
            ["https://anexample.com"],
        ),
        (
            "*.example.com",
            ["https://example.com", "https://a.example.com"],
            ["https://anexample.com"],
        ),
        ("Example.COM.", ["https://example.com"], []),
        (
            "example.com:8443",
            ["https://example.com:8443"],
            ["https://example.com", "http://example.com"],
        ),
        ("example.com:443", ["https://example.com", "wss://example.com"], ["http://example.com"]),
        ("10.1.2.3", ["https://10.1.2.3"], ["https://10.1.2.4", "https://110.1.2.3"]),
        ("10.0.0.0/8", ["https://10.1.2.3", "https://10.255.0.1:8443"], ["https://11.0.0.1"]),
        ("10.1.2.3/8", ["https://10.9.9.9"], ["https://11.0.0.1"]),
        ("10.1.2.3:8443", ["https://10.1.2.3:8443"], ["https://10.1.2.3"]),
        ("fd00::/8", ["https://[fd00::7]"], ["https://[fe80::7]", "https://10.1.2.3"]),
        ("[fd00::7]", ["https://[fd00::7]"], ["https://[fd00::8]"]),
        ("[fd00::7]:443", ["https://[fd00::7]"], ["http://[fd00::7]"]),
        ("::ffff:10.1.2.3", [], ["https://10.1.2.4"]),
        ("bücher.example", ["https://xn--bcher-kva.example"], ["https://bucher.example"]),
        ("a.test,b.test", ["https://a.test", "https://b.test"], ["https://c.test"]),
        (" a.test , b.test ", ["https://a.test", "https://b.test"], ["https://c.test"]),
        ("a.test b.test", ["https://a.test", "https://b.test"], ["https://c.test"]),
        (",,a.test,,", ["https://a.test"], ["https://c.test"]),
        ("", [], ["https://c.test"]),
        ("<local>;/var/run/docker.sock,http://x.test,10.0.0.0/99,:80,..", [], ["https://c.test"]),
    ],
)
def test_hosts_in_no_proxy_are_reached_directly(
    entry: str, direct: list[str], not_direct: list[str]
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        assert {url: way(url, ALL_PROXY=PROXY, **{name: entry}) for url in direct} == dict.fromkeys(
            direct
        )
        assert {way(url, ALL_PROXY=PROXY, **{name: entry}) for url in not_direct} <= {PROXY}


@pytest.mark.parametrize(
    ("value", "pair"),
    [
        ("http://ada:geheim@h:1", "ada:geheim"),
        ("http://ada@h:1", "ada:"),
        ("http://ada:@h:1", "ada:"),
        ("http://:geheim@h:1", ":geheim"),
        ("http://ada:p%40ss%3A%2F%3F%23%25@h:1", "ada:p@ss:/?#%"),
        ("http://ada:p@ss@h:1", "ada:p@ss"),
        ("http://DOM%5Cada:geheim@h:1", "DOM\\ada:geheim"),
        ("http://ada:größe@h:1", "ada:größe"),
        ("ada:geheim@h:1", "ada:geheim"),
    ],
)
def test_user_and_password_are_sent_as_they_are_meant(value: str, pair: str) -> None:
    proxy = network(HTTPS_PROXY=value).https
    assert proxy
    scheme, _, encoded = (proxy.authorization or "").partition(" ")
    assert (scheme, base64.b64decode(encoded).decode()) == ("Basic", pair)
    assert proxy.url == "http://h:1"


WRONG = [
    f"http://u:{SECRET}#x@h:1",
    f"http://u:1/{SECRET}@h:1",
    f"http://u:{SECRET}?@h:1",
    f"http://u:{SECRET}@",
    f"http://u:{SECRET}@h:99999",
    f"http://u:{SECRET}@h:port",
    f"http://u:{SECRET}@h:0",
    f"http://u:{SECRET}@[::1",
    f'"http://u:{SECRET}@h:1"',
    f"'http://u:{SECRET}@h:1'",
    f"http://u:{SECRET}@h:1/pac",
    f"http:/u:{SECRET}@h:1",
    f"http//u:{SECRET}@h:1",
    f"://u:{SECRET}@h:1",
    f"u {SECRET}",
    f"http://u:{SECRET}@h 1",
    f"http://u:{SECRET}@h:1,http://other:1",
    f"http://u:{SECRET}@h:1;x",
    f"http://u:{SECRET}@<proxy>:1",
    f"http://u:{SECRET}@..:1",
    f"http://u:{SECRET}@a..b:1",
    f"http://u:{SECRET}@{'x' * 64}.com:1",
    f"http://u:{SECRET}@{'x.' * 130}com:1",
    f"http://u:{SECRET}@xn--a.b:1",
    f"http://u:{SECRET}@1.2.3:1",
    f"http://u:{SECRET}@256.1.1.1:1",
    f"http://u:{SECRET}@0:1",
    f"http://u:{SECRET}@h!x:1",
    "http://",
    "http://:3128",
    "-",
    "none://",
]
UNSPOKEN = [
    "socks5",
    "socks5h",
    "socks4",
    "socks",
    "SOCKS5",
    "ftp",
    "ssh",
    "quic",
    "direct",
    "pac+http",
]


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize(
    "value", [*WRONG, *(f"{scheme}://u:{SECRET}@h:1080" for scheme in UNSPOKEN)]
)
def test_an_invalid_proxy_is_reported_with_its_fix_not_its_password(name: str, value: str) -> None:
    found, problems = Network.load({name: value})
    (problem,) = problems
    assert problem.setting == name
    assert SECRET not in repr(problem)
    assert "http://proxy.example.com:3128" in problem.fix
    assert (found.https, found.http) == (None, None)


def test_each_invalid_proxy_is_reported_once_with_other_mistakes() -> None:
    wrong = {"HTTPS_PROXY": "socks5://h:1", "HTTP_PROXY": "h:x", "LEASE_SECONDS": "soon"}
    with pytest.raises(Exception, match="LEASE_SECONDS") as caught:
        Settings.load(NEEDED | wrong)
    for name in ("HTTPS_PROXY", "HTTP_PROXY"):
        assert str(caught.value).count(f"{name}:") == 1
    _, problems = Network.load({"ALL_PROXY": "socks5://h:1"})
    assert [problem.setting for problem in problems] == ["ALL_PROXY"]
    assert "socks5" in problems[0].wrong


@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR"])
@pytest.mark.parametrize("value", ['"{}"', "'{}'", '{}"', "`{}`", '"'])
def test_quotes_in_a_value_are_reported(name: str, value: str) -> None:
    """`docker --env-file` keeps them, and an entry of NO_PROXY in quotes would match nothing."""
    found, problems = Network.load({"HTTPS_PROXY": PROXY, name: value.format("example.com")})
    (problem,) = problems
    assert (problem.setting, problem.fix) == (name, "take the quotes away")
    assert (found.ca_file, found.ca_dir) == (None, None)
    assert Network.load({"no_proxy": value})[1] == []  # nothing asks for it without a proxy


def test_credentials_are_among_what_the_log_blots_out() -> None:
    settings = Settings.load(NEEDED | {"HTTPS_PROXY": f"http://ada:{SECRET}@h:1"})
    encoded = base64.b64encode(f"ada:{SECRET}".encode()).decode()
    line = f"http://ada:{SECRET}@h:1 Proxy-Authorization: Basic {encoded}"
    record = logging.LogRecord("x", logging.ERROR, "", 0, line, None, None)
    for as_json in (False, True):
        written = Lines(settings.secrets, as_json=as_json).format(record)
        assert SECRET not in written
        assert encoded not in written


def test_a_user_without_a_password_is_a_word_like_others() -> None:
    for value in ("http://ada@h:1", "http://ada:@h:1"):
        assert network(HTTPS_PROXY=value).secrets == ()


def test_setting_all_of_them_to_nothing_means_no_proxy() -> None:
    some = {"HTTPS_PROXY": PROXY, "http_proxy": "socks5://x:1", "ALL_PROXY": PROXY}
    assert network(**{**some, **WITHOUT_PROXIES}) == Network()


@given(value=st.text(st.sampled_from(string.printable + "äß\u2028"), max_size=60))
def test_any_proxy_setting_can_be_read_without_an_error(value: str) -> None:
    found, problems = Network.load({"HTTPS_PROXY": value, "NO_PROXY": value})
    assert not (found.https and any(each.setting == "HTTPS_PROXY" for each in problems))
    found.proxy("https", "slack.com", 443)


@given(password=st.text(st.characters(codec="utf-8"), min_size=8, max_size=30))
def test_no_password_is_ever_shown(password: str) -> None:
    hidden = f"!{password}!"
    environ = {"HTTPS_PROXY": f"http://ada:{hidden}@proxy.example:3128"}
    found, problems = Network.load(environ)
    assert hidden not in repr(found) + repr(problems)
    settings = NEEDED | environ
    if not problems:
        assert hidden not in repr(Settings.load(settings))
