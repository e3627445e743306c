"""Menus of people and channels, and boxes to tick, for forms. Pure.

https://docs.slack.dev/reference/block-kit/block-elements. What is chosen in them comes from the
client, as all that is sent with a form.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from bot.slack.blockkit.elements import Option, Text, plain_text


class ConversationFilter(TypedDict):
    """Which conversations a menu lists."""

    include: list[Literal["public", "private"]]
    exclude_bot_users: bool


class UsersSelect(TypedDict):
    """A menu of people."""

    type: Literal["users_select"]
    action_id: str
    placeholder: Text
    initial_user: NotRequired[str]


class ConversationsSelect(TypedDict):
    """A menu of channels."""

    type: Literal["conversations_select"]
    action_id: str
    placeholder: Text
    filter: ConversationFilter
    initial_conversation: NotRequired[str]


class MultiUsersSelect(TypedDict):
    """A menu of people, several of whom can be chosen."""

    type: Literal["multi_users_select"]
    action_id: str
    placeholder: Text


class MultiConversationsSelect(TypedDict):
    """A menu of channels, several of which can be chosen."""

    type: Literal["multi_conversations_select"]
    action_id: str
    placeholder: Text
    filter: ConversationFilter


class MultiStaticSelect(TypedDict):
    """A menu with options of ours, several of which can be chosen."""

    type: Literal["multi_static_select"]
    action_id: str
    placeholder: Text
    options: list[Option]


class Checkboxes(TypedDict):
    """Boxes to tick."""

    type: Literal["checkboxes"]
    action_id: str
    options: list[Option]


Picker = (
    UsersSelect
    | ConversationsSelect
    | MultiUsersSelect
    | MultiConversationsSelect
    | MultiStaticSelect
    | Checkboxes
)


def users_select(action_id: str, *, chosen: str = "") -> UsersSelect:
    """Return a menu of people. `chosen`: who is, when its view opens."""
    made: UsersSelect = {
        "type": "users_select",
        "action_id": action_id,
        "placeholder": plain_text("Choose a person"),
    }
    if chosen:
        made["initial_user"] = chosen
    return made


def conversations_select(action_id: str, *, chosen: str = "") -> ConversationsSelect:
    """Return a menu of channels. `chosen`: which is, when its view opens."""
    made: ConversationsSelect = {
        "type": "conversations_select",
        "action_id": action_id,
        "placeholder": plain_text("Choose a channel"),
        "filter": _channels(),
    }
    if chosen:
        made["initial_conversation"] = chosen
    return made


def multi_users_select(action_id: str) -> MultiUsersSelect:
    """Return a menu of people, several of whom can be chosen."""
    return {
        "type": "multi_users_select",
        "action_id": action_id,
        "placeholder": plain_text("Choose people"),
    }


def multi_conversations_select(action_id: str) -> MultiConversationsSelect:
    """Return a menu of channels, several of which can be chosen."""
    return {
        "type": "multi_conversations_select",
        "action_id": action_id,
        "placeholder": plain_text("Choose channels"),
        "filter": _channels(),
    }


def multi_select(action_id: str, placeholder: str, options: list[Option]) -> MultiStaticSelect:
    """Return a menu with options of ours, several of which can be chosen; 100 at most."""
    return {
        "type": "multi_static_select",
        "action_id": action_id,
        "placeholder": plain_text(placeholder),
        "options": options,
    }


def checkboxes(action_id: str, options: list[Option]) -> Checkboxes:
    """Return boxes to tick; Slack allows ten."""
    return {"type": "checkboxes", "action_id": action_id, "options": options}


def _channels() -> ConversationFilter:
    return {"include": ["public", "private"], "exclude_bot_users": True}
