"""Made-up answers, each saying so at its top: what the playground's researcher comes up with. Pure.

All the web addresses are in the domains that are reserved for examples
(https://www.rfc-editor.org/rfc/rfc2606), so nobody's pages are quoted for words they do not hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

LABEL = (
    "**Sample answer.** Made up on this machine by the playground; nothing was looked up, "
    "and none of it is true."
)
SITES = ("example.com", "example.org", "example.net")
KINDS = ("encyclopedia", "newspaper archive", "annual report", "interview", "statistics office")
SECTIONS = 24


def sources(number: int) -> list[dict[str, Any]]:
    """Make up so many citations."""
    return [
        {
            "url": f"https://{SITES[n % len(SITES)]}/sample-source-{n + 1}",
            "title": f"Sample source {n + 1}: {KINDS[n % len(KINDS)]}",
            "excerpts": [f"Sample excerpt {n + 1}, which supports the sample answer."],
        }
        for n in range(number)
    ]


def answer(question: str, earlier: Sequence[str], citations: Sequence[dict[str, Any]]) -> str:
    """Make up a short answer in Markdown; it names the questions it builds on."""
    links = [f"[{each['title']}]({each['url']})" for each in citations]
    parts = [LABEL, f"You asked: “{question}”"]
    parts += _follows(earlier)
    parts += [
        f"- The **first finding** would stand here ({links[0]}).\n"
        f"- The second one, with a figure such as 42 %, comes from elsewhere ({links[-1]}).",
        "| What | Sample value |\n| --- | --- |\n"
        f"| Words in the question | {len(question.split())} |\n"
        f"| Turns before this one | {len(earlier)} |",
        "Put `long report` or `please fail` into a question to see what those look like.",
    ]
    return "\n\n".join(parts)


def quick(question: str, earlier: Sequence[str]) -> str:
    """Make up the answer of a chat; it names the questions it builds on, and links nothing."""
    return "\n\n".join(
        [
            LABEL,
            f"You asked: “{question}”",
            *_follows(earlier),
            "- A quick answer has **no sources**.\n"
            "- An address in it, such as https://example.org/quick-sample, is only text.",
            "Put `please fail` into a question to see an answer that is cut off, or `think` to see "
            "one that begins late.",
        ]
    )


def report(question: str, earlier: Sequence[str], citations: Sequence[dict[str, Any]]) -> str:
    """Make up a report of tens of pages: sections, lists, tables, code, references at its end."""
    parts = [f"# Sample report: {question}", LABEL]
    if earlier:
        parts.append("It builds on: " + "; ".join(f"“{each}”" for each in earlier) + ".")
    parts.append("## Summary\n\nThe most important things would be said here in one paragraph [1].")
    parts += [_section(number, len(citations)) for number in range(1, SECTIONS + 1)]
    listed = (f"{n}. [{each['title']}]({each['url']})" for n, each in enumerate(citations, 1))
    parts.append("## References\n\n" + "\n".join(listed))
    return "\n\n".join(parts)


def fitting(schema: dict[str, Any], text: str) -> Any:
    """Make up a value for a JSON schema of the usual kinds; a string says `text`."""
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "object" if "properties" in schema else "string")
    match kind[0] if isinstance(kind, list) else kind:
        case "object":
            properties = schema.get("properties", {})
            return {name: fitting(part, text) for name, part in properties.items()}
        case "array":
            return [fitting(schema.get("items", {}), text)]
        case "integer" | "number":
            return 42
        case "boolean":
            return True
        case "null":
            return None
        case _:
            return text


def _follows(earlier: Sequence[str]) -> list[str]:
    """List the questions that an answer builds on, if there are any."""
    if not earlier:
        return []
    listed = "\n".join(f"{number}. “{each}”" for number, each in enumerate(earlier, 1))
    return [f"This follows from what was asked before in this chain:\n\n{listed}"]


def _section(number: int, known: int) -> str:
    """Write a section of about one page."""
    cited = " ".join(f"[{(number * step) % known + 1}]" for step in (1, 3, 7))
    paragraph = (
        f"Section {number} of this sample goes on for a while, as long reports do. It weighs one "
        f"made-up source against another, gives a date (1869) and a sum (US$ {number * 1_250:,}), "
        "and says what remains uncertain, so that a reader can judge how much to rely on it "
        f"{cited}. "
    )
    parts = [f"## {number}. Sample section", *[(paragraph * 2).strip()] * 3]
    parts.append(
        "\n".join(f"- Point {number}.{n}: something worth a line of its own." for n in range(1, 6))
    )
    if number % 2:
        rows = "\n".join(f"| {year} | {year - 1800} | sample |" for year in range(1990, 2002))
        parts.append(f"| Year | Value | Note |\n| ---: | ---: | --- |\n{rows}")
    if number % 3 == 0:
        lines = "\n".join(f"    total += weight[{n}] * value[{n}]" for n in range(8))
        parts.append(f"```python\ndef sample_{number}(weight, value):\n    total = 0\n{lines}\n```")
    return "\n\n".join(parts)
