"""The methods ``conversations.*``, ``users.*`` and ``reactions.*``.

Source: https://docs.slack.dev/reference/methods.
"""

from __future__ import annotations

import base64
import binascii
import re

from bot.playground.slack.api.arguments import Arguments
from bot.playground.slack.api.backend import Backend, history_scope, read_scope
from bot.playground.slack.delivery.events import READ_SCOPES
from bot.playground.slack.rules.refusal import Refusal
from bot.playground.slack.state.entities import JSON, Channel, Message

MOST_REACTIONS = 23  #: different ones per person and message
_TS = re.compile(r"\d+(\.\d+)?$")
_EMOJI = re.compile(r"[a-z0-9_+'\-]+(::skin-tone-[2-6])?$")


def replies(backend: Backend, args: Arguments) -> JSON:
    """``conversations.replies``: the parent, then its replies, oldest first, in pages."""
    channel = _readable(backend, args)
    asked = channel.messages.get(args.required("ts"))
    if asked is None or asked.deleted:
        raise Refusal("thread_not_found")
    parent = channel.messages.get(asked.root, asked)
    found = [parent, *_between(parent.replies(), args)]
    start, limit = _page(args, 1000)
    # The parent counts towards the limit of the first page only.
    page = found[start : start + limit]
    return _answer(page, args, more=start + limit < len(found), start=start + limit)


def history(backend: Backend, args: Arguments) -> JSON:
    """``conversations.history``: messages outside threads, newest first, in pages."""
    channel = _readable(backend, args)
    outside_threads = [m for m in channel.visible() if m.thread_ts is None or m.broadcast]
    found = _between(list(reversed(outside_threads)), args)
    start, limit = _page(args, 100)
    page = found[start : start + limit]
    return _answer(page, args, more=start + limit < len(found), start=start + limit)


def info(backend: Backend, args: Arguments) -> JSON:
    """``conversations.info``."""
    channel = backend.channel(args)
    backend.require_scope(read_scope(channel))
    content = channel.wire() | {"is_member": backend.is_member(channel)}
    content |= backend.workspace.shares(channel)
    if args.flag("include_num_members"):
        content["num_members"] = len(channel.members)
    return {"channel": content}


def members(backend: Backend, args: Arguments) -> JSON:
    """``conversations.members``."""
    channel = backend.channel(args)
    backend.require_scope(read_scope(channel))
    start, limit = _page(args, 100)
    everyone = sorted(channel.members)
    after = _cursor(start + limit) if start + limit < len(everyone) else ""
    return {
        "members": everyone[start : start + limit],
        "response_metadata": {"next_cursor": after},
    }


def open_conversation(backend: Backend, args: Arguments) -> JSON:
    """``conversations.open``: direct messages with one or several people."""
    users = [user for user in (args.text("users") or "").split(",") if user]
    if not users:
        return {"channel": {"id": backend.joined_channel(args).id}}
    backend.require_scope("im:write" if len(users) == 1 else "mpim:write")
    workspace = backend.workspace
    if any(user not in workspace.users for user in users):
        raise Refusal("user_not_found")
    if len(users) == 1:
        return {"channel": {"id": workspace.direct(users[0]).id}}
    name = "mpdm-" + "--".join(sorted(users))
    channel = workspace.channel(name, "mpim", {*users, workspace.app.bot_user_id})
    return {"channel": {"id": channel.id}}


def user_info(backend: Backend, args: Arguments) -> JSON:
    """``users.info``. Source: https://docs.slack.dev/reference/methods/users.info."""
    user = backend.workspace.users.get(args.required("user"))
    if user is None:
        raise Refusal("user_not_found")
    return {"user": backend.workspace.about(user)}


def of_user(backend: Backend, args: Arguments) -> JSON:
    """``users.conversations``: a user's conversations; private ones only if the app is a member.

    Every requested type needs its scope; the objects have no ``is_member`` and ``num_members``.
    Source: https://docs.slack.dev/reference/methods/users.conversations.
    """
    kinds = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}
    types = [name.strip() for name in (args.text("types") or "public_channel").split(",")]
    if any(name not in kinds for name in types):
        raise Refusal("invalid_types")
    for name in types:
        backend.require_scope(READ_SCOPES[kinds[name]])
    user = args.text("user") or backend.workspace.app.bot_user_id
    if user not in backend.workspace.users:
        raise Refusal("user_not_found")
    asked = {kinds[name] for name in types}
    found = [
        channel
        for channel in backend.workspace.channels.values()
        if channel.kind in asked
        and user in channel.members
        and (channel.kind == "channel" or backend.is_member(channel))
        and not (args.flag("exclude_archived") and channel.archived)
    ]
    start, limit = _page(args, 100)
    after = _cursor(start + limit) if start + limit < len(found) else ""
    shares = backend.workspace.shares
    page = [each.wire() | shares(each) for each in found[start : start + limit]]
    return {"channels": page, "response_metadata": {"next_cursor": after}}


def react(backend: Backend, args: Arguments) -> JSON:
    """``reactions.add``."""
    message, name = _reacting(backend, args)
    user = backend.workspace.app.bot_user_id
    if user in message.reactions.get(name, []):
        raise Refusal("already_reacted")
    if sum(user in users for users in message.reactions.values()) >= MOST_REACTIONS:
        raise Refusal("too_many_reactions")
    backend.messages.react(message, user, name, add=True)
    return {}


def unreact(backend: Backend, args: Arguments) -> JSON:
    """``reactions.remove``."""
    message, name = _reacting(backend, args)
    user = backend.workspace.app.bot_user_id
    if user not in message.reactions.get(name, []):
        raise Refusal("no_reaction")
    backend.messages.react(message, user, name, add=False)
    return {}


def reactions(backend: Backend, args: Arguments) -> JSON:
    """``reactions.get``."""
    channel = backend.joined_channel(args)
    message = backend.message(channel, args.required("timestamp"))
    return {"type": "message", "channel": channel.id, "message": message.wire()}


def _reacting(backend: Backend, args: Arguments) -> tuple[Message, str]:
    name = args.required("name").strip(":")
    if not _EMOJI.match(name):
        raise Refusal("invalid_name")
    if "channel" not in args or "timestamp" not in args:
        raise Refusal("no_item_specified")
    channel = backend.joined_channel(args)
    if channel.archived:
        raise Refusal("is_archived")
    timestamp = args.required("timestamp")
    if not _TS.match(timestamp):
        raise Refusal("bad_timestamp")
    return backend.message(channel, timestamp), name


def _readable(backend: Backend, args: Arguments) -> Channel:
    channel = backend.channel(args)
    backend.require_scope(history_scope(channel))
    if not backend.is_member(channel):
        raise Refusal("not_in_channel")
    return channel


def _between(messages: list[Message], args: Arguments) -> list[Message]:
    """Return the messages between ``oldest`` and ``latest``, with these if ``inclusive``."""
    for bound in ("oldest", "latest"):
        if not _TS.match(args.text(bound) or "0"):
            raise Refusal(f"invalid_ts_{bound}")
    oldest = _order(args.text("oldest") or "0")
    latest = _order(args.text("latest") or "9999999999")
    bounds = (oldest, latest) if args.flag("inclusive") else ()
    return [m for m in messages if oldest < _order(m.ts) < latest or _order(m.ts) in bounds]


def _order(ts: str) -> tuple[int, int]:
    seconds, _, micros = ts.partition(".")
    return int(seconds), int(micros.ljust(6, "0"))


def _page(args: Arguments, default: int) -> tuple[int, int]:
    """Return the start of the page and its size."""
    limit = args.number("limit", default, 1, most=1000)
    cursor = args.text("cursor")
    if not cursor:
        return 0, limit
    try:
        return int(base64.b64decode(cursor, validate=True).removeprefix(b"next:")), limit
    except (binascii.Error, ValueError):
        raise Refusal("invalid_cursor") from None


def _cursor(start: int) -> str:
    return base64.b64encode(f"next:{start}".encode()).decode()


def _answer(page: list[Message], args: Arguments, *, more: bool, start: int) -> JSON:
    metadata = args.flag("include_all_metadata")
    answer: JSON = {
        "messages": [message.wire(metadata=metadata) for message in page],
        "has_more": more,
    }
    if more:
        answer["response_metadata"] = {"next_cursor": _cursor(start)}
    return answer
