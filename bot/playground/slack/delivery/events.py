"""The events that Slack sends for each change, if any. Pure.

An event is sent only if the app subscribes to it, has its scope and is in the conversation.
Source: https://docs.slack.dev/apis/events-api and https://docs.slack.dev/reference/events/message.
"""

from __future__ import annotations

from bot.playground.slack.state.app import App
from bot.playground.slack.state.entities import JSON, Channel, Message

_MESSAGE_EVENTS = {
    "channel": ("message.channels", "channels:history"),
    "group": ("message.groups", "groups:history"),
    "im": ("message.im", "im:history"),
    "mpim": ("message.mpim", "mpim:history"),
}
#: The scope for reading about conversations, by their kind.
READ_SCOPES = {
    "channel": "channels:read",
    "group": "groups:read",
    "im": "im:read",
    "mpim": "mpim:read",
}
_EVENT_SCOPES = {
    "app_mention": "app_mentions:read",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "agent_session_stopped": "chat:write",
    "agent_session_title_changed": "chat:write",
    "user_change": "users:read",
}


def is_subscribed(app: App, event: JSON) -> bool:
    """Return whether the app has the subscription and scope for this event."""
    kind = str(event["type"])
    name, scope = kind, _EVENT_SCOPES.get(kind)
    if kind == "message":
        name, scope = _MESSAGE_EVENTS[event["channel_type"]]
    return app.auth_error is None and name in app.events and (scope is None or scope in app.scopes)


def event_callback(
    app: App,
    event: JSON,
    event_id: str,
    now: float,
    *,
    shared: bool = False,
    enterprise: str | None = None,
) -> JSON:
    """Wrap an inner event in an `event_callback`.

    Args:
        app: the app.
        event: the inner event.
        event_id: its id.
        now: seconds since 1970.
        shared: it is from a channel that is shared with another company.
        enterprise: the Enterprise Grid organization of the app's workspace; None for none.
    """
    return {
        "token": app.verification_token,
        "team_id": app.team_id,
        "context_team_id": app.team_id,
        "context_enterprise_id": enterprise,
        "api_app_id": app.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(now),
        "authorizations": [
            {
                "enterprise_id": enterprise,
                "team_id": app.team_id,
                "user_id": app.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": shared,
        "event_context": f"4-{event_id}",
    }


def posted(app: App, message: Message) -> list[JSON]:
    """Return the events of a new message: `message`, and `app_mention` if it mentions the app."""
    if app.bot_user_id not in message.channel.members:
        return []
    seen = {**message.wire(), "event_ts": message.ts}
    event = {**seen, **_place(message.channel)}
    if message.subtype == "thread_broadcast" and message.thread_ts:
        event["root"] = message.channel.messages[message.thread_ts].wire()
    if not _mentions(app, message):
        return [event]
    seen.pop("subtype", None)
    return [{**seen, "type": "app_mention", "channel": message.channel.id}, event]


def _mentions(app: App, message: Message) -> bool:
    return (
        f"<@{app.bot_user_id}" in message.text
        and message.channel.kind != "im"
        and message.user != app.bot_user_id
    )


def changed(app: App, message: Message, before: JSON, event_ts: str) -> list[JSON]:
    """Return the events of an edited message; `before` is its JSON before the edit."""
    if app.bot_user_id not in message.channel.members:
        return []
    return [
        {
            "type": "message",
            "subtype": "message_changed",
            "hidden": True,
            "message": message.wire(),
            "previous_message": before,
            "ts": event_ts,
            "event_ts": event_ts,
            **_place(message.channel),
        }
    ]


def deleted(app: App, message: Message, before: JSON, event_ts: str) -> list[JSON]:
    """Return the events of a deleted message."""
    if app.bot_user_id not in message.channel.members:
        return []
    return [
        {
            "type": "message",
            "subtype": "message_deleted",
            "hidden": True,
            "deleted_ts": message.ts,
            "previous_message": before,
            "ts": event_ts,
            "event_ts": event_ts,
            **_place(message.channel),
        }
    ]


def reacted(message: Message, user: str, name: str, *, event_ts: str, added: bool) -> JSON:
    """Return the event of an added or removed reaction."""
    return {
        "type": "reaction_added" if added else "reaction_removed",
        "user": user,
        "reaction": name,
        "item": {"type": "message", "channel": message.channel.id, "ts": message.ts},
        "item_user": message.user,
        "event_ts": event_ts,
    }


def joined(app: App, channel: Channel, user: str, inviter: str, *, event_ts: str) -> list[JSON]:
    """Return the event of a person or the app joining a channel; `inviter` may be "".

    It needs the scope to read about the channel, and the app's membership. Public and private
    channels both have the channel type C.
    Source: https://docs.slack.dev/reference/events/member_joined_channel.
    """
    if app.bot_user_id not in channel.members or channel.kind == "im":
        return []
    if READ_SCOPES[channel.kind] not in app.scopes:
        return []
    event = {
        "type": "member_joined_channel",
        "user": user,
        "channel": channel.id,
        "channel_type": "G" if channel.kind == "mpim" else "C",
        "team": app.team_id,
        "event_ts": event_ts,
    }
    return [event | ({"inviter": inviter} if inviter else {})]


def channel_shared(app: App, channel: Channel, team: str, *, event_ts: str) -> list[JSON]:
    """Return the event of a channel that was shared with another workspace.

    Source: https://docs.slack.dev/reference/events/channel_shared.
    """
    event = {"type": "channel_shared", "connected_team_id": team, "channel": channel.id}
    return _about_channel(app, channel, {**event, "event_ts": event_ts})


def channel_unshared(
    app: App, channel: Channel, team: str, *, event_ts: str, still_shared: bool
) -> list[JSON]:
    """Return the event of a workspace that left a channel; `still_shared`: others are in it.

    Source: https://docs.slack.dev/reference/events/channel_unshared.
    """
    event = {
        "type": "channel_unshared",
        "previously_connected_team_id": team,
        "channel": channel.id,
        "is_ext_shared": still_shared,
        "event_ts": event_ts,
    }
    return _about_channel(app, channel, event)


def channel_id_changed(app: App, channel: Channel, old: str, *, event_ts: str) -> list[JSON]:
    """Return the event of a private channel whose id changed as it was shared.

    Source: https://docs.slack.dev/reference/events/channel_id_changed.
    """
    event = {"type": "channel_id_changed", "old_channel_id": old, "new_channel_id": channel.id}
    return _about_channel(app, channel, {**event, "event_ts": event_ts})


def user_changed(user: JSON, *, event_ts: str) -> JSON:
    """Return the event of a person whose profile or role changed; `user`: the user object.

    Source: https://docs.slack.dev/reference/events/user_change.
    """
    return {"type": "user_change", "user": user, "cache_ts": 1_700_000_000, "event_ts": event_ts}


def _about_channel(app: App, channel: Channel, event: JSON) -> list[JSON]:
    """Return an event that needs the scope to read about the channel, and the app in it."""
    is_sent = app.bot_user_id in channel.members and READ_SCOPES[channel.kind] in app.scopes
    return [event] if is_sent else []


def stopped(message: Message, user: str, streams: list[str], *, event_ts: str) -> JSON:
    """Return the event of Slack's Stop button; `streams`: the ts of the streams it stopped."""
    return {
        "type": "agent_session_stopped",
        "channel": message.channel.id,
        "thread_ts": message.root,
        "user": user,
        "streaming_message_ts": streams,
        "event_ts": event_ts,
    }


def home_opened(user: str, channel: Channel, view: JSON | None, *, event_ts: str) -> JSON:
    """Return the event of opening the Home tab; `view` is the published view.

    Source: https://docs.slack.dev/reference/events/app_home_opened.
    """
    event = _opened(user, channel, "home", event_ts=event_ts)
    return event | {"view": view} if view else event


def messages_opened(user: str, channel: Channel, *, event_ts: str) -> JSON:
    """Return the event of opening the Messages tab."""
    return _opened(user, channel, "messages", event_ts=event_ts)


def _opened(user: str, channel: Channel, tab: str, event_ts: str) -> JSON:
    return {
        "type": "app_home_opened",
        "user": user,
        "channel": channel.id,
        "tab": tab,
        "event_ts": event_ts,
    }


def _place(channel: Channel) -> JSON:
    return {"channel": channel.id, "channel_type": channel.kind}
