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
from bot.playground.slack.rules.message_rules import MARKDOWN_CHARACTERS, check_blocks, refused
from bot.playground.slack.rules.refusal import Refusal, invalid_arguments
from bot.playground.slack.rules.schema import anything, choice, listing, string, thing, typed
from bot.playground.slack.rules.text import posted_by_app
from bot.playground.slack.state.entities import JSON, Channel, Message
from bot.playground.slack.state.streaming import Mode, Streaming

TASK_CHARACTERS = 256
STOP_BLOCKS = 50  #: more are `msg_blocks_too_many`, before the streamed text is counted in
_TASK = string(TASK_CHARACTERS)
_CHUNKS = typed(
    {
        "markdown_text": thing({"type": anything, "text": string(1_000_000)}),
        "plan_update": thing({"type": anything, "title": _TASK}),
        "task_update": thing(
            {
                "type": anything,
                "id": _TASK,
                "title": _TASK,
                "status": choice("pending", "in_progress", "complete", "error"),
            },
            {
                "details": string(TASK_CHARACTERS, 0),
                "output": string(TASK_CHARACTERS, 0),
                "sources": listing(anything, 0, 50),
            },
        ),
    }
)


def start_stream(backend: Backend, args: Arguments) -> JSON:
    """``chat.startStream``: ``metadata`` and ``blocks`` are no arguments of it and are ignored."""
    channel = backend.channel(args)
    backend.postable(channel)
    thread = _thread(backend, channel, args)
    _check_recipient(backend, channel, args)
    if args.text("task_display_mode") not in (None, "timeline", "plan"):
        raise invalid_arguments("must be one of: timeline, plan [json-pointer:/task_display_mode]")
    mode, piece = _content(args)
    text = _whole("", piece)
    workspace = backend.workspace
    message = backend.posting.post(
        channel,
        workspace.app.bot_user_id,
        bot_id=workspace.app.bot_id,
        app_id=workspace.app.app_id,
        thread_ts=thread,
        stream=Streaming(workspace.clock(), text, mode),
        **_shown(text, []),
    )
    _move_session(backend, message, "processing")
    return {"channel": channel.id, "ts": message.ts}


def append_stream(backend: Backend, args: Arguments) -> JSON:
    """``chat.appendStream``."""
    mode, piece = _content(args)
    message, stream = _streaming(backend, args)
    if mode is None:
        raise Refusal("no_text")
    _check_mode(stream, mode)
    text = _whole(stream.text, piece)
    said = _shown(text, [])
    stream.text, stream.mode = text, mode
    backend.posting.grow(message, **said)
    return {"channel": message.channel.id, "ts": message.ts}


def stop_stream(backend: Backend, args: Arguments) -> JSON:
    """``chat.stopStream``: ``blocks`` go under the streamed text."""
    status = args.text("session_status") or "active"
    if status not in SESSION_STATES:
        raise invalid_arguments("must be a session status [json-pointer:/session_status]")
    mode, piece = _content(args)
    message, stream = _streaming(backend, args)
    _check_mode(stream, mode)
    text = _whole(stream.text, piece)
    said = _shown(text, _blocks_below(args))
    said["metadata"] = metadata_of(args)
    stream.text, stream.mode, stream.ended = text, mode or stream.mode, "by app"
    backend.posting.finish(message, **said)
    _move_session(backend, message, status)
    return {
        "channel": message.channel.id,
        "ts": message.ts,
        "message": message.wire(metadata=True),
    }


def _thread(backend: Backend, channel: Channel, args: Arguments) -> str:
    """Return the ts of the thread to stream into. Raises Refusal without one."""
    ts = args.text("thread_ts")
    if not ts or ts not in channel.messages or channel.messages[ts].deleted:
        raise Refusal("invalid_thread_ts")
    backend.thread(channel, ts)
    return ts


def _check_recipient(backend: Backend, channel: Channel, args: Arguments) -> None:
    """Raise Refusal unless the one who sees the stream live is named, where Slack asks for it.

    A person of another workspace is refused as `user_not_found`: nobody here is shared.
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
    """Return the argument that carries content and the Markdown in it; (None, "") without any."""
    markdown, chunks = args.text("markdown_text"), args.json("chunks", "invalid_chunks")
    if markdown is not None and chunks is not None:
        raise Refusal("cannot_provide_both_markdown_text_and_chunks")
    if markdown:
        return "markdown_text", markdown
    if not chunks:
        return None, ""
    issues = list(listing(_CHUNKS, 1, 1_000)(chunks, "/chunks"))
    if issues:
        raise refused("invalid_chunks", issues)
    return "chunks", "".join(chunk["text"] for chunk in chunks if chunk["type"] == "markdown_text")


def _streaming(backend: Backend, args: Arguments) -> tuple[Message, Streaming]:
    """Return the message that streams. Raises Refusal when it does not, or is somebody else's."""
    channel = backend.channel(args)
    ts = args.required("ts")
    backend.postable(channel)
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


def _whole(before: str, piece: str) -> str:
    if len(before) + len(piece) > MARKDOWN_CHARACTERS:
        raise Refusal("msg_too_long")
    return before + piece


def _blocks_below(args: Arguments) -> list[JSON]:
    blocks = args.json("blocks", "invalid_blocks_format") or []
    if isinstance(blocks, list) and len(blocks) > STOP_BLOCKS:
        raise Refusal("msg_blocks_too_many")
    return check_blocks(blocks)


def _shown(text: str, below: list[JSON]) -> JSON:
    """Return the text and blocks of the message. Raises Refusal when they break a limit."""
    streamed = [{"type": "markdown", "text": text}] if text else []
    return {"text": posted_by_app(text), "blocks": check_blocks([*streamed, *below])}


def _move_session(backend: Backend, message: Message, status: str) -> None:
    """Move the session of the message's thread, made when new; only agents have any."""
    if backend.workspace.app.agent:
        backend.workspace.move_session((message.channel.id, message.root), status)
