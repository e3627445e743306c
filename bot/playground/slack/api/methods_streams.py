"""The streaming methods: ``chat.startStream``, ``chat.appendStream``, ``chat.stopStream``.

Sources: https://docs.slack.dev/reference/methods/chat.startStream (and .appendStream, .stopStream),
https://docs.slack.dev/ai/developing-agents. `streaming_mode_mismatch` and the 256 characters of
task chunks are measured: https://github.com/NousResearch/hermes-agent/issues/104173,
https://github.com/vellum-ai/vellum-assistant/pull/37146. Task and plan chunks are checked and not
shown; ``blocks`` chunks are refused.
"""

from __future__ import annotations

from bot.playground.slack.api.arguments import Arguments
from bot.playground.slack.api.backend import Backend
from bot.playground.slack.api.methods_app import SESSION_STATES
from bot.playground.slack.api.methods_chat import metadata_of
from bot.playground.slack.rules.message_rules import (
    MARKDOWN_CHARACTERS,
    blocks_refusal,
    check_blocks,
)
from bot.playground.slack.rules.refusal import Refusal, invalid_arguments
from bot.playground.slack.rules.schema import anything, array, by_type, enum, json_object, string
from bot.playground.slack.rules.text import posted_by_app
from bot.playground.slack.state.entities import JSON, Channel, Message
from bot.playground.slack.state.streaming import Mode, Streaming

TASK_CHARACTERS = 256
STOP_BLOCKS = 50  #: more are refused as `msg_blocks_too_many`; the streamed text is not counted
_TASK = string(TASK_CHARACTERS)
_CHUNKS = by_type(
    {
        "markdown_text": json_object({"type": anything, "text": string(1_000_000)}),
        "plan_update": json_object({"type": anything, "title": _TASK}),
        "task_update": json_object(
            {
                "type": anything,
                "id": _TASK,
                "title": _TASK,
                "status": enum("pending", "in_progress", "complete", "error"),
            },
            {
                "details": string(TASK_CHARACTERS, 0),
                "output": string(TASK_CHARACTERS, 0),
                "sources": array(anything, 0, 50),
            },
        ),
    }
)


def start_stream(backend: Backend, args: Arguments) -> JSON:
    """``chat.startStream``; ``metadata`` and ``blocks`` are not its arguments and are ignored."""
    channel = backend.channel(args)
    backend.require_postable(channel)
    thread = _thread(backend, channel, args)
    _check_recipient(backend, channel, args)
    if args.text("task_display_mode") not in (None, "timeline", "plan"):
        raise invalid_arguments("must be one of: timeline, plan [json-pointer:/task_display_mode]")
    mode, piece = _content(args)
    text = _appended("", piece)
    workspace = backend.workspace
    message = backend.messages.post(
        channel,
        workspace.app.bot_user_id,
        bot_id=workspace.app.bot_id,
        app_id=workspace.app.app_id,
        thread_ts=thread,
        stream=Streaming(workspace.clock(), text, mode),
        **_shown(text, []),
    )
    _set_session_status(backend, message, "processing")
    return {"channel": channel.id, "ts": message.ts}


def append_stream(backend: Backend, args: Arguments) -> JSON:
    """``chat.appendStream``."""
    mode, piece = _content(args)
    message, stream = _streaming(backend, args)
    if mode is None:
        raise Refusal("no_text")
    _check_mode(stream, mode)
    text = _appended(stream.text, piece)
    fields = _shown(text, [])
    stream.text, stream.mode = text, mode
    backend.messages.append_to_stream(message, **fields)
    return {"channel": message.channel.id, "ts": message.ts}


def stop_stream(backend: Backend, args: Arguments) -> JSON:
    """``chat.stopStream``; ``blocks`` are placed below the streamed text."""
    status = args.text("session_status") or "active"
    if status not in SESSION_STATES:
        raise invalid_arguments("must be a session status [json-pointer:/session_status]")
    mode, piece = _content(args)
    message, stream = _streaming(backend, args)
    _check_mode(stream, mode)
    text = _appended(stream.text, piece)
    fields = _shown(text, _blocks_below(args))
    fields["metadata"] = metadata_of(args)
    stream.text, stream.mode, stream.ended = text, mode or stream.mode, "by app"
    backend.messages.stop_stream(message, **fields)
    _set_session_status(backend, message, status)
    return {
        "channel": message.channel.id,
        "ts": message.ts,
        "message": message.wire(metadata=True),
    }


def _thread(backend: Backend, channel: Channel, args: Arguments) -> str:
    """Return the ts of the thread to stream into. Raises Refusal if it is missing."""
    ts = args.text("thread_ts")
    if not ts or ts not in channel.messages or channel.messages[ts].deleted:
        raise Refusal("invalid_thread_ts")
    backend.thread_parent(channel, ts)
    return ts


def _check_recipient(backend: Backend, channel: Channel, args: Arguments) -> None:
    """Raise Refusal unless the recipient of the stream is named where Slack requires it.

    A user from another workspace is refused as `user_not_found`.
    """
    user, team = args.text("recipient_user_id"), args.text("recipient_team_id")
    if channel.kind != "im":
        if not user:
            raise Refusal("missing_recipient_user_id")
        if not team:
            raise Refusal("missing_recipient_team_id")
    workspace = backend.workspace
    if (user and user not in workspace.users) or (team and team != workspace.app.team_id):
        raise Refusal("user_not_found")


def _content(args: Arguments) -> tuple[Mode | None, str]:
    """Return the argument that has the content, and its Markdown; (None, "") without content."""
    markdown, chunks = args.text("markdown_text"), args.json("chunks", "invalid_chunks")
    if markdown is not None and chunks is not None:
        raise Refusal("cannot_provide_both_markdown_text_and_chunks")
    if markdown:
        return "markdown_text", markdown
    if not chunks:
        return None, ""
    issues = list(array(_CHUNKS, 1, 1_000)(chunks, "/chunks"))
    if issues:
        raise blocks_refusal("invalid_chunks", issues)
    return "chunks", "".join(chunk["text"] for chunk in chunks if chunk["type"] == "markdown_text")


def _streaming(backend: Backend, args: Arguments) -> tuple[Message, Streaming]:
    """Return the message and its live stream. Raises Refusal if there is none of the app."""
    channel = backend.channel(args)
    ts = args.required("ts")
    backend.require_postable(channel)
    message = backend.message(channel, ts)
    if message.bot_id != backend.workspace.app.bot_id:
        raise Refusal("message_not_owned_by_app")
    stream = message.stream
    if stream is not None and stream.ended == "by user":
        raise Refusal("stopped_by_user")
    if stream is None or not stream.live(backend.workspace.clock()):
        raise Refusal("message_not_in_streaming_state")
    return message, stream


def _check_mode(stream: Streaming, mode: Mode | None) -> None:
    if mode and stream.mode and mode != stream.mode:
        raise Refusal("streaming_mode_mismatch")


def _appended(before: str, piece: str) -> str:
    if len(before) + len(piece) > MARKDOWN_CHARACTERS:
        raise Refusal("msg_too_long")
    return before + piece


def _blocks_below(args: Arguments) -> list[JSON]:
    blocks = args.json("blocks", "invalid_blocks_format") or []
    if isinstance(blocks, list) and len(blocks) > STOP_BLOCKS:
        raise Refusal("msg_blocks_too_many")
    return check_blocks(blocks)


def _shown(text: str, below: list[JSON]) -> JSON:
    """Return the text and blocks of the message. Raises Refusal when they exceed a limit."""
    streamed = [{"type": "markdown", "text": text}] if text else []
    return {"text": posted_by_app(text), "blocks": check_blocks([*streamed, *below])}


def _set_session_status(backend: Backend, message: Message, status: str) -> None:
    """Set the status of the session in the message's thread; only agents have sessions."""
    if backend.workspace.app.agent:
        backend.workspace.set_session_status((message.channel.id, message.root), status)
