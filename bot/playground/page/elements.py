"""Buttons, menus and inputs as HTML. Pure.

Native controls throughout, so that keyboard and screen reader work as everywhere. Each carries
``data-action`` and ``data-block``: what is done with it is posted under these names. An input of a
form is named ``block_id/action_id`` instead, and is posted with the form.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any

from bot.playground.page.text import Names, link, mrkdwn, plain

JSON = dict[str, Any]
_TYPES = {
    "datepicker": "date",
    "timepicker": "time",
    "datetimepicker": "datetime-local",
    "email_text_input": "email",
    "url_text_input": "url",
    "number_input": "number",
    "file_input": "file",
}
_INITIAL = ("initial_value", "initial_date", "initial_time")


def element(this: JSON, block_id: str, names: Names) -> str:
    """Draw an element that acts at once."""
    return _draw(this, f'data-block="{escape(block_id)}" {_acts(this)}', names, _label(this))


def field(this: JSON, block_id: str, names: Names, label: str) -> str:
    """Draw an element of a form; `label` (plain text) is its name where it has no other."""
    named = f'name="{escape(block_id)}/{escape(str(this.get("action_id", "")))}"'
    return _draw(this, named, names, label)


def picture(this: JSON) -> str:
    """Draw an image: what it shows in words, and where it is; nothing is loaded."""
    words = plain(str(this.get("alt_text", "image")))
    url = this.get("image_url") or (this.get("slack_file") or {}).get("url", "")
    return f'<span class="bk-image" role="img">🖼 {link(url, words)}</span>'


def text_object(this: JSON | str | None, names: Names) -> str:
    """Draw a text object of either kind."""
    if this is None:
        return ""
    if isinstance(this, str):
        return plain(this)
    words = str(this.get("text", ""))
    return mrkdwn(words, names) if this.get("type") == "mrkdwn" else plain(words)


def _draw(this: JSON, attributes: str, names: Names, label: str) -> str:
    kind = str(this.get("type"))
    drawing = _DRAWN.get(kind)
    if drawing:
        return drawing(this, attributes, names, label)
    if kind.endswith("_select"):
        return _select(this, attributes, names, label)
    if kind in _TYPES or kind.endswith("_input"):
        return _input(this, attributes, label)
    return f'<span class="bk-unknown">cannot draw {escape(kind)}</span>'


def _acts(this: JSON) -> str:
    parts = [f'data-action="{escape(str(this.get("action_id", "")))}"']
    if confirm := this.get("confirm"):
        parts.append(f'data-confirm="{escape(json.dumps(confirm))}"')
    return " ".join(parts)


def _label(this: JSON) -> str:
    placeholder = this.get("placeholder") or {}
    return str(this.get("accessibility_label") or placeholder.get("text") or "Choose")


# --- buttons ----------------------------------------------------------------------------


def _button(this: JSON, attributes: str, names: Names, label: str) -> str:
    style = escape(str(this.get("style", "")))
    words = text_object(this.get("text"), names)
    spoken = this.get("accessibility_label")
    aria = f' aria-label="{escape(spoken)}"' if spoken else ""
    if url := this.get("url"):
        opens = f'href="{escape(url)}" target="_blank" rel="noopener noreferrer"'
        if url.lower().startswith(("http://", "https://", "mailto:")):
            return f'<a class="bk-button {style}" {opens} {attributes}{aria}>{words}</a>'
    return f'<button type="button" class="bk-button {style}" {attributes}{aria}>{words}</button>'


def _icon_button(this: JSON, attributes: str, names: Names, label: str) -> str:
    words = this.get("accessibility_label") or (this.get("text") or {}).get("text", "")
    spoken = escape(str(words))
    return (
        f'<button type="button" class="bk-icon" {attributes} aria-label="{spoken}" '
        f'title="{spoken}">🗑</button>'
    )


def _feedback(this: JSON, attributes: str, names: Names, label: str) -> str:
    drawn = []
    for name, sign in (("positive_button", "👍"), ("negative_button", "👎")):
        button = this[name]
        spoken = escape(str(button.get("accessibility_label") or button["text"]["text"]))
        drawn.append(
            f'<button type="button" class="bk-icon" {attributes} '
            f'data-choice="{escape(button["value"])}" aria-label="{spoken}" title="{spoken}">'
            f"{sign}</button>"
        )
    return "".join(drawn)


def _overflow(this: JSON, attributes: str, names: Names, label: str) -> str:
    options = "".join(
        f'<button type="button" {attributes} data-choice="{escape(option["value"])}">'
        f"{text_object(option['text'], names)}</button>"
        for option in this["options"]
    )
    return (
        f'<details class="bk-overflow"><summary aria-label="More options">⋯</summary>'
        f"<div>{options}</div></details>"
    )


# --- menus ------------------------------------------------------------------------------


def _select(this: JSON, attributes: str, names: Names, label: str) -> str:
    kind = str(this["type"])
    several = kind.startswith("multi_")
    chosen = _chosen(this)
    placeholder = "" if several else _placeholder(this, chosen=bool(chosen))
    multiple = " multiple" if several else ""
    return (
        f'<select class="bk-select" {attributes} aria-label="{escape(label)}"{multiple}>'
        f"{placeholder}{_offer(this, names, chosen)}</select>"
    )


def _placeholder(this: JSON, *, chosen: bool) -> str:
    words = escape(str((this.get("placeholder") or {}).get("text", "Choose")))
    selected = "" if chosen else " selected"
    return f'<option value="" disabled hidden{selected}>{words}</option>'


def _chosen(this: JSON) -> set[str]:
    """Return the values that an element begins with."""
    initial = this.get("initial_options") or [this.get("initial_option")]
    found = {option["value"] for option in initial if option}
    for name in ("user", "channel", "conversation"):
        found |= set(this.get(f"initial_{name}s") or filter(None, [this.get(f"initial_{name}")]))
    return found


def _offer(this: JSON, names: Names, chosen: set[str]) -> str:
    kind = str(this["type"])
    people = {id_: f"@{name}" for id_, name in names.users.items()}
    channels = {id_: f"#{name}" for id_, name in names.channels.items()}
    if "users_" in kind:
        return _options(people.items(), chosen)
    if "channels_" in kind or "conversations_" in kind:
        return _options(channels.items(), chosen)
    groups = "".join(
        f'<optgroup label="{escape(group["label"]["text"])}">'
        f"{_options(_pairs(group['options']), chosen)}</optgroup>"
        for group in this.get("option_groups") or []
    )
    options = this.get("options") or this.get("initial_options") or []
    return groups + _options(_pairs(options or filter(None, [this.get("initial_option")])), chosen)


def _pairs(options: Iterable[JSON]) -> Iterable[tuple[str, str]]:
    return ((option["value"], option["text"]["text"]) for option in options)


def _options(pairs: Iterable[tuple[str, str]], chosen: set[str]) -> str:
    return "".join(
        f'<option value="{escape(value)}"{" selected" if value in chosen else ""}>'
        f"{plain(words)}</option>"
        for value, words in pairs
    )


def _choices(this: JSON, attributes: str, names: Names, label: str) -> str:
    """Draw radio buttons or checkboxes."""
    kind = "radio" if this["type"] == "radio_buttons" else "checkbox"
    chosen = _chosen(this)
    drawn = []
    for option in this["options"]:
        checked = " checked" if option["value"] in chosen else ""
        about = option.get("description")
        more = f'<span class="bk-hint">{text_object(about, names)}</span>' if about else ""
        value = escape(option["value"])
        drawn.append(
            f'<label><input type="{kind}" {attributes} value="{value}"{checked}> '
            f"{text_object(option['text'], names)}{more}</label>"
        )
    return (
        f'<fieldset class="bk-choices"><legend>{escape(label)}</legend>{"".join(drawn)}</fieldset>'
    )


# --- inputs -----------------------------------------------------------------------------


def _input(this: JSON, attributes: str, label: str) -> str:
    kind = str(this["type"])
    limits = "".join(
        f' {name}="{escape(str(this[key]))}"'
        for key, name in (
            ("min_length", "minlength"),
            ("max_length", "maxlength"),
            ("min_value", "min"),
            ("max_value", "max"),
        )
        if key in this
    )
    hint = escape(str((this.get("placeholder") or {}).get("text", "")))
    common = f'class="bk-field" {attributes} placeholder="{hint}" aria-label="{escape(label)}"'
    value = escape(_begins_with(this))
    if this.get("multiline") or kind == "rich_text_input":
        return f'<textarea {common}{limits} rows="4">{value}</textarea>'
    step = ' step="any"' if this.get("is_decimal_allowed") else ""
    kind_ = _TYPES.get(kind, "text")
    return f'<input type="{kind_}" {common}{limits}{step} value="{value}">'


def _begins_with(this: JSON) -> str:
    at = this.get("initial_date_time")
    if at is not None:
        return f"{datetime.fromtimestamp(at, UTC).astimezone():%Y-%m-%dT%H:%M}"
    value = next((this[name] for name in _INITIAL if this.get(name) is not None), "")
    return value if isinstance(value, str) else ""


_DRAWN: Mapping[str, Callable[[JSON, str, Names, str], str]] = {
    "button": _button,
    "workflow_button": _button,
    "icon_button": _icon_button,
    "feedback_buttons": _feedback,
    "overflow": _overflow,
    "radio_buttons": _choices,
    "checkboxes": _choices,
    "image": lambda this, _attributes, _names, _label: picture(this),
}
