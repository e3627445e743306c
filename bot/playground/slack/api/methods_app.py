"""The app itself, its views and its agent sessions: ``auth.*``, ``views.*``, ``agents.*`` and more.

Sources: https://docs.slack.dev/reference/methods, https://docs.slack.dev/ai/agent-sessions.
"""

from __future__ import annotations

from typing import Any

from bot.playground.slack.api.arguments import Arguments
from bot.playground.slack.api.backend import Backend
from bot.playground.slack.rules.message_rules import check_blocks, check_view
from bot.playground.slack.rules.refusal import Refusal, invalid_arguments
from bot.playground.slack.state.entities import JSON

SESSION_STATES = {"processing", "active", "suspended", "closed"}
VALIDATE_CHARACTERS = 100_000


def auth_test(backend: Backend, args: Arguments) -> JSON:
    """``auth.test``."""
    workspace = backend.workspace
    app = workspace.app
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": "Local Slack",
        "user": workspace.users[app.bot_user_id].name,
        "team_id": app.team_id,
        "user_id": app.bot_user_id,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
        **({"enterprise_id": workspace.enterprise} if workspace.enterprise else {}),
    }


def open_connection(backend: Backend, args: Arguments) -> JSON:
    """``apps.connections.open``: a WebSocket address, valid for one connection."""
    if backend.sockets is None:
        raise Refusal("forbidden_team")
    base = "ws" + backend.responses.base_url.removeprefix("http")  # wss for https
    ticket, app_id = backend.sockets.ticket(), backend.workspace.app.app_id
    return {"url": f"{base}link/?ticket={ticket}&app_id={app_id}"}


def open_view(backend: Backend, args: Arguments) -> JSON:
    """``views.open``."""
    view = backend.views.open(args.required("trigger_id"), args.json("view"))
    return {"view": view.wire(backend.workspace.app)}


def push_view(backend: Backend, args: Arguments) -> JSON:
    """``views.push``."""
    view = backend.views.open(args.required("trigger_id"), args.json("view"), push=True)
    return {"view": view.wire(backend.workspace.app)}


def update_view(backend: Backend, args: Arguments) -> JSON:
    """``views.update``."""
    view_id = args.text("view_id")
    if view_id is None:
        view_id = backend.views.by_external_id(args.required("external_id"))
    view = backend.views.update(view_id or "", args.json("view"), args.text("hash"))
    return {"view": view.wire(backend.workspace.app)}


def publish_view(backend: Backend, args: Arguments) -> JSON:
    """``views.publish``."""
    user = args.required("user_id")
    if user not in backend.workspace.users:
        raise invalid_arguments("invalid `user_id`")
    view = backend.views.publish(user, args.json("view"), args.text("hash"))
    return {"view": view.wire(backend.workspace.app)}


def validate_blocks(backend: Backend, args: Arguments) -> JSON:
    """``blocks.validate``."""
    given = [name for name in ("blocks", "view", "message") if name in args]
    if len(given) != 1:
        raise invalid_arguments("must provide exactly one of `blocks`, `view`, or `message`")
    if len(str(args.given[given[0]])) > VALIDATE_CHARACTERS:
        raise invalid_arguments(f"must be less than {VALIDATE_CHARACTERS + 1} characters")
    value: Any = args.json(given[0])
    try:
        if given == ["view"]:
            check_view(value, "modal", "home")
        elif given == ["message"] and isinstance(value, dict):
            check_blocks(value.get("blocks", []))
        else:
            check_blocks(value, "")
    except Refusal as refusal:
        raise Refusal(f"invalid_{given[0]}", **refusal.details) from refusal
    return {}


def set_thread_status(backend: Backend, args: Arguments) -> JSON:
    """``assistant.threads.setStatus``: a line under the thread until the app posts there."""
    channel = backend.joined_channel(args, "channel_id")
    thread, status = args.required("thread_ts"), args.text("status")
    if status is None:
        raise invalid_arguments("missing required field: status")
    lines = args.json("loading_messages") or []
    if not isinstance(lines, list) or len(lines) > 10 or any(len(str(x)) > 50 for x in lines):
        raise invalid_arguments("loading_messages: 1 to 10 items of up to 50 characters")
    if thread not in channel.messages or channel.messages[thread].deleted:
        raise Refusal("invalid_thread_ts")
    if status:
        backend.workspace.statuses[channel.id, thread] = status
    else:
        backend.workspace.statuses.pop((channel.id, thread), None)
    backend.workspace.publish("status", (channel.id, thread))
    return {}


def set_session_status(backend: Backend, args: Arguments) -> JSON:
    """``agents.sessions.setStatus``: only for apps declared as agents."""
    key = _session_key(backend, args)
    status, title = args.required("status"), args.text("title")
    if status not in SESSION_STATES:
        raise Refusal("invalid_status")
    if title is not None and len(title) > 200:
        raise invalid_arguments("must be less than 201 characters [json-pointer:/title]")
    initiator = args.text("initiator_user_id")
    if initiator is not None and initiator not in backend.workspace.channels[key[0]].members:
        raise Refusal("user_not_found")
    workspace = backend.workspace
    workspace.set_session_status(key, status, title or "")
    if status == "processing" and not workspace.app.has_stop_button:
        warning = "missing_agent_session_stopped_event_subscription"
        return {"warning": warning, "response_metadata": {"warnings": [warning]}}
    return {}


def rename_session(backend: Backend, args: Arguments) -> JSON:
    """``agents.sessions.rename``."""
    key = _session_key(backend, args)
    title = args.required("title")
    if len(title) > 200:
        raise invalid_arguments("must be less than 201 characters [json-pointer:/title]")
    if key not in backend.workspace.sessions:
        raise Refusal("session_not_found")
    backend.workspace.sessions[key].title = title
    backend.workspace.publish("status", key)
    return {}


def _session_key(backend: Backend, args: Arguments) -> tuple[str, str]:
    app = backend.workspace.app
    if not app.agent:
        raise Refusal("not_authorized")
    channel = backend.joined_channel(args, "channel_id")
    thread = args.text("thread_ts")
    if not thread:
        raise Refusal("thread_ts_required")
    return channel.id, backend.message(channel, thread).root
