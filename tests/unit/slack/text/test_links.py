"""Where links may lead, and when the real host must be shown beside a label."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.text.escaping import WORD_JOINER
from bot.slack.text.hosts import ascii_host, writable_host
from bot.slack.text.links import destination, host_of, host_to_show, mrkdwn_link
from bot.slack.text.lookalikes import DOTS
from tests.unit.slack.text.test_escaping import IGNORABLE

EVIL = "https://evil.example/x"
WJ = WORD_JOINER

# --- labels that name another site ----------------------------------------------------------------

DISGUISES = [
    # as it is
    "chase.com", "CHASE.COM", "www.chase.com", "https://chase.com/login", "chase.com/login",
    "Log in: chase.com.", "(chase.com)", "“chase.com”", "chase.com:443", "chase.com?x",
    "chase.co.uk", "bank.example", "chase.bank", "chase.banking", "chase.online", "t.co", "x.com",
    "X.Com", "t.me", "12306.cn", "support@chase.com", "support＠chase.com", "chase.com@x",
    "chase.com | evil.example", "evil.example.com", "notevil.example", "evil.example.org",
    "chase.com (evil.exampl)", "chase.com (evil.example) chase.com", "www.com", "co.uk",
    "github.io",
    # something hangs on it
    "chase.com-login", "chase.com_login", "chase.com1", "chase.com²", "chase.com①", "chase.com™",
    "chase.com®", "chase.com🔒", "🔒chase.com", "chase.com→login", "chase.com.html",
    "chase.com.pdf", "chase.comでログイン", "詳しくはchase.comへ", "chase.comノlogin",
    "chase.md/login", "*chase*.com", "`chase`.com", "_chase_.com", "~chase~.com", '"chase".com',
    "“chase”.com", "(chase).com", "chase℮.com", "ca$h.com",
    # parted
    "chase .com", "chase. com", "chase . com", "chase\u00a0.com", "chase\u2009.com",
    "chase\t.com", "chase\u200a.\u200acom", "chase\n.com", "chase\u2028.com", "chase\u3000.com",
    "chase\u205f.com", "chase\u2800.com", "c h a s e . c o m", "chase[.]com", "chase(.)com",
    "chase{.}com", "chase [dot] com", "chase(dot)com", "chase..com", "chase…com", "chase,com",
    # other letters
    "chase.сom", "сhase.com", "chаse.com", "chase.cοm", "ｃｈａｓｅ．ｃｏｍ", "𝐜𝐡𝐚𝐬𝐞.𝐜𝐨𝐦",
    "chase.ⅽom", "ⓒⓗⓐⓢⓔ.ⓒⓞⓜ", "🅲🅷🅰🆂🅴.🅲🅾🅼", "chase.🇨🇴🇲", "chase.c0m", "chase.c○m", "chase.c⭕m",
    "chase.c๐m", "chase.c〇m", "chase.cₒm", "chas℮.com", "bank.examp1e", "bank.exampIe",
    "bank.e×ample", "ɑpple.com", "аррӏе.com", "gооgle.com", "ἀpple.com", "xn--chse-loa.com",
    "chase.xn--p1ai",
    # combining marks
    "ch\u0332ase.com", "chase.c\u0332om", "chase.com\u0332", "cháse.com", "chạse.com",
    "c\u0335hase.com", "chase\u20dd.com", "chase.co\u20e3m",
    # slashes, addresses without a dot
    "chase.com⁄login", "chase.com∕login", "chase.com⧸login", "chase.com／login",
    "https:⁄⁄chase.com", "https:∕∕chase", "https：／／intranet", "https://intranet",
    "http://localhost:8080", "http://[::1]/", "http://report.pdf/x", "http://com", "192.168.0.1",
    "http://192.168.0.1/login", "10.0.0.1:8080",
    # other scripts
    "пример.рф", "日本語.jp", "例え。com", "日本語。ｊｐ", "例。中国", "ジョン・com", "भारत.भारत",
    "موقع.إمارات", "πράδειγμα.ελ", "한국.닷컴", "\u202emoc.esahc", "\u200fchase.com",
]  # fmt: skip


@pytest.mark.parametrize("label", DISGUISES)
def test_the_real_host_is_beside_a_label_that_reads_like_another_site(label: str) -> None:
    assert host_to_show(label, EVIL) == "evil.example"
    assert host_to_show(f"Log in at {label} now", EVIL) == "evil.example"
    assert mrkdwn_link(EVIL, label).endswith(" (evil.example)>")


SHAPES = ["chase{}.com", "chase.{}com", "chase.c{}om", "{0}cha{0}{0}se.com", "chase.com{}"]
SHAPES += ["bank.ex{}ample", "chase .{}com", "chase.co{}.uk", "htt{}ps://chase"]


@pytest.mark.parametrize("shape", SHAPES)
def test_no_invisible_character_hides_a_domain(shape: str) -> None:
    passed = [hex(ord(c)) for c in IGNORABLE if not host_to_show(shape.format(c), EVIL)]
    assert passed == []


DOT_SHAPES = (
    "chase{}com",
    "bank{}example",
    "www{0}chase{0}com",
    "chase{0}co{0}uk",
    "ch\u00e4se{}com",
)


@pytest.mark.parametrize("shape", [*DOT_SHAPES, *(f"See {shape}!" for shape in DOT_SHAPES)])
def test_characters_that_look_like_a_dot_count_as_dots(shape: str) -> None:
    passed = [hex(ord(dot)) for dot in f"{DOTS}." if not host_to_show(shape.format(dot), EVIL)]
    assert passed == []


@pytest.mark.parametrize("sign", "☉★♥♦✦❖✱❋⁂⁕※¤§¶†‡¸˛´¨⁎⁃⸎꙰〮𖬿܀𐬿࿐🔴😀")
def test_before_an_ending_that_all_know_any_sign_is_a_dot(sign: str) -> None:
    assert host_to_show(f"chase{sign}com", EVIL) == "evil.example"


HONEST = [
    # it names the site
    "evil.example", "www.evil.example", "https://evil.example/x", "http://evil.example",
    "(evil.example)", "EVIL.example", "docs.evil.example", "evil.example.", "evil．example",
    "evil。example", "evil․example", "ｅｖｉｌ.ｅｘａｍｐｌｅ", "evil.\u200bexample",
    "e\u00advil.example", "詳細はevil.exampleで", "mail me@evil.example",
    "https://evil.example:443/", "evil.example/path/report.pdf", "evil.example, evil.example",
    "chase.com (evil.example)", "evil.example (evil.example) ",
    # files, programs, versions
    "report.pdf", "README.md", "CHANGELOG.md", "main.py", "setup.py", "install.sh", "lib.rs",
    "archive.zip", "movie.mov", "file.tar.gz", "foo/bar.txt", "src/main.rs", "config.yaml",
    "index.html", "data.csv", "package.json", "docker-compose.yml", ".gitignore", ".env files",
    "*.txt", "Node.js 20 release notes", "Vue.js", "ASP.NET Core", "Microsoft .NET Framework 4.8",
    ".NET 8", "Socket.IO", "os.get_env", "React.useState", "Console.WriteLine",
    "System.Text.Json", "a.b.c", "v1.2.3", "1.2.3", "Python 3.12.1", "3.11.0rc1", "2.0.0-beta.2",
    "1.0.dev1", "GPT-4.1 mini", "Qwen2.5-VL", "Web 3.0", "Windows 3.1.", "3.x", "ver.2.0",
    "C:\\Users\\me", "C:/Users/me",
    # abbreviations, names, numbers
    "e.g. this", "e.g.this", "i.e. that", "e.V.", "d.o.o.", "S.p.A.", "Sp. z o.o.", "a.k.a. X",
    "w.r.t. y", "U.S. Census", "U.S.-China trade", "U.S.A", "Washington, D.C.",
    "U.S. gov shutdown", "H.R. 1234", "Ph.D. thesis", "M.Sc. in Physics", "B.Sc.",
    "J.R.R. Tolkien", "J.Smith", "J. Smith", "E. coli", "St.Gallen", "Mt.Gox", "Mr.Beast",
    "Dr.med. Müller", "vs. others", "Inc. magazine", "et al. (2020)", "1.Introduction",
    "2.1.Methods", "No.1", "vol.2", "p. 12", "pp.12-14", "Art. 5 GDPR", "Fig. 3.a",
    "10.5 million", "$1.5bn", "3.5mm", "24.99 €", "1.000.000", "2024.05.01", "01.02.2024",
    "3:45.67", "9 a.m.-5 p.m.", "doi:10.1000/xyz", "approx. net income", "20°C", "kg·m", "3×4",
    "TCP/IP", "AT&T",
    # sentences
    "Suez Canal Authority", "End of sentence. Next sentence", "Wait...what", "Wait…what",
    "wait.. what", "Paris, France", "Boston,MA", "No,thanks", "Yahoo! Finance", "the .com bubble",
    "Plano. Com foco em", "“Quote.”", "(see p. 3)", "•  Item", "Home • News • Sport", "A · B",
    "x ⋅ y", "a / b", "", " ", "...",
    # other languages, emoji
    "今日は晴れ。明日は雨", "これはテストです。", "「はい。」", "新製品発表。iPhone 16",
    "ジョン・スミス", "No.1ヒット", "Dr.コトー診療所", "Ver.アップ", "中国。日本",
    "Col·legi d'Advocats", "col·lecció", "т.е. так", "и т.д.", "г. Москва", "Привет. Как дела",
    "한국어 제목.", "नमस्ते", "می‌خواهم", "α.β", "z.\u202fB. so", "5.\u202fMai 2024",
    "Bonjour\u202f!", "❤️ Top 10", "1️⃣ First", "👨‍👩‍👧 Family",
    "🏴\U000e0067\U000e0062\U000e007f",
]  # fmt: skip


@pytest.mark.parametrize("label", HONEST)
def test_an_honest_label_stays_as_it_is(label: str) -> None:
    assert host_to_show(label, EVIL) is None


@pytest.mark.parametrize(
    ("label", "url", "shown"),
    [
        ("münchen.de", "https://münchen.de/x", None),
        ("MÜNCHEN.DE", "https://xn--mnchen-3ya.de", None),
        ("mu\u0308nchen.de", "https://münchen.de", None),
        ("xn--mnchen-3ya.de", "https://münchen.de", None),
        ("пример.рф", "https://пример.рф", None),
        ("日本語.jp と", "https://日本語.jp", None),
        ("भारत.भारत", "https://भारत.भारत", None),
        ("ไทย.ไทย", "https://ไทย.ไทย", None),
        ("faß.de", "https://faß.de", None),
        ("fass.de", "https://fass.de", None),
        ("fass.de", "https://faß.de", "xn--fa-hia.de"),
        ("faß.de", "https://fass.de", "fass.de"),
        ("σίσυφος.gr", "https://σίσυφος.gr", None),
        ("σίσυφοσ.gr", "https://σίσυφος.gr", "xn--kxa6ajbbmh.gr"),
        # the same host, and people take it for another
        ("apple.com", "https://аpple.com", "xn--pple-43d.com"),
        ("аpple.com", "https://аpple.com", "xn--pple-43d.com"),
        ("аррӏе.com", "https://аррӏе.com", "xn--80ak6aa92e.com"),
        ("АРРӀЕ.com", "https://аррӏе.com", "xn--80ak6aa92e.com"),
        ("раураl-пример.рф", "https://раураl-пример.рф", "xn--l--6kca1ar2awebed3a.xn--p1ai"),
        ("chạse.com", "https://chạse.com", "xn--chse-6q5a.com"),
        ("bıng.com", "https://bıng.com", "xn--bng-jua.com"),
        ("ɑpple.com", "https://ɑpple.com", "xn--pple-p5b.com"),
        # below and above
        ("e.com", "https://docs.e.com", None),
        ("docs.e.com/a", "https://e.com", None),
        ("github.io", "https://evil.github.io", "evil.github.io"),
        ("blogspot.com", "https://chase.blogspot.com", "chase.blogspot.com"),
        ("co.uk", "https://evil.co.uk", "evil.co.uk"),
        ("www.com", "https://evil.com", "evil.com"),
        ("chase.com.au", "https://chase.com", "chase.com"),
        ("192.168.0.1", "http://192.168.0.1/x", None),
        ("http://localhost:3000", "http://localhost:3000", None),
        ("a@bank.example", "mailto:a@evil.example", "evil.example"),
        ("bank.example", "mailto:a@bank.example", None),
    ],
)
def test_hosts_are_compared_as_browsers_read_them(label: str, url: str, shown: str | None) -> None:
    address = destination(url)
    assert address
    assert host_to_show(label, address) == shown


# --- where links may lead -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "address", "name"),
    [
        # Hosts as `new URL(…)` of Node 20 has them: https://url.spec.whatwg.org/#host-parsing
        ("https://e.com", "https://e.com", "e.com"),
        ("HTTPS://E.com/A", "https://E.com/A", "e.com"),
        ("  https://e.com/a b\u00a0c\x00 ", "https://e.com/a%20b%C2%A0c", "e.com"),
        ("https://e.com/a\tb\nc", "https://e.com/abc", "e.com"),
        ("https://e.com/(a)[b]<c>|", "https://e.com/%28a%29%5Bb%5D%3Cc%3E%7C", "e.com"),
        ("https://e.com/`{}^\"\\'$", "https://e.com/%60%7B%7D%5E%22%5C%27%24", "e.com"),
        ("https://e.com?x=1&copy;=2#f", "https://e.com?x=1%26copy;=2#f", "e.com"),
        ("https://e.com/@here", "https://e.com/%40here", "e.com"),
        ("https://e.com.", "https://e.com.", "e.com"),
        ("https://e.com:/", "https://e.com/", "e.com"),
        ("https://e.com:0443/", "https://e.com:443/", "e.com"),
        ("https://e.com:65535", "https://e.com:65535", "e.com"),
        ("https://-a_b-.e.com", "https://-a_b-.e.com", "-a_b-.e.com"),
        ("https://r3---sn-x.e.com", "https://r3---sn-x.e.com", "r3---sn-x.e.com"),
        ("http://localhost:3000/", "http://localhost:3000/", "localhost"),
        ("http://127.0.0.1/", "http://127.0.0.1/", "127.0.0.1"),
        ("https://münchen.de", "https://münchen.de", "xn--mnchen-3ya.de"),
        ("https://MÜNCHEN.de", "https://xn--mnchen-3ya.de", "xn--mnchen-3ya.de"),
        ("https://faß.de/x", "https://xn--fa-hia.de/x", "xn--fa-hia.de"),
        ("https://e。com．/", "https://e.com/", "e.com"),
        ("https://１２７.0.0.1", "https://127.0.0.1", "127.0.0.1"),
        ("https://نامه‌ای.com", "https://xn--mgba3gch31f060k.com", "xn--mgba3gch31f060k.com"),
        ("https://भारत.भारत", "https://भारत.भारत", "xn--h2brj9c.xn--h2brj9c"),
        ("https://e\u00advil.com\u200b/", "https://evil.com/", "evil.com"),
        ("mailto:a.b+c@e.com", "mailto:a.b+c@e.com", "e.com"),
        ("MAILTO:a@E.com?subject=Hi&body=x", "mailto:a@E.com?subject=Hi&body=x", "e.com"),
        ("mailto:a@e.com?cc=b@evil.example&Subject=x&to=c@d.e&%62cc=f@g.h",
         "mailto:a@e.com?Subject=x", "e.com"),
    ],
)  # fmt: skip
def test_a_link_leads_to_the_host_that_browsers_read(url: str, address: str, name: str) -> None:
    assert destination(url) == address
    assert destination(address) == address
    assert host_of(address) == name


NO_LINKS = [
    "", "e.com", "//e.com", "https:e.com", "https:/e.com", "https:///e.com", "https:\\\\e.com",
    "https:/\\/e.com", "https://\\e.com", "ht\ttps://e.com", "https:\n//e.com", "httpſ://e.com",
    "https://", "https://.", "https://?x", "https://#x", "javascript:alert(1)",
    "data:text/html,x", "ftp://e.com", "slack://user?id=U1", "file:///etc/passwd", "/relative",
    "#anchor", "view-source:https://e.com", "https://user@e.com",
    "https://bank.example@evil.example", "https://a:b@e.com", "https://@e.com",
    "https://bank.example\\@evil.example", "https://bank.example\t.evil.example",
    "https://bank.example evil.example", "https://bank.example\\.evil.example",
    "https://bank.example%2eevil.example", "https://e%78.com", "https://e.com%00",
    "https://[::1]/", "https://[::ffff:1.2.3.4]", "https://::1", "https://e.com:0",
    "https://e.com:65536", "https://e.com:80:80", "https://e.com:x", "https://e.com:٨٠",
    "https://e.com:-1", "https://e.com:000080", "https://0x7f.1", "https://2130706433",
    "https://0x7f000001", "https://127.1", "https://010.0.0.1", "https://1.2.3.256",
    "https://1.2.3.4.5", "https://e.1", "https://e.0x", "https://１２７.1", "https://0",
    "https://a..b", "https://.e.com", "https://e.com..", "https://" + "x" * 64 + ".com",
    "https://" + "x." * 127 + "com", "https://❤.ws", "https://xn--i-7iq.ws", "https://xn--",
    "https://xn--a.com", "https://xn--ü.com", "https://a⁄b.com", "https://e.com⁄evil.example",
    "https://e.com／evil.example", "https://e.com？x", "https://e.com＃x", "https://e.com：80",
    "https://user＠e.com", "https://℀.com", f"https://e{WJ}vil.com", "https://e\ufffdvil.com",
    "https://e\ud800vil.com", "https://\u0301e.com", "https://a b.com", "https://a!b.com",
    "https://a'b.com", "https://a*b.com", "https://a,b.com", "https://e.com/" + "x" * 3_000,
    "https://e.com/" + "(" * 1_000, "mailto:", "mailto:a", "mailto:a@", "mailto:@e.com",
    "mailto:a@b@e.com", "mailto:a@e.com,b@e.com", "mailto:a@[1.2.3.4]", "mailto:a%40b@e.com",
    "mailto:a@e..com", "mailto:a b@e.com",
]  # fmt: skip


@pytest.mark.parametrize("url", NO_LINKS)
def test_addresses_that_browsers_read_differently_are_no_links(url: str) -> None:
    assert destination(url) is None
    assert mrkdwn_link(url, "label") == "label"


def test_a_link_has_the_host_beside_a_label_that_names_another_site() -> None:
    assert mrkdwn_link("https://e.com?a=1&b=2", "A & <B>|C\n@here") == (
        f"<https://e.com?a=1&amp;b=2|A &amp; &lt;B&gt;¦C @{WJ}here>"
    )
    assert mrkdwn_link("https://e.com?a=1&amp;b=2", "A") == "<https://e.com?a=1&amp;b=2|A>"
    assert mrkdwn_link(EVIL, "\u200b") == f"<{EVIL}>"
    assert mrkdwn_link(EVIL, "chase\ufe0f.com") == f"<{EVIL}|chase.com (evil.example)>"


# --- anything -------------------------------------------------------------------------------------

_PIECES = [
    "https://",
    "http:",
    "/",
    "\\",
    ".",
    "。",
    ":",
    "@",
    "?",
    "#",
    "%2e",
    "xn--",
    "ß",
    "ü",
    "日",
    "א",
]
_PIECES += [
    "chase",
    "com",
    "e",
    "1",
    "0x",
    "\u200b",
    "\ufe0f",
    "\u0301",
    " ",
    "\t",
    "\n",
    "\ud800",
    "\x00",
]
_PIECES += [
    "mailto:",
    "www.",
    "·",
    "…",
    "(",
    ")",
    "[",
    "]",
    "|",
    "<",
    ">",
    "&",
    "&amp;",
    "*",
    "_",
    WJ,
]
_any = st.lists(st.sampled_from(_PIECES) | st.text(max_size=3), max_size=20).map("".join)


@given(_any, _any)
def test_any_address_gives_a_link_with_a_host_or_no_link(url: str, label: str) -> None:
    address = destination(url)
    host_of(url)
    writable_host(url)
    host_to_show(label, url)
    whole = mrkdwn_link(url, label)
    if address is None:
        assert not re.search("[<>]", whole)
        return
    assert destination(address) == address
    address.encode()
    assert not re.search(r"[\s<>()\[\]{}\"`|^\\]", address)
    assert re.fullmatch(r"(?a:https?://|mailto:[^@]+@).*", address)
    assert ascii_host(host_of(address)) == host_of(address) != ""
    assert re.fullmatch(r"<[^<>|]+(\|[^<>|]+)?>", whole)
    if "|" in whole:
        shown = host_to_show(label, address)
        assert whole.endswith(f" ({shown})>") or shown is None
        assert host_to_show(f"{label} ({host_of(address)})", address) is None


@given(_any)
def test_a_label_that_is_the_host_is_honest(url: str) -> None:
    address = destination(url)
    if address:
        assert host_to_show(host_of(address), address) is None
        assert host_to_show(f"See {host_of(address)}", address) is None


@pytest.mark.slow
@given(st.sampled_from(["chase.com", "bank.example", "paypal.co.uk"]), st.data())
def test_no_mixture_of_disguises_hides_a_domain(name: str, data: st.DataObject) -> None:
    hidden = st.lists(st.sampled_from([*IGNORABLE[:80], "\u0332", "\u0301"]), max_size=3).map(
        "".join
    )
    label = ""
    for character in name:
        point = ord(character)
        alike = [character, character.upper()]
        if character == ".":
            alike += ["．", "。", "․", "·", "‧", "\U0001d16d"]
        else:
            alike += [chr(point + 0xFEE0), chr(point + 0x1D3B9), chr(point + 0x246F)]
        label += data.draw(st.sampled_from(alike)) + data.draw(hidden)
    assert host_to_show(label, EVIL) == "evil.example"
    assert host_to_show(f"Your account at {label}: log in", EVIL) == "evil.example"
