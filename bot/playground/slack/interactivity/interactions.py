"""What people do with the app's commands, buttons, menus and views, as payloads to the app.

Each is sent once and must be acknowledged within 3 seconds, or the person sees an error.
Source: https://docs.slack.dev/interactivity/handling-user-interaction and
https://docs.slack.dev/interactivity/implementing-slash-commands.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.playground.slack.delivery.delivery import Ack, Kind, WorkQueue
from bot.playground.slack.interactivity.element_state import (
    chosen_state,
    find_element,
    initial_values,
    require_all,
)
from bot.playground.slack.interactivity.responses import Responses
from bot.playground.slack.interactivity.views import Views
from bot.playground.slack.rules.refusal import Refusal
from bot.playground.slack.state.entities import JSON, Channel, Message, User, View
from bot.playground.slack.state.workspace import Workspace


@dataclass(eq=False, slots=True)
class Outcome:
    """What a person saw come of it.

    `error` is what Slack itself showed (``operation_timeout``, ``dispatch_failed``, or why the
    app's answer was refused) and None when all went well; `messages` is all that the app has
    said to it since, growing; `errors` are a form's complaints by block id; `view` is the view
    that is open now.
    """

    error: str | None = None
    messages: list[Message] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    view: View | None = None


class Interactions:
    """Builds the payloads, sends them, and does what the app's answer says."""

    def __init__(
        self, workspace: Workspace, deliveries: WorkQueue, responses: Responses, views: Views
    ) -> None:
        self._workspace = workspace
        self._deliveries = deliveries
        self._responses = responses
        self._views = views

    async def command(self, user: User, command: str, text: str, channel: Channel) -> Outcome:
        """Type a slash command. Raises ValueError for one that the app does not have."""
        app = self._workspace.app
        if command not in app.commands or "commands" not in app.scopes or user.team:
            raise ValueError(f"{command} is not a valid command")
        outcome = Outcome()
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
            "response_url": self._responses.url(channel, user.id, None, outcome.messages),
            "trigger_id": self._responses.trigger(user.id),
        }
        ack = await self._send(outcome, "slash_commands", payload)
        if ack.body:
            try:
                self._responses.say(channel, user.id, ack.body, outcome.messages)
            except Refusal as refusal:
                outcome.error = refusal.error
        return outcome

    async def act(
        self, user: User, place: Message | View, action_id: str, chosen: str | None
    ) -> Outcome:
        """Press the button `action_id`, or choose the option of value `chosen` there.

        Raises ValueError when the person does not see such an element or option.
        """
        block, element = find_element(place, action_id)
        values = initial_values(place)
        state: JSON = {}
        if chosen is not None:
            state = chosen_state(element, chosen)
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

    async def shortcut(self, user: User, callback_id: str, message: Message) -> Outcome:
        """Choose a message shortcut of the app's in the message's menu.

        Raises ValueError for one that it does not have, or that is not there to be seen.
        """
        if user.team:
            raise ValueError("shortcuts are for people of the workspace that has the app")
        if callback_id not in self._workspace.app.shortcuts:
            there = ", ".join(self._workspace.app.shortcuts)
            raise ValueError(f"no shortcut {callback_id!r}; there are: {there or 'none'}")
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

    async def submit(self, user: User, view: View, given: dict[str, dict[str, str]]) -> Outcome:
        """Submit a modal with what was typed or chosen, by block id and action id.

        Raises ValueError when the view is not open, or something required is missing.
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
                outcome.errors, outcome.view = self._views.answer(view, ack.body or {})
            except Refusal as refusal:
                outcome.error = refusal.error
        return outcome

    async def close(self, user: User, view: View) -> None:
        """Close a modal; the app hears of it when it asked to. Raises ValueError when not open."""
        _require_modal(view, user)
        self._views.close(view)
        if view.content.get("notify_on_close"):
            payload = self._payload("view_closed", user) | {"is_cleared": False}
            payload["view"] = view.wire(self._workspace.app, initial_values(view))
            await self._send(Outcome(), "interactive", payload)

    async def _send(self, outcome: Outcome, kind: Kind, payload: JSON) -> Ack:
        ack = await self._deliveries.ask(kind, payload)
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
            "trigger_id": self._responses.trigger(user.id),
            "team": {"id": team, "domain": domain},
            "enterprise": None,
            "is_enterprise_install": False,
        }

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
            "response_url": self._responses.url(channel, user.id, message, outcome.messages),
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
