"""Addresses: all libraries read an accepted one alike, and an invalid one is never quoted."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest
import yarl
from hypothesis import example, given
from hypothesis import strategies as st
from redis.asyncio.connection import BlockingConnectionPool, parse_url

from bot.connections import addresses


@pytest.mark.parametrize(
    "address",
    [
        "https://slack.com/api/",
        "HTTPS://Slack.com/api",
        "http://127.0.0.1:8080",
        "http://localhost:1/a/b%20c",
        "http://[::1]:8080/api/",
        "http://[fe80::1]",
        "https://proxy_1.example.com./v1",
        "http://a-b.c:65535",
        "https://xn--fa-hia.de",
    ],
)
def test_a_web_address_is_taken(address: str) -> None:
    assert addresses.web(address) is None


BROKEN = [
    "",
    "slack.com",
    "//slack.com",
    "https:/slack.com",
    "https:slack.com",
    "https//slack.com",
    "htps://slack.com",
    "ftp://slack.com",
    "javascript:alert(1)",
    "https://",
    "https:///api",
    "https://:443",
    "https://?x",
    "http://[::1",
    "http://::1",
    "http://::1]",
    "http://[::1]x",
    "http://[::g]",
    "http://[fe80::1%25eth0]",
    "http://[slack.com]",
    "http://[v1.x]",
    "http://1.2.3",
    "http://1.2.3.999",
    "http://a..b",
    "http://.a",
    "http://xn--a.b",
    "http://xn--.b",
    "http://b.xn--a",
    "http://xn--fa-hia.a_b.de",
    "http://-a.b",
    "http://a_-.b",
    "http://" + "x" * 64 + ".com",
    "http://" + "x." * 130 + "com",
    "http://slack.com:port",
    "http://slack.com:0",
    "http://slack.com:65536",
    "http://slack.com:-1",
    "http://slack.com:٣",
    "http://slack.com:80:80",
    "http://slack com",
    "http://slack.com/a b",
    "http://slack.com/\n",
    "http://slack\u200b.com",
    "http://slack.com\x00",
    "http://slack\udcff.com",
    "http://ſlack.com",
    "http://sl℀ck.com",
    "http://user@slack.com",
    "http://:geheim@slack.com",
    "http://user:geheim@slack.com",
    "http://slack.com?x=1",
    "http://slack.com/#x",
    "http://slack.com/?",
    "http://slack.com\\@evil.example",
    "http://slack.com/<token>",
    'http://slack.com/"',
    "http://slack.com/ä",
    "http://<host>",
    "http://${HOST}",
    "http://{{host}}",
    "http://slack.com,http://b",
]


@pytest.mark.parametrize("address", BROKEN)
def test_an_invalid_web_address_is_reported_without_quoting_it(address: str) -> None:
    wrong = addresses.web(address)
    assert wrong
    assert "geheim" not in wrong


def one(host: str | None) -> str:
    """Return a host in its one spelling."""
    try:
        return str(ipaddress.ip_address(host or ""))
    except ValueError:
        return host or ""


@given(st.one_of(st.text(max_size=40), st.from_regex(r"https?://[^/]{0,20}(:[0-9]{0,6})?(/.*)?")))
@example("http://[::ffff:1.2.3.4]:80/x")
@example("http://a:00080")
@example("http://[fe80::1%25eth0]/")
def test_an_accepted_web_address_means_the_same_to_all_libraries(address: str) -> None:
    if addresses.web(address) is None:
        parts, ours, theirs = urlsplit(address), httpx.URL(address), yarl.URL(address)
        assert one(ours.host) == one(theirs.host) == one(parts.hostname)
        assert ours.scheme == theirs.scheme == parts.scheme
        assert (ours.port or theirs.port) == theirs.port
        assert one(ours.join("x").host) == one((theirs / "x").host) == one(parts.hostname)


@pytest.mark.parametrize(
    "address",
    [
        "redis://localhost",
        "redis://localhost:6379",
        "redis://",
        "redis://:6379/1",
        "redis://localhost:",
        "redis://localhost/0/",
        "redis://:geheim@localhost:6379/15",
        "redis://bot:geheim@redis.example.com",
        "redis://:ge%2Fhe%3Fi%23m@localhost",
        "redis://:ge@heim@localhost",
        "redis://:gehäim@localhost",
        "redis://:ge:heim@localhost",
        "redis://[::1]:6379",
        "rediss://localhost?ssl_cert_reqs=none",
        "rediss://localhost/0?ssl_ca_certs=/etc/ca.pem&ssl_check_hostname=false",
        "redis://localhost?db=3&client_name=threadline",
        "unix:///run/redis.sock",
        "unix:///run/redis.sock?db=1&password=geheim",
        "unix://bot:geheim@/run/redis.sock",
        "unix:///run/a@b/redis.sock",
    ],
)
def test_a_redis_address_is_accepted_as_redis_py_reads_it(address: str) -> None:
    assert addresses.redis(address) is None
    assert connection(address).db == parse_url(address).get("db", 0)


def connection(address: str) -> Any:
    """Have redis-py make a connection of an address, without connecting."""
    pool = BlockingConnectionPool.from_url(address, protocol=2)
    return pool.make_connection()  # type: ignore[no-untyped-call]


PASSWORDS = ["geheim/im1", "geheim?im1", "geheim#im1", "/geheim", "geheim/", "#?/geheim", "geheim["]
PASSWORDS += ["ge]heim", "geheim im1", "ge\theim", "ge\nheim", "geheim\x00", "ge\u200bheim"]
PASSWORDS += ["geheim℀", "geheim＃", "geheim\udcff", "12/geheim", "a:b/geheim", "geheim?x=1&y@z"]


@pytest.mark.parametrize("scheme", ["redis", "rediss"])
@pytest.mark.parametrize("user", ["", "bot"])
@pytest.mark.parametrize("password", PASSWORDS)
def test_an_unescaped_password_is_reported_with_its_escaping(
    scheme: str, user: str, password: str
) -> None:
    wrong = addresses.redis(f"{scheme}://{user}:{password}@h:6379/0")
    assert wrong
    assert "%2F" in wrong[1]
    assert "heim" not in " ".join(wrong)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_an_escaped_password_arrives_whatever_it_is(password: str) -> None:
    address = f"redis://:{quote(password, safe='')}@h:6379/2"
    assert addresses.redis(address) is None
    found = parse_url(address)
    assert (found["password"], found["host"], found["db"]) == (password, "h", 2)
    assert password in addresses.redis_passwords(address)


@pytest.mark.parametrize(
    "address",
    [
        "localhost:6379",
        "REDIS://localhost",
        "http://localhost:6379",
        "https://eu1.upstash.io",
        "valkey://localhost",
        "valkeys://localhost",
        "redis+sentinel://localhost/main",
        "redis+cluster://localhost",
        "tcp://localhost",
        "redis:localhost",
        "redis:/localhost",
        "redis//localhost",
        "redis://[::1",
        "redis://::1",
        "redis://::1]:6379",
        "redis://[localhost]",
        "redis://localhost:port",
        "redis://localhost:0",
        "redis://localhost:65536",
        "redis://localhost:6379x",
        "redis://localhost:6379:6379",
        "redis://:geheim",
        "redis://bot:geheim",
        "redis://a:1,b:2",
        "redis://a b",
        "redis://<host>",
        "redis://${HOST}:6379",
        "redis://{{host}}",
        "redis://localhost/main",
        "redis://localhost/-1",
        "redis://localhost/1/2",
        "redis://localhost/1.5",
        "redis://localhost/0x1",
        "redis://localhost//1",
        "redis://localhost/9999999999999",
        "redis://localhost#1",
        "redis://localhost/0#",
        "redis://localhost?db=main",
        "redis://localhost?db=",
        "redis://localhost?db",
        "redis://localhost?socket_timeout=1",
        "redis://localhost?decode_responses=false",
        "redis://localhost?max_connections=1",
        "redis://localhost?protocol=3",
        "redis://localhost?nonsense=geheim",
        "redis://localhost?ssl_cert_reqs=none",
        "rediss://localhost?ssl_cert_reqs=never",
        "rediss://localhost?ssl_check_hostname=perhaps",
        "redis://localhost?client_name=a+b",
        "unix://",
        "unix:///",
        "unix://run/redis.sock",
        "unix://./redis.sock",
        "unix:///run/redis.sock#1",
        "unix:///run/redis.sock?ssl_cert_reqs=none",
        "unix:///run/redis sock",
    ],
)
def test_an_invalid_redis_address_is_reported_without_quoting_it(address: str) -> None:
    wrong = addresses.redis(address)
    assert wrong
    assert all(wrong)
    assert "geheim" not in " ".join(wrong)


@given(
    st.one_of(
        st.text(max_size=60),
        st.from_regex(
            r"(rediss?|unix)://([^@]{0,9}@)?[^/]{0,9}(:[0-9]{0,6})?(/[0-9]{0,3})?(\?.*)?"
        ),
    )
)
def test_an_address_of_redis_that_is_taken_never_fails_in_redis_py(address: str) -> None:
    if addresses.redis(address) is None:
        connection(address)


def seconds(check: Callable[[str], object], value: str) -> float:
    """Return the processor time that `check` takes."""
    before = time.process_time()
    check(value)
    return time.process_time() - before


@pytest.mark.parametrize("check", [addresses.web, addresses.redis, addresses.redis_passwords])
@pytest.mark.parametrize("piece", ["a", "@", "/", "[", ":", "%", "&a=b", ".", "a.", "1", "?", " "])
@pytest.mark.parametrize("start", ["http://", "redis://", "redis://h?", "unix:///", ""])
@pytest.mark.usefixtures("nothing_is_collected")
def test_a_long_value_is_judged_in_linear_time(
    check: Callable[[str], object], piece: str, start: str
) -> None:
    took = []
    for size in (20_000, 200_000):
        value = start + piece * (size // len(piece))
        took.append(min(seconds(check, value), seconds(check, value)))
    assert took[1] < 40 * max(took[0], 0.005)
