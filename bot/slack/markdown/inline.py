"""Inline Markdown read into safe segments: text, code, emphasis and accepted links. Pure.

- A link keeps its address if `text.links` accepts it, else only its label stays. The same holds for
  an image (nothing is fetched for a reader), ``<https://…>``, Slack's own ``<https://…|label>`` and
  a link by reference.
- With a `CitationPolicy`, `citations.verification` decides about links and addresses.
- ``<br>`` breaks the line, or becomes a space where no line can end (headings, cells).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markdown_it.token import Token

from bot.slack.citations.addresses import may_hold_address
from bot.slack.citations.verification import CitationPolicy
from bot.slack.markdown.citation_marks import CitationMarks
from bot.slack.markdown.inline_writer import Form, with_lasting_marks, write
from bot.slack.markdown.parser import text_of_tokens
from bot.slack.markdown.segments import (
    Break,
    Code,
    Label,
    Link,
    Mark,
    Segment,
    Text,
    merge_texts,
    runs_on,
    visible_text,
)
from bot.slack.text.escaping import clean, clean_foreign, find_pings
from bot.slack.text.links import destination, host_to_show

_BREAK = re.compile(r"<br\s{0,9}/?>", re.IGNORECASE)
#: Slack's own way to write a link, which models copy from messages.
_SLACK_LINK = re.compile(r"<((?:https?://|mailto:)[^\s<>|]+)\|([^<>\n]*)>", re.IGNORECASE)
_BRACKET = re.compile(r"[\[\]\\]")
_NAMES_PAGE = re.compile(r"[a-z][a-z\d+.-]{0,30}://", re.IGNORECASE)
_OPENS = {"em_open": "*", "strong_open": "**", "s_open": "~~"}
_CLOSES = {"em_close": "*", "strong_close": "**", "s_close": "~~"}


@dataclass(frozen=True, slots=True)
class Inline:
    """Reads inline tokens, and writes the safe part of them.

    Attributes:
        form: how to write them.
        policy: what may be linked; None for everything.
        marks: makes links of citation marks; None to leave them as they are.
    """

    form: Form
    policy: CitationPolicy | None = None
    marks: CitationMarks | None = None

    def written(self, tokens: Sequence[Token], source: str = "") -> str:
        """Return the Markdown of inline tokens of a source; "" if none of them is visible."""
        segments = list(self._checked(with_lasting_marks(self._read(tokens))))
        if self.marks:
            segments = list(self.marks.linked(segments, source, cell=self.form.cell))
        return write(segments, self.form, source=source, tokens=tokens)

    # --- from tokens to segments --------------------------------------------------------

    def _read(self, tokens: Sequence[Token]) -> Iterator[Segment]:
        at, before = 0, ""
        while at < len(tokens):
            start, token = at, tokens[at]
            at += 1
            match token.type:
                case "link_open":
                    end = _end_of_link(tokens, at)
                    yield from self._link(token, tokens[at:end], before)
                    at = end + 1
                case "image":
                    words = _line(text_of_tokens(token.children or []))
                    label = (Text(words),) if words.strip() else ()
                    yield from self._linked(label, str(token.attrs["src"]), before, "image")
                case "softbreak" | "hardbreak":
                    yield self._break(hard=token.type == "hardbreak")
                case "code_inline":
                    yield Code(_line(token.content))
                case kind if mark := _OPENS.get(kind) or _CLOSES.get(kind):
                    yield Mark(token.markup or mark, kind in _OPENS)
                case "text_special" if _is_escape(token):
                    yield Text(token.content, frozenset((0,)))
                case "text":
                    yield from self._words(token.content)
                case _:  # an entity, which can name a joiner, too
                    yield Text(clean_foreign(token.content).replace("\n", " "))
            before = clean(text_of_tokens(tokens[start:at]))[-1:] or before

    def _break(self, *, hard: bool) -> Segment:
        return Text(" ") if self.form.one_line else Break(hard)

    def _words(self, content: str) -> Iterator[Segment]:
        for number, part in enumerate(_BREAK.split(content)):
            if number:
                yield self._break(hard=self.form.file)
            yield Text(_line(part))

    def _link(self, opening: Token, inner: Sequence[Token], before: str) -> Iterator[Segment]:
        href = str(opening.attrs["href"])
        if opening.markup != "autolink":
            words = [_without_image(t) for t in inner if not t.type.startswith("link_")]
            label = with_lasting_marks(Inline(Form(one_line=True))._read(words))
            yield from self._linked(tuple(s for s in label if isinstance(s, Label)), href, before)
            return
        address, _, name = href.partition("|")  # `<https://…|label>` without a space in it
        if (real := destination(address)) is None:
            yield Text(f"<{_line(href)}>")
        else:
            named = (Text(_line(name).strip() or _named(real)),)
            yield from self._linked(named, address, before)

    def _linked(
        self, label: tuple[Label, ...], href: str, before: str, otherwise: str = ""
    ) -> Iterator[Segment]:
        """Yield a link with its label, or only words if it may not be linked."""
        address, words = destination(href), visible_text(label)
        if address and (self.policy is None or self.policy.is_cited(address)):
            named = label if words.strip() else (Text(otherwise or _named(address)),)
            yield self._honest(named, address)
            return
        keeps_label, beside = True, ""
        written = address or (_line(href) if _NAMES_PAGE.match(href) else "")
        if self.policy and written:
            keeps_label, beside = self.policy.link_replacement(words, written)
        if keeps_label:
            yield from (Text(" ("), *label, Text(")")) if runs_on(before, words) else label
        yield Text(beside)

    def _honest(self, label: tuple[Label, ...], address: str) -> Link:
        """Return a link whose label says where it leads, and holds no other link."""
        real = host_to_show(visible_text(label), address)
        beside = (Text(f" ({real})"),) if real else ()
        return Link((*self._quiet_label(label), *beside), address)

    def _quiet_label(self, label: tuple[Label, ...]) -> Iterator[Label]:
        """Yield a label in which Slack finds no address that may not be linked."""
        # Code with brackets is text here: parsers disagree about them.
        plain = (
            Text(s.code) if isinstance(s, Code) and _BRACKET.search(s.code) else s for s in label
        )
        for segment in merge_texts(plain):
            if self.policy and isinstance(segment, Text):
                yield Text(self.policy.safe_label(segment.chars))
            elif isinstance(segment, Label):
                yield segment

    # --- within texts -------------------------------------------------------------------

    def _checked(self, segments: Iterable[Segment]) -> Iterator[Segment]:
        """Find links and addresses in texts, and keep ``@here`` from pinging."""
        found = list(segments)
        for at, segment in enumerate(found):
            if isinstance(segment, Text) and _may_change(segment.chars):
                after = found[at + 1] if at + 1 < len(found) else Break()
                texts = merge_texts(self._slack_links(segment))
                yield from _quiet(merge_texts(self._addresses(texts, after)))
            elif isinstance(segment, Link):
                yield from _quiet((segment,))
            else:
                yield segment

    def _slack_links(self, text: Text) -> Iterator[Segment]:
        at = 0
        for match in _SLACK_LINK.finditer(text.chars) if "|" in text.chars else ():
            label = match[2].strip()
            yield text.part(at, match.start())
            before = text.chars[max(match.start() - 1, 0) : match.start()]
            yield from self._linked((Text(label),) if label else (), match[1], before)
            at = match.end()
        yield text.part(at, len(text.chars))

    def _addresses(self, segments: list[Segment], after: Segment) -> Iterator[Segment]:
        for segment, following in pairwise((*segments, after)):
            if not (isinstance(segment, Text) and self.policy):
                yield segment
                continue
            at = 0
            for found in self.policy.replacements(
                segment.chars, ends_line=isinstance(following, Break), escaped=segment.escaped
            ):
                yield segment.part(at, found.start)
                at = found.end
                if found.address:
                    yield self._honest((Text(found.words),), found.address)
                else:
                    yield Text(found.words)
            yield segment.part(at, len(segment.chars))


def _may_change(text: str) -> bool:
    """Whether a text may hold a link of Slack's, an address or a ping."""
    return "|" in text or may_hold_address(text)


def _end_of_link(tokens: Sequence[Token], at: int) -> int:
    """Return where a link ends; the parser makes a link of ``<https://…>`` in its label, too."""
    depth = 1
    while depth:
        depth += {"link_open": 1, "link_close": -1}.get(tokens[at].type, 0)
        at += 1
    return at - 1


def _is_escape(token: Token) -> bool:
    """Whether a token is a character behind a backslash; ``<``, ``>`` and ``@`` need none."""
    return token.info == "escape" and len(token.content) == 1 and token.content not in "<>@"


def _without_image(token: Token) -> Token:
    """Return what stands for a token in the label of a link: for an image, its description."""
    if token.type != "image":
        return token
    return Token("text", "", 0, content=text_of_tokens(token.children or []))


def _line(text: str) -> str:
    """Return text as it may stand in a line: entities can name any character."""
    return clean(text).replace("\n", " ")


def _named(address: str) -> str:
    return address.removeprefix("mailto:")


def _quiet(segments: Iterable[Segment]) -> Iterator[Segment]:
    for segment in segments:
        if isinstance(segment, Link):
            label = tuple(s for s in _quiet(segment.label) if isinstance(s, Label))
            yield Link(label, segment.address)
            continue
        if not isinstance(segment, Text):
            yield segment
            continue
        at = 0
        for place, instead in find_pings(segment.chars):
            yield segment.part(at, place)
            yield Text(instead)
            at = place + 1
        yield segment.part(at, len(segment.chars))
