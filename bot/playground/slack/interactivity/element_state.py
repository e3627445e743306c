"""The state of interactive elements: what a person typed or selected. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.playground.slack.rules.elements import SELECTS
from bot.playground.slack.rules.message_rules import interactive_elements
from bot.playground.slack.state.entities import JSON, Message, View


def blocks_of(place: Message | View) -> list[JSON]:
    """Return the blocks of a message or of a view."""
    blocks: list[JSON] = place.blocks if isinstance(place, Message) else place.content["blocks"]
    return blocks


def find_element(place: Message | View, action_id: str) -> tuple[JSON, JSON]:
    """Return the block and element with that action id. Raises ValueError when there is none."""
    found = list(interactive_elements(blocks_of(place)))
    for block, element in found:
        if element.get("action_id") == action_id:
            return block, element
    names = ", ".join(str(element.get("action_id")) for _, element in found)
    raise ValueError(f"no element {action_id!r} there; there are: {names or 'none'}")


def chosen_state(element: JSON, value: str | None) -> JSON:
    """Return the state of an element with this value, or its initial state for None.

    Raises ValueError when the element has no such option.
    """
    kind = element["type"]
    if kind in ("static_select", "external_select", "radio_buttons", "overflow"):
        option = element.get("initial_option") if value is None else None
        return {"type": kind, "selected_option": _option(element, value) if value else option}
    if kind in ("checkboxes", "multi_static_select", "multi_external_select"):
        options = element.get("initial_options", []) if value is None else []
        given = [_option(element, each) for each in value.split(",")] if value else options
        return {"type": kind, "selected_options": given}
    if kind in SELECTS:
        name = kind.removeprefix("multi_").removesuffix("s_select")
        if kind.startswith("multi_"):
            initial = element.get(f"initial_{name}s", []) if value is None else []
            given = value.split(",") if value else initial
            return {"type": kind, f"selected_{name}s": given}
        initial = element.get(f"initial_{name}") if value is None else None
        return {"type": kind, f"selected_{name}": value or initial}
    if kind == "button" and value is not None:
        raise ValueError("a button is pressed; nothing can be chosen in it")
    if kind == "datetimepicker":
        at = element.get("initial_date_time") if value is None else None
        return {"type": kind, "selected_date_time": _seconds(value) if value else at}
    if kind in ("datepicker", "timepicker"):
        name = kind.removesuffix("picker")
        initial = element.get(f"initial_{name}") if value is None else None
        return {"type": kind, f"selected_{name}": value or initial}
    return {
        "type": kind,
        "value": (element.get("initial_value") if value is None else value) or None,
    }


def _seconds(value: str) -> int:
    """Parse a date and time in this machine's time zone. Raises ValueError."""
    return int(datetime.fromisoformat(value).astimezone().timestamp())


def _option(element: JSON, value: str) -> JSON:
    options = list(element.get("options") or [])
    for group in element.get("option_groups") or []:
        options += group["options"]
    for option in options:
        if option["value"] == value:
            found: JSON = option
            return found
    offered = ", ".join(option["value"] for option in options)
    raise ValueError(f"{value!r} is not offered; there are: {offered}")


def initial_values(place: Message | View) -> dict[str, dict[str, Any]]:
    """Return the initial state of all elements, by block id and action id."""
    values: dict[str, dict[str, Any]] = {}
    for block, element in interactive_elements(blocks_of(place)):
        kind = element["type"]
        if (
            kind in SELECTS
            or kind.endswith(("_input", "picker"))
            or kind in ("radio_buttons", "checkboxes")
        ):
            state = chosen_state(element, None)
            values.setdefault(block["block_id"], {})[element["action_id"]] = state
    return values


def require_all(view: View, values: dict[str, dict[str, Any]]) -> None:
    """Raise ValueError when a required input block is empty."""
    for block in view.content["blocks"]:
        if block["type"] == "input" and not block.get("optional"):
            state = values[block["block_id"]][block["element"]["action_id"]]
            if not any(value for name, value in state.items() if name != "type"):
                raise ValueError(f"{block['label']['text']}: please complete this required field")
