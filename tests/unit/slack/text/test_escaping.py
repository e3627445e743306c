"""What text from the web loses before Slack may see it, and what it keeps."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.invisible import INVISIBLE, without_invisible
from bot.slack.text.escaping import (
    WORD_JOINER,
    clean,
    defuse_pings,
    defuse_pings_in_url,
    escape_angles,
    escape_mrkdwn,
    find_pings,
    unescape_angles,
)

WJ = WORD_JOINER

# https://www.unicode.org/Public/17.0.0/ucd/DerivedCoreProperties.txt, and U+FFF9 to U+FFFB
IGNORABLE = [
    chr(point)
    for first, last in (
        (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5),
        (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164),
        (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB),
        (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
    )
    for point in range(first, last + 1)
]  # fmt: skip
INVISIBLES = [character for character in IGNORABLE if character != WJ]

#: Texts in which invisible characters have an effect.
NEEDED = [
    "❤️ and ❤︎, ☀️, ©️, ®, ‼️, ™️, 〰️, ㊗️",
    "1️⃣ #️⃣ *️⃣",
    "👨‍👩‍👧‍👦 👩🏽‍💻 🏳️‍🌈 🏴‍☠️ ❤️‍🔥 🧑‍🦽‍➡️ 👁️‍🗨️",
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",  # Scotland
    "می‌خواهم نامه‌ای",  # Persian, with ZERO WIDTH NON-JOINER
    "क्‍ष क्‌ष ක්‍රි ন্‌ শ্রী",
    "ലാൽ‌ ன்‌",
    "עברית C++\u200e, (\u200f12\u200e%)",
    "\u061cعدد 12\u200f، نص",
    "ᠮᠣᠩᠭᠣᠯ ᠠ\u180bᠠ ᠨ\u180eᠠ",
    "\u1100\u1160\u11a8 \u115f\u1161 \u3131\u3164",
    "ភាសា\u200bខ្មែរ ไทย\u200bไทย 日本\u200b語",
    "葛\U000e0100城 辻\ufe00",
    "שָׁ͏ָ a\u0301\u034f\u0302",
    "က︀ ၸ︀",
    "ក\u17b4",
    "\U0001d15e\U0001d173\U0001d15f",
]


@pytest.mark.parametrize(
    "text",
    [
        "cha.se.com",
        "htt.ps:/./e.com",
        "@.here",
        ".@here",
        "[.1.]",
        "a...b",
        ".",
        "אב https:/./e.com",
    ],
)
def test_no_invisible_character_stays_in_words_of_ascii(text: str) -> None:
    for character in INVISIBLES:
        assert clean(text.replace(".", character)) == text.replace(".", "")


@pytest.mark.slow
def test_all_invisible_characters_are_known() -> None:
    assert {chr(n) for n in range(0x110000) if re.match(f"[{INVISIBLE}]", chr(n))} == set(IGNORABLE)


@pytest.mark.parametrize("text", NEEDED)
def test_an_invisible_character_stays_where_its_script_needs_it(text: str) -> None:
    assert clean(text) == text
    assert clean(f"See {text}: e.com") == f"See {text}: e.com"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("soft\u00adhyphen", "softhyphen"),
        ("e\ufe0f 1\ufe0f 1\ufe0f2", "e 1 12"),
        ("❤\ufe0f\ufe0f\ufe0e\ufe0f", "❤\ufe0f"),  # bytes can be hidden in a run of them
        ("😀" + "\U000e0100\U000e0120\U000e01ef" * 9, "😀"),
        ("葛\U000e0100\U000e0101", "葛\U000e0100"),
        ("\U000e0041\U000e0042 tags", " tags"),
        ("🏴\U000e0041\U000e0042", "🏴"),
        ("🏴" + "\U000e0061" * 9 + "\U000e007f", "🏴"),
        ("\U0001f600\u200da", "\U0001f600a"),
        ("a\u200d\U0001f600", "a\U0001f600"),
        ("Auf\u200clage", "Auflage"),
        ("left\u200eto\u200fright", "lefttoright"),
        ("אב htt\u200eps\u200f://e\u061c.com", "אב https://e.com"),
        ("עברית \u202eabc\u202c \u2066x\u2069", "עברית abc x"),
        ("a\u2062b\u2064c", "abc"),
        ("x\u3164y\uffa0z", "xyz"),
        ("a\ufff9b\ufffac\ufffb", "abc"),
        ("a\r\nb\rc\vd\fe\x85f\u2028g\u2029h", "a\nb\nc\nd\ne\nf\ng\nh"),
        ("a\tb\nc", "a\tb\nc"),
        ("\x00a\x1b[0m\x7f\x9f", "a[0m"),
        ("half \ud83d and \udc00", "half \ufffd and \ufffd"),
        (f"{WJ}ours{WJ}{WJ} stay{WJ}", f"{WJ}ours{WJ}{WJ} stay{WJ}"),
    ],
)
def test_invisible_characters_are_removed(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


_any = st.lists(
    st.sampled_from(
        [*INVISIBLES[:80], *INVISIBLES[-200:], *"aé1#* \n@:/.", *"אبहक日ไก한❤😀🏴👩ᠠកᄀㄱ\u0301"]
    )
    | st.text(max_size=2)
    | st.sampled_from(["\ud800", "\udfff", "\r", "\u2028", "\u20e3", "https://", "@here"]),
    max_size=40,
).map("".join)


@given(_any)
def test_cleaning_is_idempotent(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert without_invisible(cleaned) == cleaned


@given(_any)
def test_visible_characters_stay_in_order(text: str) -> None:
    def visible(words: str) -> str:
        return "".join(c for c in words if c not in IGNORABLE)

    text = text.replace("\r", "\n")
    assert visible(clean(text)) == clean(visible(text))


@given(_any)
def test_clean_text_can_be_sent_and_hides_nothing_in_a_word(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert not re.search(rf"(?a:[\w@:/.])(?!{WJ})[{INVISIBLE}]+(?a:[\w@:/.])", cleaned)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]", cleaned)


# --- pings ------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["here", "channel", "everyone", "HERE", "Everyone"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        *(("", ""), ("(", ")"), ("*", "*"), (".", "."), ("@", "@"), ("-", "-")),
        *(("", "'s"), ("", "’s"), ("_", "_"), ("a_", "_b")),
        *(("é", "é"), ("を", "を"), ("ß", "ß"), ("\u0660", "\u0660"), ("＿", "＿"), ("а", "а")),
        *((c, c) for c in ("\u3164", "\u115f", "\uffa0", "\u200b", "\ufe0f", "\u0301", "\u00ad")),
        *((c, c) for c in (WJ, "\u00a0", "\U000e0041")),
    ],
)  # fmt: skip
def test_no_word_for_everybody_pings(before: str, word: str, after: str) -> None:
    for text in (f"{before}@{word}{after}", clean(f"{before}@{word}{after}")):
        assert f"@{word}" not in defuse_pings(text)
        assert f"@{WJ}{word}" in defuse_pings(text)
        assert defuse_pings(defuse_pings(text)) == defuse_pings(text)


@pytest.mark.parametrize("text", ["me@here.com", "1@everyone", "@hereafter", "@channels", "x@y"])
def test_other_words_stay(text: str) -> None:
    assert defuse_pings(text) == text


def test_in_an_address_the_sign_is_percent_encoded() -> None:
    assert (
        defuse_pings("see https://x.com/@here/1 @here") == f"see https://x.com/%40here/1 @{WJ}here"
    )
    assert (
        defuse_pings_in_url("https://x.com/a@channel?@everyoneを")
        == "https://x.com/a%40channel?%40everyoneを"
    )


@given(_any)
def test_the_places_of_pings_are_those_that_are_defused(text: str) -> None:
    at, parts = 0, []
    for place, instead in find_pings(text):
        parts += [text[at:place], instead]
        at = place + 1
    assert "".join([*parts, text[at:]]) == defuse_pings(text)


# --- escapes ----------------------------------------------------------------------------------


def test_mrkdwn_from_outside_is_text() -> None:
    assert (
        escape_mrkdwn("<!here> & <@U1> @here\u200b") == f"&lt;!here&gt; &amp; &lt;@U1&gt; @{WJ}here"
    )


@given(st.text(st.characters(exclude_characters="&")))
def test_angle_brackets_come_back(text: str) -> None:
    assert unescape_angles(escape_angles(text)) == text
    assert not re.search("[<>]", escape_angles(text))
