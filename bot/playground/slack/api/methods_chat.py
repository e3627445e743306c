"""The ``chat.*`` methods: https://docs.slack.dev/reference/methods/chat.postMessage and on."""

from __future__ import annotations

from typing import Any

from bot.playground.slack.api.arguments import Arguments
from bot.playground.slack.api.backend import Backend
from bot.playground.slack.api.limits import POSTS_IN_CHANNEL
from bot.playground.slack.rules.message_rules import (
    MARKDOWN_CHARACTERS,
    check_blocks,
    check_metadata,
)
from bot.playground.slack.rules.refusal import Refusal
from bot.playground.slack.rules.text import posted_by_app
from bot.playground.slack.state.entities import JSON, Channel, Message

POST_CHARACTERS = 40_000
UPDATE_CHARACTERS = 4_000
EPHEMERAL_BYTES = 4_000


def post_message(backend: Backend, args: Arguments) -> JSON:
    """``chat.postMessage``."""
    channel = _destination(backend, args)
    key = f"chat.postMessage {channel.id}"
    wait = backend.limiter.take(backend.workspace.clock(), key, POSTS_IN_CHANNEL)
    if wait:
        raise Refusal("ratelimited", retry_after=wait)
    backend.require_postable(channel)
    fields, warnings = _content(args), []
    if len(fields["text"]) > POST_CHARACTERS:
        fields["text"] = fields["text"][:POST_CHARACTERS]
        warnings = ["message_truncated"]
    fields["metadata"] = metadata_of(args)
    fields["thread_ts"] = backend.thread_parent(channel, args.text("thread_ts"))
    if fields["thread_ts"] and args.flag("reply_broadcast"):
        fields |= {"subtype": "thread_broadcast", "broadcast": True}
    app = backend.workspace.app
    message = backend.messages.post(
        channel,
        app.bot_user_id,
        parsed=_parsed(args, "none"),
        bot_id=app.bot_id,
        app_id=app.app_id,
        **fields,
    )
    answer = {"channel": channel.id, "ts": message.ts, "message": message.wire(metadata=True)}
    if warnings:
        answer |= {
            "warning": ",".join(warnings),
            "response_metadata": {"warnings": warnings},
        }
    return answer


def update(backend: Backend, args: Arguments) -> JSON:
    """``chat.update``: missing arguments change nothing; an empty list removes the blocks."""
    channel = backend.channel(args)
    ts = args.required("ts")
    fields = _content(args)
    if len(fields["text"]) > UPDATE_CHARACTERS:
        raise Refusal("msg_too_long")
    if channel.archived:
        raise Refusal("is_inactive")
    message = _own(backend, channel, ts, error="cant_update_message")
    if backend.workspace.streaming(message):
        raise Refusal("streaming_state_conflict")
    markdown = "markdown_text" in args
    given = {name: fields[name] for name in fields if name in args or markdown}
    if "metadata" in args:
        given["metadata"] = metadata_of(args, empty_allowed=True)
    backend.messages.update(message, parsed=_parsed(args, "client"), **given)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": message.wire(metadata=True),
    }


def delete(backend: Backend, args: Arguments) -> JSON:
    """``chat.delete``."""
    channel = backend.channel(args)
    message = _own(backend, channel, args.required("ts"), error="cant_delete_message")
    backend.messages.delete(message)
    return {"channel": channel.id, "ts": message.ts}


def post_ephemeral(backend: Backend, args: Arguments) -> JSON:
    """``chat.postEphemeral``: in a thread it is shown only if that has replies already.

    Source: https://docs.slack.dev/reference/methods/chat.postEphemeral.
    """
    channel = _destination(backend, args)
    user = args.required("user")
    backend.require_postable(channel)
    fields = _content(args)
    if len(fields["text"].encode()) > EPHEMERAL_BYTES:
        raise Refusal("msg_too_long")
    if user not in channel.members:
        raise Refusal("user_not_in_channel")
    fields["thread_ts"] = backend.thread_parent(channel, args.text("thread_ts"))
    app, root = backend.workspace.app, channel.messages.get(fields["thread_ts"] or "")
    fields |= {"bot_id": app.bot_id, "app_id": app.app_id}
    shown = root is None or bool(root.replies())
    message = backend.messages.post_ephemeral(channel, app.bot_user_id, user, shown=shown, **fields)
    return {"message_ts": message.ts}


def get_permalink(backend: Backend, args: Arguments) -> JSON:
    """``chat.getPermalink``."""
    channel = backend.channel(args)
    message = backend.message(channel, args.required("message_ts"))
    return {"channel": channel.id, "permalink": backend.workspace.permalink(message)}


def _destination(backend: Backend, args: Arguments) -> Channel:
    """Return the conversation to post in; a channel name or a user id is accepted, too."""
    wanted = args.required("channel")
    workspace = backend.workspace
    if wanted in workspace.channels:
        return backend.channel(args)
    if wanted in workspace.users:
        return workspace.direct(wanted)
    for channel in workspace.channels.values():
        if channel.kind == "channel" and channel.name == wanted.removeprefix("#"):
            return channel
    raise Refusal("channel_not_found")


def _own(backend: Backend, channel: Channel, ts: str, error: str) -> Message:
    message = backend.message(channel, ts)
    if message.bot_id != backend.workspace.app.bot_id:
        raise Refusal(error)
    return message


def _content(args: Arguments) -> JSON:
    text, markdown = args.text("text") or "", args.text("markdown_text")
    blocks = args.json("blocks", "invalid_blocks_format")
    attachments = args.json("attachments", "invalid_attachments") or []
    if markdown is not None:
        if text or blocks:
            raise Refusal("markdown_text_conflict")
        if len(markdown) > MARKDOWN_CHARACTERS:
            raise Refusal("msg_too_long")
        text, blocks = markdown, [{"type": "markdown", "text": markdown}]
    if not isinstance(attachments, list) or not all(isinstance(a, dict) for a in attachments):
        raise Refusal("invalid_attachments")
    if len(attachments) > 100:
        raise Refusal("too_many_attachments")
    if not text and not blocks and not attachments:
        raise Refusal("no_text")
    checked = check_blocks(blocks) if blocks is not None else []
    for index, attachment in enumerate(attachments):
        check_blocks(attachment.get("blocks", []), f"/attachments/{index}/blocks")
    return {"text": posted_by_app(text), "blocks": checked, "attachments": attachments}


def metadata_of(args: Arguments, *, empty_allowed: bool = False) -> Any:
    """Return the metadata argument; None if missing. Raises Refusal when it is invalid."""
    metadata = args.json("metadata", "invalid_metadata_format")
    if metadata is None or (metadata == {} and empty_allowed):
        return None
    return check_metadata(metadata)


def _parsed(args: Arguments, default: str) -> bool:
    """Return whether Slack parses a plain ``@here`` and names in the text."""
    return args.flag("link_names") or (args.text("parse") or default) in ("full", "client")
