"""Text inputs, date and time pickers and file inputs as HTML. Pure.

Source: https://docs.slack.dev/reference/block-kit/block-elements.
"""

from __future__ import annotations

from datetime import UTC, datetime

from bot.playground.page.blockkit.controls import (
    JSON,
    Attributes,
    Placement,
    field_attributes,
    plain_text_of,
)
from bot.playground.page.blockkit.rich import rich_words
from bot.playground.page.blockkit.tags import Html, escaped, tag

TYPES = {
    "datepicker": "date",
    "timepicker": "time",
    "datetimepicker": "datetime-local",
    "plain_text_input": "text",
    "rich_text_input": "text",
    "email_text_input": "email",
    "url_text_input": "url",
    "number_input": "number",
    "file_input": "file",
}
_LIMITS = {
    "min_length": "minlength",
    "max_length": "maxlength",
    "min_value": "min",
    "max_value": "max",
}


def typed(this: JSON, placement: Placement) -> Html:
    """Draw a field."""
    kind = this["type"]
    attributes: Attributes = {"class_": "bk-field", **field_attributes(this, placement)}
    if kind == "file_input":
        endings = ",".join(f".{each}" for each in this.get("filetypes") or [])
        several = (this.get("max_files") or 10) > 1
        return tag("input", type="file", accept=endings or None, multiple=several, **attributes)
    attributes["placeholder"] = plain_text_of(this.get("placeholder")) or None
    for limit, name in _LIMITS.items():
        if this.get(limit) is not None:
            attributes[name] = str(this[limit])
    given = placement.current_value(this)
    value = _initial_value(this) if given is None else given
    if this.get("multiline") or kind == "rich_text_input":
        # HTML ignores a line feed right after the tag.
        kept = f"\n{value}" if value.startswith("\n") else value
        return tag("textarea", escaped(kept), rows="4", **attributes)
    if kind == "number_input":
        attributes["step"] = "any" if this.get("is_decimal_allowed") else "1"
    return tag("input", type=TYPES[kind], value=value, **attributes)


def _initial_value(this: JSON) -> str:
    """Return a field's initial value in the form that HTML expects."""
    at = this.get("initial_date_time")
    if at is not None:
        return f"{datetime.fromtimestamp(at, UTC).astimezone():%Y-%m-%dT%H:%M}"
    value = this.get("initial_value") or this.get("initial_date") or this.get("initial_time") or ""
    return rich_words(value) if isinstance(value, dict) else str(value)
