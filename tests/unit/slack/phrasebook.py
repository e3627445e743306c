"""How messages and views are written down for a proof-reader: words, then what can be pressed.

A page is a title and something that is said; a chapter yields pages. What is shown of a message
are its blocks, as a reader sees them; menus are closed, and `menus` opens them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from bot.domain.processors import LEVELS, PROCESSORS
from bot.ports import Message, Upload

Json = dict[str, Any]
Said = Message | Upload | Json | str  #: Json: a view; str: what was made readable already
Page = tuple[str, Said]
Chapter = Callable[[], Iterable[Page]]


def written(book: Sequence[tuple[str, Chapter]]) -> str:
    """Write all pages, one under the other."""
    lines = []
    for name, chapter in book:
        lines.append(f"{'=' * 20} {name} {'=' * 20}\n")
        lines += [f"--- {title}\n{_once(shown(said))}\n" for title, said in chapter()]
    return "\n".join(lines)


def _once(said: str) -> str:
    """Write a sentence that comes again and again once."""
    return re.sub(r"([A-Z][\w ]+\. )\1+", r"\1[and so on] ", said)


def shown(said: Said) -> str:
    """Return what a reader sees."""
    match said:
        case str():
            return said
        case Upload():
            return f"[file {said.name}, titled {said.title}: {said.comment}]\n{said.content}"
        case Message(blocks=None):
            return said.text
        case Message():
            return "\n".join(_lines(said.blocks))
        case {"type": "modal", "title": title, "blocks": blocks}:
            ends = [said[name]["text"] for name in ("close", "submit") if name in said]
            pressed = " ".join(f"[{end}]" for end in ends)
            return "\n".join([f"# {title['text']}", *_lines(blocks), pressed])
        case _:
            return "\n".join(_lines(said["blocks"]))


def menus(message: Message) -> str:
    """Return the menus of a message, opened, and what is asked before a choice counts."""
    lines = []
    for element in elements(message.blocks or []):
        if element["type"] in ("static_select", "overflow"):
            lines.append(_element(element))
            lines += _options(element.get("options", []), "    ")
            for group in element.get("option_groups", []):
                lines += [f"    {group['label']['text']}", *_options(group["options"], "      ")]
            if asked := element.get("confirm"):
                parts = [asked[name]["text"] for name in ("title", "text", "confirm", "deny")]
                lines.append("  {}\n  {}\n  [{}] [{}]".format(*parts))
    return "\n".join(lines)


def _options(options: Iterable[Json], margin: str) -> Iterator[str]:
    for each in options:
        suits = each.get("description", {}).get("text")
        yield f"{margin}{' — '.join(filter(None, (each['text']['text'], suits)))}"


#: All processors as menus offer them: the levels first.
IN_MENUS = [
    *(level.processor.name for level in LEVELS),
    *(name for name, each in PROCESSORS.items() if each.level is None),
]


def offered(menu: Json) -> list[Json]:
    """Return all options of a menu, including those in groups."""
    groups = menu.get("option_groups", [])
    return [*menu.get("options", []), *(each for group in groups for each in group["options"])]


def elements(blocks: Iterable[Json]) -> Iterator[Json]:
    """Yield what can be pressed, chosen or written in blocks."""
    for block in blocks:
        if block["type"] in ("actions", "context_actions"):
            yield from block["elements"]
        yield from (block[name] for name in ("accessory", "element") if name in block)


def _lines(blocks: Iterable[Json] | None) -> Iterator[str]:
    for block in blocks or []:
        match block:
            case {"type": "markdown", "text": text}:
                yield text
            case {"type": "header", "text": {"text": text}}:
                yield f"## {text}"
            case {"type": "divider"}:
                yield "-----"
            case {"type": "section"}:
                yield from (text["text"] for text in _texts(block))
            case {"type": "context", "elements": texts}:
                yield from (text["text"] for text in texts)
            case {"type": "input", "label": {"text": label}}:
                yield label if label.endswith("?") else f"{label}:"
            case {"type": "actions" | "context_actions"}:
                pass
            case _:
                raise ValueError(f"tell how a {block['type']} is written down")
        if acting := " ".join(map(_element, elements([block]))):
            yield acting
        if "hint" in block:
            yield f"({block['hint']['text']})"


def _texts(section: Json) -> list[Json]:
    return [*filter(None, [section.get("text")]), *section.get("fields", [])]


def _element(element: Json) -> str:
    match element:
        case {"type": "button", "text": {"text": label}}:
            return f"[{label}]"
        case {"type": "overflow"}:
            return "[⋯]"
        case {"type": "feedback_buttons", "positive_button": good, "negative_button": bad}:
            return f"[👍 {good['text']['text']}] [👎 {bad['text']['text']}]"
        case {"initial_option": picked}:
            return f"[{picked['text']['text']} ▾]"
        case {"type": str(kind), "placeholder": {"text": label}} if kind.endswith("_select"):
            picked = element.get("initial_user") or element.get("initial_conversation")
            return f"[{picked or label} ▾]"
        case {"type": "checkboxes", "options": options}:
            return " ".join(f"[ ] {each['text']['text']}" for each in options)
        case {"type": "plain_text_input"}:
            empty = element.get("placeholder", {"text": ""})["text"]
            return f"[{element.get('initial_value', empty)}_]"
        case _:
            raise ValueError(f"tell how a {element['type']} is written down")
