"""The methods ``files.*``: get an upload URL, upload the bytes, share the file.

Source: https://docs.slack.dev/messaging/working-with-files.
"""

from __future__ import annotations

from typing import Any

from bot.playground.slack.api.arguments import Arguments
from bot.playground.slack.api.backend import Backend
from bot.playground.slack.rules.message_rules import check_blocks
from bot.playground.slack.rules.refusal import Refusal, invalid_arguments
from bot.playground.slack.rules.text import posted_by_app
from bot.playground.slack.state.entities import JSON, Channel
from bot.playground.slack.state.files import File

SNIPPET_BYTES = 1_000_000


def get_upload_url(backend: Backend, args: Arguments) -> JSON:
    """``files.getUploadURLExternal``."""
    name = args.required("filename")
    if "length" not in args:
        raise invalid_arguments("missing required field: length")
    length = args.number("length", 0, 1, most=1_000_000_000)
    if args.text("snippet_type") and length > SNIPPET_BYTES:
        raise Refusal("snippet_too_large")
    workspace = backend.workspace
    file_id = workspace.new_id("F")
    base = backend.responses.base_url
    workspace.files[file_id] = File(
        id=file_id,
        name=name,
        length=length,
        user=workspace.app.bot_user_id,
        created=int(workspace.clock()),
        url=f"{base}files/{file_id}",
    )
    return {"file_id": file_id, "upload_url": f"{base}upload/v1/{file_id}"}


def take_bytes(backend: Backend, file_id: str, content: bytes) -> None:
    """Store the bytes sent to an upload URL. Raises Refusal unless their length is as announced."""
    file = backend.workspace.files.get(file_id)
    if file is None or file.content is not None:
        raise Refusal("file_not_found")
    if len(content) != file.length:
        raise Refusal("length_mismatch")
    file.content = content
    backend.workspace.publish("file", file)


def complete_upload(backend: Backend, args: Arguments) -> JSON:
    """``files.completeUploadExternal``: share the files in a message of the app.

    The response does not contain the message's ts, which Slack does not promise.
    """
    files = [_announced(backend, entry) for entry in _entries(args)]
    channels = _channels(backend, args)
    thread = args.text("thread_ts")
    if thread and len(channels) != 1:
        raise invalid_arguments("thread_ts needs exactly one channel")
    comment = args.text("initial_comment") or ""
    blocks = args.json("blocks", "invalid_blocks")
    fields = {
        "text": posted_by_app(comment),
        "blocks": check_blocks(blocks) if blocks and not comment else [],
        "thread_ts": backend.thread_parent(channels[0], thread) if channels else None,
    }
    for file in files:
        file.shared = True
    for channel in channels:
        _share(backend, channel, files, fields=fields)
    return {"files": [{"id": file.id, "title": file.title} for file in files]}


def file_info(backend: Backend, args: Arguments) -> JSON:
    """``files.info``, with the messages that share the file."""
    file = backend.workspace.files.get(args.required("file"))
    if file is None or not file.shared:
        raise Refusal("file_not_found")
    shares: dict[str, dict[str, list[JSON]]] = {}
    for channel_id, ts in file.shares:
        channel = backend.workspace.channels[channel_id]
        where = "public" if channel.kind == "channel" else "private"
        thread = channel.messages[ts].thread_ts
        entry = {
            "ts": ts,
            "channel_name": channel.name,
            **({"thread_ts": thread} if thread else {}),
        }
        shares.setdefault(where, {}).setdefault(channel_id, []).append(entry)
    return {"file": {**file.wire(), "shares": shares}}


def _entries(args: Arguments) -> list[Any]:
    entries = args.json("files")
    if not isinstance(entries, list) or not entries:
        raise invalid_arguments("missing required field: files")
    return entries


def _announced(backend: Backend, entry: Any) -> File:
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        raise invalid_arguments("missing required field: id [json-pointer:/files]")
    file = backend.workspace.files.get(entry["id"])
    if file is None or file.content is None or file.shared:
        raise Refusal("file_not_found")
    file.title = str(entry.get("title") or file.name)
    return file


def _channels(backend: Backend, args: Arguments) -> list[Channel]:
    wanted = [name for name in (args.text("channels") or "").split(",") if name]
    if len(wanted) > 100:
        raise Refusal("channels_limit_exceeded")
    if "channel_id" in args:
        wanted.append(args.required("channel_id"))
    channels = [backend.joined_channel(Arguments({"channel": name})) for name in wanted]
    if any(channel.archived for channel in channels):
        raise Refusal("is_archived")
    return channels


def _share(backend: Backend, channel: Channel, files: list[File], fields: JSON) -> None:
    app = backend.workspace.app
    message = backend.messages.post(
        channel,
        app.bot_user_id,
        subtype="file_share",
        bot_id=app.bot_id,
        app_id=app.app_id,
        files=files,
        **fields,
    )
    for file in files:
        file.shares.append((channel.id, message.ts))
