"""Host names in ASCII and without `www`."""

from __future__ import annotations

import pytest

from bot.slack.text.hosts import ascii_host, without_www


@pytest.mark.parametrize(
    ("name", "ascii_name"),
    [
        ("E.com.", "e.com"),
        ("faß.de", "xn--fa-hia.de"),
        ("ΣΊΣΥΦΟΣ.gr", "xn--kxa6akbbkh.gr"),
        ("a\u00adb.com", "ab.com"),
        ("Ａ．com", "a.com"),
        ("1.2.3", None),
        ("a_b.ü.com", "a_b.xn--tda.com"),
        ("1.2.3.4", "1.2.3.4"),
        ("x" * 64, None),
        ("x" * 9999, None),
        ("", None),
        (".", None),
        ("a..b", None),
        ("\x00", None),
        ("\ud800", None),
        ("❤.ws", None),
        ("١.com", None),
    ],
)
def test_a_host_is_converted_to_ascii(name: str, ascii_name: str | None) -> None:
    assert ascii_host(name) == ascii_name


@pytest.mark.parametrize(
    ("name", "rest"),
    [
        ("www.e.com", "e.com"),
        ("www.com", "www.com"),
        ("www.www.e.com", "www.e.com"),
        ("e.com", "e.com"),
    ],
)
def test_www_is_no_part_of_the_name(name: str, rest: str) -> None:
    assert without_www(name) == rest
