"""Texts that trip parsers, of any length: what people, the web and Parallel could send."""

from __future__ import annotations

from collections.abc import Callable

Texts = Callable[[int], str]


def again(unit: str, before: str = "", after: str = "") -> Texts:
    """Repeat a unit up to a length."""
    return lambda n: f"{before}{unit * max(1, n // len(unit))}{after}"


UNITS = (
    *("<", "<@", "<@U0BOT|", "<@U0BOT>", "<@U0BOT> ", "<!", "<#C|", "<a", "<a ", "</", "<!--"),
    *("[", "](", "[]", "[a](", "[a](b", "![", "![](", "[[]](", "[a]: x\n", "[1]", "[1][", "[^1]"),
    *("`", "``", "` `` ", "```\n", "*", "**", "*a", "**a*", "_", "_a", "__", "~", "~~", "~~a"),
    *("> ", ">", "> > ", ">\n", "- ", "-", "- - ", "- a\n", "+ ", "* ", "1.", "1. ", "1. a\n"),
    *("|", "|-", "| a ", "|a|\n", "|\n|-|\n", "#", "# ", "#\n", "# a\n", "=\n", "-\n", "a\n-\n"),
    *("\\", "\\\\", "\\[", "\\(", "$$", "&", "&#", "&#x", "&amp", "&lt;", "&colon;", "%", "%2"),
    *(
        "http://",
        "https://a.b/",
        "https://a.b/(",
        "www.",
        "mailto:",
        "a@b.",
        "a.",
        "//",
        ":",
        "://",
    ),
    *("@", "@here", "@channel ", "!", "!a", "!a-", "！", "【", "【1】", "【1†", "†", "。", "a。"),
    *("\n", "\n\n", "\r", " ", "  \n", "\t", "\t\n", " \t", "\u2060", "\u200b", "\ufe0f", "\u00a0"),
    *("<br>", "<br> ", "<br/>\n", "<p>", "<a href=", "<div>\n", "<![CDATA[", "<?", "a<b", "(", ")"),
    *(
        "(a|",
        '"',
        "'",
        "{",
        "[{",
        '{"a":',
        "}",
        ",",
        ";",
        "0",
        "1",
        "1,",
        "1)",
        "é",
        "é́",
        "語",
        "😀",
    ),
    *(
        "a",
        "A",
        "a ",
        "ab ",
        "a\n",
        "a-",
        "x_",
        ":a:",
        ":pray: ",
        "please ",
        "stop ",
        "aside ",
        "...",
    ),
    *("References\n", "# Sources\n", "## Summary\n", "1. a https://a.b\n", "[1] https://a.b/c\n"),
    *("xoxb-", "xoxb", "Mon, ", "1 Jan ", "‑", "–"),
)
TEXTS: dict[str, Texts] = {
    **{repr(unit): again(unit) for unit in UNITS},
    **{
        f"x{unit!r}…x": again(unit, "x", "x")
        for unit in (" ", "\t", " \t", "\n", "\r", "\u00a0", "!", ".", "/", "-", "_", ":", "`", "*")
    },
    "a mention after blanks": again("\t", "x", "<@U0BOT>"),
    "blanks after a mention": again("\t", "<@U0BOT>", "x"),
    "mentions among blanks": again(" \t\t<@U0BOT>, \t"),
    "a mention that never ends": again("a", "<@U0BOT|"),
    "a processor and blanks": again(" ", "!pro-fast", "x"),
    "a token that never ends": again("a|", "<https://a.b/"),
    "a link that never ends": again("a", "[a]("),
    "a label that never ends": again("\\]a", "["),
    "code that never ends": again("` a", "``"),
    "a fence that never ends": again("a\n", "```\n"),
    "a table": again("| a | b |\n", "| a | b |\n|---|---|\n"),
    "a table that is none": again("| a | b |\n"),
    "a list of pages": again("1. a https://a.b/c\n", "So [1].\n\n"),
    "a list of pages below rules": again("---\n\n", "So.\n", "1. https://a.b\n2. https://a.b"),
    "a list of pages below a long line": again("a. [1", "", "\n1. https://a.b\n2. https://a.b"),
    "references as headings": again("### 1. a\nhttps://a.b/c\n\n", "So [1].\n\n## References\n"),
    "quotes that get deeper": lambda n: "\n".join(">" * d for d in range(1, int((2 * n) ** 0.5))),
    "lists that get deeper": lambda n: "\n".join("  " * d + "- a" for d in range(int(n**0.5))),
    "fences that get longer": lambda n: "\n".join("`" * d for d in range(1, int((2 * n) ** 0.5))),
    "lists in quotes": again("> - > 1. a\n"),
    "escapes, then mentions": lambda n: "\\(" * (n // 4) + "1. " + "<@U1ADA> " * (n // 18),
    "escapes and signs": again("@\\)"),
    "words": again("The canal was opened in 1869. "),
    "paragraphs": again("**Bold** and [a](https://a.b/c) in [1] a *line*.\n\n"),
    "a bit of everything": again(
        "> - # [a](b) `c` **d** <e> &amp; | f | @here 【1】 \\[ www.a.b\n"
    ),
}
#: Given also to what is given only some of the others: two things of a text multiply here.
PAIRS = ("escapes, then mentions", "escapes and signs")
