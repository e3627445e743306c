"""What people do with commands, buttons, menus and views, sent as payloads to the app.

Each is sent once and must be acknowledged within 3 seconds, or the person sees an error.
Source: https://docs.slack.dev/interactivity/handling-user-interaction and
https://docs.slack.dev/interactivity/implementing-slash-commands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.playground.slack.delivery.delivery import Ack, Dispatcher, EnvelopeType
from bot.playground.slack.interactivity.element_state import (
    chosen_state,
    find_element,
    initial_values,
    require_all,
)
from bot.playground.slack.interactivity.responses import Responses
from bot.playground.slack.interactivity.views import Views
from bot.playground.slack.rules.refusal import Refusal
from bot.playground.slack.rules.text import typed_by_person
from bot.playground.slack.state.entities import JSON, Channel, Message, View
from bot.playground.slack.state.users import User
from bot.playground.slack.state.workspace import Workspace

_TYPED_NAME = re.compile(r"(?<![\w@#<])([@#])([a-z][a-z0-9_-]*)")


@dataclass(eq=False, slots=True)
class Outcome:
    """The outcome of an interaction, as the person sees it.

    Attributes:
        error: Slack's error (``operation_timeout``, ``dispatch_failed``, or why the app's response
            was refused); None if there was none.
        messages: the app's responses, also those that arrive later.
        errors: validation errors of a submitted view, by block id.
        view: the view that is open now.
    """

    error: str | None = None
    messages: list[Message] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    view: View | None = None


class Interactions:
    """Builds the payloads, sends them, and applies the app's response."""

    def __init__(
        self, workspace: Workspace, dispatcher: Dispatcher, responses: Responses, views: Views
    ) -> None:
        self._workspace = workspace
        self._dispatcher = dispatcher
        self._responses = responses
        self._views = views

    async def slash_command(self, user: User, command: str, text: str, channel: Channel) -> Outcome:
        """Send a slash command. Raises ValueError for one that the app does not have."""
        app = self._workspace.app
        if command not in app.commands or "commands" not in app.scopes or user.is_outsider:
            raise ValueError(f"{command} is not a valid command")
        outcome = Outcome()
        if app.commands[command]:
            text = self._escaped(text)
        payload = {
            "token": app.verification_token,
            "team_id": app.team_id,
            "team_domain": self._workspace.domain,
            "channel_id": channel.id,
            "channel_name": "directmessage" if channel.kind == "im" else channel.name,
            "user_id": user.id,
            "user_name": user.name,
            "command": command,
            "text": text,
            "api_app_id": app.app_id,
            "is_enterprise_install": "false",
            "response_url": self._responses.new_url(
                channel, user.id, None, received=outcome.messages
            ),
            "trigger_id": self._responses.new_trigger(user.id),
        }
        ack = await self._send(outcome, "slash_commands", payload)
        if ack.body:
            try:
                self._responses.post(channel, user.id, ack.body, received=outcome.messages)
            except Refusal as refusal:
                outcome.error = refusal.error
        return outcome

    def _escaped(self, text: str) -> str:
        """Return a command's text with ids for people and channels, and addresses in brackets.

        ``@ada`` becomes ``<@U1|ada>``, ``#news`` ``<#C1|news>``; a private channel has no name.
        https://docs.slack.dev/interactivity/implementing-slash-commands
        """
        people = {each.name: f"<@{each.id}|{each.name}>" for each in self._workspace.users.values()}
        channels = {
            each.name: f"<#{each.id}|{each.name if each.kind == 'channel' else ''}>"
            for each in self._workspace.channels.values()
        }

        def token(found: re.Match[str]) -> str:
            return (people if found[1] == "@" else channels).get(found[2], found[0])

        return _TYPED_NAME.sub(token, typed_by_person(text))

    async def block_action(
        self, user: User, place: Message | View, action_id: str, selected: str | None
    ) -> Outcome:
        """Click the element `action_id`, or select the option with value `selected` in it.

        Raises ValueError when the person sees no such element or option.
        """
        block, element = find_element(place, action_id)
        values = initial_values(place)
        state: JSON = {}
        if selected is not None:
            state = chosen_state(element, selected)
            values.setdefault(block["block_id"], {})[action_id] = state
        action: JSON = {
            "action_id": action_id,
            "block_id": block["block_id"],
            "action_ts": self._workspace.new_ts(),
            "type": element["type"],
        }
        action |= {name: element[name] for name in ("text", "value") if name in element} | state
        outcome = Outcome()
        payload = self._payload("block_actions", user) | {"actions": [action]}
        if isinstance(place, View):
            payload |= self._in_view(place, user, values)
        else:
            payload |= self._in_message(place, user, outcome) | {"state": {"values": values}}
        await self._send(outcome, "interactive", payload)
        return outcome

    async def message_shortcut(self, user: User, callback_id: str, message: Message) -> Outcome:
        """Use a message shortcut of the app.

        Raises ValueError for one that it does not have, or for a message the person cannot see.
        """
        if user.is_outsider:
            raise ValueError("shortcuts are for people of the workspace that has the app")
        if callback_id not in self._workspace.app.shortcuts:
            known = ", ".join(self._workspace.app.shortcuts)
            raise ValueError(f"no shortcut {callback_id!r}; there are: {known or 'none'}")
        outcome = Outcome()
        payload = self._payload("message_action", user) | self._in_message(message, user, outcome)
        del payload["container"]
        payload |= {
            "callback_id": callback_id,
            "message_ts": message.ts,
            "action_ts": self._workspace.new_ts(),
        }
        await self._send(outcome, "interactive", payload)
        return outcome

    async def submit_view(
        self, user: User, view: View, given: dict[str, dict[str, str]]
    ) -> Outcome:
        """Submit a modal; `given` are the values entered, by block id and action id.

        Raises ValueError when the view is not open, or a required value is missing.
        """
        _require_modal(view, user)
        values = initial_values(view)
        for block_id, fields in given.items():
            for action_id, value in fields.items():
                block, element = find_element(view, action_id)
                if block["block_id"] != block_id:
                    raise ValueError(f"no {action_id} in block {block_id}")
                values.setdefault(block_id, {})[action_id] = chosen_state(element, value)
        require_all(view, values)
        payload = self._payload("view_submission", user) | {"response_urls": []}
        payload["view"] = view.wire(self._workspace.app, values)
        outcome = Outcome(view=view)
        ack = await self._send(outcome, "interactive", payload)
        if outcome.error is None:
            try:
                outcome.errors, outcome.view = self._views.apply_response(view, ack.body or {})
            except Refusal as refusal:
                outcome.error = refusal.error
        return outcome

    async def close_view(self, user: User, view: View) -> None:
        """Close a modal, and send `view_closed` if the app wants it. Raises ValueError."""
        _require_modal(view, user)
        self._views.close(view)
        if view.content.get("notify_on_close"):
            payload = self._payload("view_closed", user) | {"is_cleared": False}
            payload["view"] = view.wire(self._workspace.app, initial_values(view))
            await self._send(Outcome(), "interactive", payload)

    async def _send(self, outcome: Outcome, kind: EnvelopeType, payload: JSON) -> Ack:
        ack = await self._dispatcher.send_interaction(kind, payload)
        if not ack.ok:
            late = "timeout" in ack.reason
            outcome.error = "operation_timeout" if late else "dispatch_failed"
        return ack

    def _payload(self, kind: str, user: User) -> JSON:
        app, workspace = self._workspace.app, self._workspace
        team = user.team or app.team_id
        domain = next((d for d, id_ in workspace.teams.items() if id_ == team), workspace.domain)
        return {
            "type": kind,
            "user": {
                "id": user.id,
                "username": user.name,
                "name": user.name,
                "team_id": team,
            },
            "api_app_id": app.app_id,
            "token": app.verification_token,
            "trigger_id": self._responses.new_trigger(user.id),
            "team": {"id": team, "domain": domain},
            "enterprise": self._enterprise(user),
            "is_enterprise_install": False,
        }

    def _enterprise(self, user: User) -> JSON | None:
        enterprise = None if user.is_outsider else self._workspace.enterprise
        return {"id": enterprise, "name": "Local Grid"} if enterprise else None

    def _in_message(self, message: Message, user: User, outcome: Outcome) -> JSON:
        channel = message.channel
        if message.deleted or user.id not in channel.members:
            raise ValueError("that message is not there to be seen")
        if message.ephemeral_to not in (None, user.id):
            raise ValueError("only somebody else sees that message")
        thread = {"thread_ts": message.thread_ts} if message.thread_ts else {}
        return {
            "container": {
                "type": "message",
                "message_ts": message.ts,
                "channel_id": channel.id,
                "is_ephemeral": message.ephemeral_to is not None,
                **thread,
            },
            "channel": {"id": channel.id, "name": channel.name},
            "message": message.wire(),
            "response_url": self._responses.new_url(
                channel, user.id, message, received=outcome.messages
            ),
        }

    def _in_view(self, view: View, user: User, values: JSON) -> JSON:
        _require_open(view, user)
        return {
            "container": {"type": "view", "view_id": view.id},
            "view": view.wire(self._workspace.app, values),
        }


def _require_open(view: View, user: User) -> None:
    if not view.open or view.user != user.id:
        raise ValueError("that view is not open")


def _require_modal(view: View, user: User) -> None:
    _require_open(view, user)
    if view.content["type"] != "modal":
        raise ValueError("a Home tab is neither submitted nor closed")
