"""Menus, radio buttons and checkboxes as HTML. Pure.

Source: https://docs.slack.dev/reference/block-kit/block-elements.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.playground.page.blockkit.controls import (
    JSON,
    Placement,
    action_attributes,
    button_or_link,
    field_attributes,
    plain_text_of,
)
from bot.playground.page.blockkit.tags import NOTHING, Html, escaped, joined, tag
from bot.playground.page.blockkit.text import text_object
from bot.playground.page.blockkit.tokens import Names

_MOST_LINES = 6  # of a multi-select menu


def select(this: JSON, placement: Placement) -> Html:
    """Draw a select menu of any kind."""
    several = this["type"].startswith("multi_")
    chosen = _chosen(this, placement)
    groups = list(_option_groups(this, placement.surface.names))
    drawn = [] if several else [_placeholder(this, selected=not chosen)]
    for name, pairs in groups:
        options = joined(_options(pairs, chosen))
        drawn.append(tag("optgroup", options, label=name) if name else options)
    if not any(pairs for _, pairs in groups):
        drawn.append(tag("option", escaped("The app would be asked for these"), disabled=True))
    lines = min(sum(len(pairs) for _, pairs in groups) or 1, _MOST_LINES)
    return tag(
        "select",
        *drawn,
        class_="bk-select",
        multiple=several,
        size=str(lines) if several else None,
        **field_attributes(this, placement),
    )


def _placeholder(this: JSON, *, selected: bool) -> Html:
    shown = escaped(plain_text_of(this.get("placeholder")) or "Choose")
    return tag("option", shown, value="", disabled=True, hidden=True, selected=selected)


def _chosen(this: JSON, placement: Placement) -> set[str]:
    """Return the selected values."""
    given = placement.current_value(this)
    if given is not None:
        return set(given.split(",")) - {""}
    options = [this.get("initial_option"), *(this.get("initial_options") or [])]
    found = {option["value"] for option in options if option}
    for name in ("user", "channel", "conversation"):
        found |= {this.get(f"initial_{name}"), *(this.get(f"initial_{name}s") or [])}
    return found - {None}


def _option_groups(this: JSON, names: Names) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield the groups of options: a name, "" for none, and the (value, text) of each option."""
    people = [(id_, f"@{name}") for id_, name in names.users.items()]
    channels = [(id_, f"#{name}") for id_, name in names.channels.items()]
    kind = this["type"].removeprefix("multi_")
    if kind == "users_select":
        yield "", people
    elif kind == "channels_select":
        yield "", channels
    elif kind == "conversations_select":
        wanted = (this.get("filter") or {}).get("include") or ["public", "im"]
        yield "", channels if {"public", "private"} & set(wanted) else []
        yield "", people if "im" in wanted else []
    else:
        for group in this.get("option_groups") or []:
            yield plain_text_of(group["label"]), _pairs(group["options"])
        beginning = [this.get("initial_option"), *(this.get("initial_options") or [])]
        known = beginning if kind == "external_select" else this.get("options") or []
        yield "", _pairs(option for option in known if option)


def _pairs(options: Iterable[JSON]) -> list[tuple[str, str]]:
    return [(option["value"], plain_text_of(option["text"])) for option in options]


def _options(pairs: Iterable[tuple[str, str]], chosen: set[str]) -> Iterator[Html]:
    for value, shown in pairs:
        yield tag("option", escaped(shown), value=value, selected=value in chosen)


def choices(this: JSON, placement: Placement) -> Html:
    """Draw radio buttons or checkboxes.

    Radio buttons with the same name in a form are one group. Messages may share names, and are
    drawn twice (in the channel and in the thread), so there each group is a separate form.
    """
    kind = "radio" if this["type"] == "radio_buttons" else "checkbox"
    chosen = _chosen(this, placement)
    names = placement.surface.names
    attributes = field_attributes(this, placement)
    group = {name: attributes.pop(name) for name in ("id", "aria_label", "aria_describedby")}
    focused = attributes.pop("autofocus")
    if kind == "checkbox":
        attributes["required"] = None  # it would apply to each box
    drawn: list[Html] = []
    for option in this["options"]:
        value = option["value"]
        box = tag(
            "input",
            type=kind,
            value=value,
            checked=value in chosen,
            autofocus=focused and not drawn,
            **attributes,
        )
        about = option.get("description")
        more = tag("span", text_object(about, names), class_="bk-hint") if about else NOTHING
        drawn.append(tag("label", box, tag("span", text_object(option["text"], names), more)))
    legend = tag("legend", escaped(placement.label)) if placement.label is not None else NOTHING
    fieldset = tag("fieldset", legend, *drawn, class_="bk-choices", **group)
    return fieldset if placement.surface.form or kind == "checkbox" else tag("form", fieldset)


def overflow(this: JSON, placement: Placement) -> Html:
    """Draw an overflow menu."""
    drawn = []
    for option in this["options"]:
        shown = text_object(option["text"], placement.surface.names)
        about = option.get("description")
        more = tag("span", text_object(about, placement.surface.names), class_="bk-hint")
        chosen = {
            "data_choice": str(option.get("value") or ""),
            **action_attributes(this, placement),
        }
        drawn.append(button_or_link(option, joined([shown, more if about else NOTHING]), chosen))
    dots = tag("summary", escaped("⋯"), aria_label="More options", title="More options")
    return tag("details", dots, tag("div", *drawn), class_="bk-overflow")
