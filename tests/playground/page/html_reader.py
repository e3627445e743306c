"""Reads drawn HTML as a browser would, and says what a person sees in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"br", "hr", "input"}
#: All that may ever be drawn.
ALLOWED = VOID | {
    "a", "b", "blockquote", "button", "caption", "code", "details", "div", "em", "fieldset",
    "figcaption", "figure", "form", "h3", "h4", "h5", "h6", "label", "legend", "li", "mark", "ol",
    "optgroup", "option", "p", "pre", "s", "select", "span", "strong", "summary", "table", "tbody",
    "td", "textarea", "th", "thead", "time", "tr", "u", "ul",
}  # fmt: skip


@dataclass
class Element:
    """One element: its tag and attributes, the tags it is in (outermost first), and its text."""

    tag: str
    attributes: dict[str, str]
    around: tuple[str, ...] = ()
    text: str = ""


@dataclass
class Seen(HTMLParser):
    """A piece of HTML, read. Raises ValueError when its tags do not fit."""

    html: str
    text: str = ""
    elements: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[Element] = []
        self.feed(self.html)
        self.close()
        if self._open:
            raise ValueError(f"not closed: {self._open[-1].tag}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        around = tuple(each.tag for each in self._open)
        found = Element(tag, {name: value or "" for name, value in attrs}, around)
        self.elements.append(found)
        if tag in ("a", "button") and {"a", "button"} & set(around):
            raise ValueError(f"<{tag}> in {self._open[-1].tag}: a browser would tear them apart")
        if tag == "br":
            self.handle_data("\n")
        if tag not in VOID:
            self._open.append(found)

    def handle_endtag(self, tag: str) -> None:
        """Close the latest element."""
        if tag in VOID:  # <br />
            return
        if not self._open or self._open[-1].tag != tag:
            raise ValueError(f"</{tag}> closes {self._open[-1].tag if self._open else 'nothing'}")
        self._open.pop()

    def handle_data(self, data: str) -> None:
        """Note text, for all that it is in."""
        self.text += data
        for element in self._open:
            element.text += data

    def all(self, tag: str) -> list[Element]:
        """Return the elements of this tag."""
        return [each for each in self.elements if each.tag == tag]

    def texts(self, tag: str) -> list[str]:
        """Return the text in each element of this tag."""
        return [each.text for each in self.all(tag)]
