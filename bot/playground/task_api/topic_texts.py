"""What the sample answers say about a handful of real topics, and their sources. Pure.

The facts are general knowledge, written for the playground. The sources are real pages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_WIKIPEDIA = "https://en.wikipedia.org/wiki/"


@dataclass(frozen=True, slots=True)
class Source:
    """A web page, and what it supports, in our own words."""

    title: str
    url: str
    supports: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A part of an answer.

    Attributes:
        about: a regular expression for the words in a question that ask for it.
        text: Markdown; ``{0}`` becomes a link to the first of `sources`.
        sources: indexes into the topic's sources.
    """

    about: str
    text: str
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic and what is known about it.

    Attributes:
        words: a regular expression for the words that name the topic.
        findings: the most important first; the first can answer on its own.
    """

    name: str
    words: str
    findings: tuple[Finding, ...]
    sources: tuple[Source, ...]

    def matches(self, question: str) -> bool:
        """Say whether a question is about this topic."""
        return _contains(self.words, question)

    def findings_for(self, question: str) -> list[Finding]:
        """Return the findings that a question asks for; empty when it names none of them."""
        return [finding for finding in self.findings if _contains(finding.about, question)]


def _contains(words: str, text: str) -> bool:
    return re.search(rf"\b(?:{words})", text, re.IGNORECASE) is not None


TOPICS = (
    Topic(
        "the Suez Canal",
        "suez",
        findings=(
            Finding(
                "owns?\\b|owner|belong|nationali[sz]|since when",
                "**Egypt owns the Suez Canal.** The state-owned Suez Canal Authority has run it "
                "since 26 July 1956, when President Nasser nationalised the Suez Canal Company, "
                "whose largest shareholders were British and French ({0}, {1}).",
                (1, 2),
            ),
            Finding(
                "buil[dt]|dug|construct|engineer|lesseps|open(ed|ing)",
                "It was built from 1859 to 1869 by the company of Ferdinand de Lesseps, and opened "
                "on 17 November 1869 ({0}, {1}).",
                (0, 3),
            ),
            Finding(
                "long\\b|length|deep|depth|wide|size|ships?|figures|traffic",
                "| What | Figure |\n| --- | --- |\n| Length | 193 km |\n"
                "| Depth | 24 m |\n| Locks | none |\n"
                "| Saved between London and the Arabian Sea | about 8,900 km |\n\n"
                "The canal joins the Mediterranean and the Red Sea at sea level ({0}).",
                (0,),
            ),
            Finding(
                "block|closed|closure|ever given|crisis|war\\b",
                "- **1956–57**: closed after the Suez Crisis ({0}).\n"
                "- **1967–75**: closed from the Six-Day War on ({1}).\n"
                "- **March 2021**: the container ship *Ever Given* blocked it for six days ({2}).",
                (2, 0, 4),
            ),
        ),
        sources=(
            Source(
                "Suez Canal", f"{_WIKIPEDIA}Suez_Canal", "its length, its history, its closures."
            ),
            Source(
                "Suez Canal Authority",
                f"{_WIKIPEDIA}Suez_Canal_Authority",
                "the authority is an Egyptian state-owned body, founded in 1956.",
            ),
            Source(
                "Suez Crisis",
                f"{_WIKIPEDIA}Suez_Crisis",
                "the nationalisation of 26 July 1956 and what followed.",
            ),
            Source(
                "Ferdinand de Lesseps",
                f"{_WIKIPEDIA}Ferdinand_de_Lesseps",
                "he founded the company that dug the canal.",
            ),
            Source(
                "2021 Suez Canal obstruction",
                f"{_WIKIPEDIA}2021_Suez_Canal_obstruction",
                "Ever Given ran aground on 23 March and was freed on 29 March 2021.",
            ),
        ),
    ),
    Topic(
        "wind turbine makers",
        "wind (?:turbine|power|energy)|turbine makers?|windrad|windräder|vestas|goldwind",
        findings=(
            Finding(
                "compar|largest|makers?|manufactur|who|which|three|biggest",
                "Three of the largest makers of wind turbines (which of them is first differs from "
                "year to year):\n\n"
                "| Maker | Seat | Founded | Known for |\n| --- | --- | --- | --- |\n"
                "| Vestas | Aarhus, Denmark | 1945 | the largest installed base worldwide |\n"
                "| Siemens Gamesa | Zamudio, Spain | 2017, by a merger | offshore turbines |\n"
                "| Goldwind | Beijing, China | 1998 | direct-drive turbines, the home market |\n\n"
                "({0}, {1}, {2})",
                (0, 1, 2),
            ),
            Finding(
                "where|countr|most|china|german|capacity",
                "China has by far the most wind power installed, followed by the United States "
                "and Germany ({0}).",
                (4,),
            ),
            Finding(
                "how .*work|efficien|betz|limit",
                "A turbine can take at most 59.3% of the wind's energy, the *Betz limit* "
                "$\\frac{{16}}{{27}}$; good ones reach about three quarters of that ({0}).",
                (3,),
            ),
        ),
        sources=(
            Source("Vestas", f"{_WIKIPEDIA}Vestas", "its seat, its history, its installed base."),
            Source(
                "Siemens Gamesa",
                f"{_WIKIPEDIA}Siemens_Gamesa",
                "the merger of 2017 and the offshore business.",
            ),
            Source("Goldwind", f"{_WIKIPEDIA}Goldwind", "its history and its direct-drive design."),
            Source("Betz's law", f"{_WIKIPEDIA}Betz%27s_law", "the limit of 16/27."),
            Source(
                "Wind power by country",
                f"{_WIKIPEDIA}Wind_power_by_country",
                "the order of the countries by installed capacity.",
            ),
        ),
    ),
    Topic(
        "the EU's battery rules",
        "batter(y|ies)|2023/1542",
        findings=(
            Finding(
                "chang|rules?|regulat|law\\b|new\\b|what",
                "**Regulation (EU) 2023/1542** covers all batteries sold in the EU, whatever is in "
                "them, from design to recycling. It replaces the directive of 2006 and has applied "
                "since 18 February 2024; its duties begin step by step ({0}, {1}).",
                (0, 1),
            ),
            Finding(
                "when|dates?|deadline|timeline|passport|remov|replace|collect|target",
                "| From | What |\n| --- | --- |\n| 18 February 2024 | the regulation applies |\n"
                "| 18 February 2027 | battery passport; users can replace portable batteries |\n"
                "| end of 2027 | 63% of portable batteries are collected |\n"
                "| end of 2030 | 73% of portable batteries are collected |\n\n"
                "Some dates have been put off since; check the text in force ({0}).",
                (0,),
            ),
            Finding(
                "import|japan|compan|makers?|who",
                "Who places a battery on the EU market must comply, also with imports: makers, "
                "importers and distributors each have duties of their own ({0}).",
                (0,),
            ),
        ),
        sources=(
            Source(
                "Regulation (EU) 2023/1542 concerning batteries and waste batteries",
                "https://eur-lex.europa.eu/eli/reg/2023/1542/oj",
                "its scope, its dates and who must comply.",
            ),
            Source(
                "Battery recycling",
                f"{_WIKIPEDIA}Battery_recycling",
                "how batteries are collected and recycled.",
            ),
        ),
    ),
    Topic(
        "TCP and UDP",
        "tcp|udp",
        findings=(
            Finding(
                "differ|compar|versus|vs\\b|what|which|why|when",
                "| | TCP | UDP |\n| --- | --- | --- |\n"
                "| Connection | opened by a handshake | none |\n"
                "| Delivery | complete and in order | may be lost or reordered |\n"
                "| Unit | a stream of bytes | datagrams |\n"
                "| Header | 20 bytes or more | 8 bytes |\n"
                "| Used by | HTTP/1.1, HTTP/2, SSH, mail | DNS, calls, games, QUIC |\n\n"
                "TCP is specified in {0}, UDP in {1}.",
                (0, 1),
            ),
            Finding(
                "http/?3|quic",
                "HTTP/3 runs over QUIC, which does what TCP does, with encryption, over UDP ({0}).",
                (2,),
            ),
            Finding(
                "handshake|syn\\b",
                "```text\nclient -> server  SYN\nserver -> client  SYN, ACK\n"
                "client -> server  ACK\n```\n\nAfter these three segments data may flow ({0}).",
                (0,),
            ),
        ),
        sources=(
            Source(
                "RFC 9293: Transmission Control Protocol",
                "https://www.rfc-editor.org/rfc/rfc9293",
                "the handshake, ordering and the header of TCP.",
            ),
            Source(
                "RFC 768: User Datagram Protocol",
                "https://www.rfc-editor.org/rfc/rfc768",
                "the header of UDP.",
            ),
            Source(
                "RFC 9000: QUIC",
                "https://www.rfc-editor.org/rfc/rfc9000",
                "a reliable, encrypted transport over UDP.",
            ),
        ),
    ),
    Topic(
        "Mount Everest",
        "everest|highest mountain",
        findings=(
            Finding(
                "high|tall|height|elevation",
                "Mount Everest is **8,848.86 m** high: Nepal and China announced that figure "
                "together in December 2020 ({0}).",
                (0,),
            ),
            Finding(
                "first|climb|summit|who|hillary|tenzing",
                "Edmund Hillary and Tenzing Norgay were the first known to reach the summit, on "
                "29 May 1953 ({0}). Reinhold Messner and Peter Habeler were the first without "
                "bottled oxygen, on 8 May 1978 ({1}).",
                (1, 0),
            ),
            Finding(
                "other|list|next|eight|8000|8,000|compar",
                "| Mountain | Height |\n| --- | ---: |\n| Everest | 8,849 m |\n| K2 | 8,611 m |\n"
                "| Kangchenjunga | 8,586 m |\n| Lhotse | 8,516 m |\n| Makalu | 8,485 m |\n\n"
                "Fourteen mountains are higher than 8,000 m ({0}).",
                (2,),
            ),
        ),
        sources=(
            Source("Mount Everest", f"{_WIKIPEDIA}Mount_Everest", "its height and its climbers."),
            Source(
                "1953 British Mount Everest expedition",
                f"{_WIKIPEDIA}1953_British_Mount_Everest_expedition",
                "the first ascent.",
            ),
            Source("Eight-thousander", f"{_WIKIPEDIA}Eight-thousander", "the fourteen mountains."),
        ),
    ),
)
#: The topics' names in a sentence, for people to try.
TOPIC_NAMES = ", ".join(topic.name for topic in TOPICS[:-1]) + f" or {TOPICS[-1].name}"
