"""Made-up answers, labelled as such at their top. Pure.

All addresses are in the domains reserved for examples (https://www.rfc-editor.org/rfc/rfc2606), so
that no real page is quoted for something it does not say.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from bot.playground.task_api.topic_texts import TOPIC_NAMES

LABEL = (
    "**Sample answer.** Made up on this machine by the playground; nothing was looked up, "
    "and none of it is true."
)
SITES = ("example.com", "example.org", "example.net")
KINDS = ("encyclopedia", "newspaper archive", "annual report", "interview", "statistics office")
MARKUP = str.maketrans("", "", "*_[]`|")  #: characters removed from a title in Markdown

#: Parts of sentences for reports about anything.
_WHO = (
    *("The latest annual report", "A survey of 1,200 practitioners", "The statistics office"),
    *("An audit of the published accounts", "A review of 38 studies", "The regulator's register"),
    *("A parliamentary inquiry", "The industry association", "An independent test laboratory"),
)
_SAYS = (
    "puts the figure for {year} at {number:,}, which is {share:.1f}% more than the year before",
    "finds that about {share:.0f}% of the cases fall into the first group",
    "dates the turning point to {year}, two years earlier than is usually said",
    "names cost as the main reason, ahead of missing staff ({share:.0f} %)",
    "counts {number:,} units in use, without those that were retired before {year}",
    "sees no clear trend since {year}, once inflation of {share:.1f}% a year is taken out",
    "sets the upper limit at {number:,} and gives a transition period until {year}",
    "describes the same process, with three steps instead of five",
    "warns that the numbers before {year} were collected in another way",
)
_THEN = (
    *("", "", "", "; a second source agrees", "; no other source bears this out"),
    *(", though the sample is small", ", according to its summary; the full text differs slightly"),
    *("; this was corrected later by {share:.1f} points", ", which fits what was found elsewhere"),
)
_TITLES = (
    "Sample source {n}: {kind}",
    "Sample source {n}: {kind} | Example Institute",
    "[PDF] Sample source {n}: {kind}, second edition",
    "Sample source {n}: “{kind}” – a *critical* reading",
    "Sample source {n}: Übersicht für {kind} (2019–2024)",
    "Sample source {n}: what every {kind} gets wrong about figures, and which of them can be "
    "trusted when they are compared over many years and several countries",
)
_PATHS = (
    "sample-source-{n}",
    "sample-source-{n}/",
    "reports/2024/sample-source-{n}.pdf",
    "wiki/Sample_source_({n})",
    "read?source={n}&lang=en",
    "caf%C3%A9/sample-source-{n}#section-3",
)


def sources(number: int) -> list[dict[str, Any]]:
    """Make up this number of citations."""
    return [
        {
            "url": f"https://{SITES[n % len(SITES)]}/sample-source-{n + 1}",
            "title": f"Sample source {n + 1}: {KINDS[n % len(KINDS)]}",
            "excerpts": [f"Sample excerpt {n + 1}, which supports the sample answer."],
        }
        for n in range(number)
    ]


def odd_sources(question: str, number: int, characters: int) -> list[dict[str, Any]]:
    """Make up citations as irregular as those of real reports.

    Some have no title or no excerpts, some addresses have parentheses, queries and fragments, and
    some pages are cited twice.

    Args:
        question: the seed of all choices.
        number: of citations.
        characters: the approximate length of one citation's excerpts.
    """
    rng = Random(f"sources of {question}")
    found: list[dict[str, Any]] = []
    for n in range(1, number + 1):
        host = rng.choice(("", "www.")) + rng.choice(SITES)
        url = f"https://{host}/{rng.choice(_PATHS).format(n=n)}"
        if n % 11 == 0:
            url = str(rng.choice(found)["url"]).split("#")[0] + "#:~:text=sample"
        title = rng.choice(_TITLES).format(n=n, kind=rng.choice(KINDS))
        excerpts = _excerpts(rng, characters)
        found.append(
            {
                "url": url,
                "title": None if n % 9 == 0 else title,
                "excerpts": None if n % 17 == 0 else excerpts,
            }
        )
    return found


def _excerpts(rng: Random, characters: int) -> list[str]:
    """Make up one to three excerpts of a page."""
    pieces = rng.randint(1, 3)
    quoted = []
    for _ in range(pieces):
        words = sentence(rng)
        while len(words) < characters / pieces:
            words += rng.choice((" ", " ", "\n\n")) + sentence(rng)
        quoted.append(words)
    return quoted


def sentence(rng: Random) -> str:
    """Make up a sentence for a report."""
    words = f"{rng.choice(_WHO)} {rng.choice(_SAYS)}{rng.choice(_THEN)}."
    return words.format(
        year=rng.randint(1998, 2024), number=rng.randint(40, 98_000), share=rng.uniform(1.5, 88)
    )


def answer(question: str, earlier: Sequence[str], citations: Sequence[dict[str, Any]]) -> str:
    """Make up a short answer in Markdown that quotes the earlier questions."""
    links = [f"[{each['title']}]({each['url']})" for each in citations]
    parts = [LABEL, f"You asked: “{question}”"]
    parts += _follows(earlier)
    parts += [
        f"- The **first finding** would stand here ({links[0]}).\n"
        f"- The second one, with a figure such as 42%, comes from elsewhere ({links[-1]}).",
        "| What | Sample value |\n| --- | --- |\n"
        f"| Words in the question | {len(question.split())} |\n"
        f"| Turns before this one | {len(earlier)} |",
        f"Ask about {TOPIC_NAMES} to see an answer with real pages. Put `long report`, "
        "`please fail` or `with a warning` into a question to see what those look like. Processors "
        "from *pro* on always write a report.",
    ]
    return "\n\n".join(parts)


def quick(question: str, earlier: Sequence[str]) -> str:
    """Make up a chat's answer, without links, that quotes the earlier questions."""
    return "\n\n".join(
        [
            LABEL,
            f"You asked: “{question}”",
            *_follows(earlier),
            "- A quick answer has **no sources**.\n"
            "- An address in it, such as https://example.org/quick-sample, is only text.",
            f"Ask about {TOPIC_NAMES} to see one about something real. "
            "Put `please fail` into a question to see an answer that is cut off, or `think` to see "
            "one that begins late.",
        ]
    )


def fields(question: str, earlier: Sequence[str]) -> dict[str, Any]:
    """Make up an object with several fields, for a run without a schema."""
    rng = Random(f"fields of {question}")
    return {
        "summary": f"{LABEL} You asked: “{question}” {' '.join(earlier)} {sentence(rng)}",
        "key_findings": [sentence(rng) for _ in range(4)],
        "figures": [
            {
                "year": year,
                "value": rng.randint(12, 9_800),
                "note": None if year % 2 else "estimate",
            }
            for year in range(2018, 2025)
        ],
        "is_settled": False,
        "open_questions": [sentence(rng) for _ in range(2)],
    }


def fitting(schema: dict[str, Any], text: str) -> Any:
    """Make up a value for a JSON schema of a usual type; a string has the value `text`."""
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
    """List the earlier questions, if there are any."""
    if not earlier:
        return []
    listed = "\n".join(f"{number}. “{each}”" for number, each in enumerate(earlier, 1))
    return [f"This follows from what was asked before in this chain:\n\n{listed}"]
