"""Validate chat requests. Pure.

The schema (ChatCompletionRequest) leaves much open. What no page documents (an unknown model, roles
that do not alternate, the longest input) is refused here: a mistake that the real API tolerates
would otherwise go unnoticed.
https://docs.parallel.ai/chat-api/chat-quickstart, https://docs.parallel.ai/chat-api/sdk-compatibility
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.playground.task_api import contract
from bot.playground.task_api.admission import well_formed
from bot.playground.task_api.prices import CHAT_MODELS
from bot.playground.task_api.protocol import JSON, Refusal

LONGEST_CHAT = 15_000  # characters of all messages together; no page names a limit

#: OpenAI's fields that are accepted and ignored (sdk-compatibility). The schema has some of them.
IGNORED = {
    *("temperature", "top_p", "n", "stop", "seed", "max_tokens", "max_completion_tokens"),
    *("presence_penalty", "frequency_penalty", "logprobs", "logit_bias", "tools", "tool_choice"),
    *("parallel_tool_calls", "stream_options", "metadata", "store", "user", "service_tier"),
    *("reasoning_effort", "modalities", "prediction"),
}


def chat_request(body: Any) -> JSON:
    """Return the body of a chat request unchanged. Raises Refusal (422).

    Whether the previous interaction exists is not checked here.
    """
    good = well_formed("ChatCompletionRequest", _checkable(body))
    if good["model"] not in CHAT_MODELS:
        reason = f"should be one of {', '.join(CHAT_MODELS)}"
        raise Refusal(422, field=("model",), reason=reason)
    _roles([message["role"] for message in good["messages"]])
    size = sum(len(message["content"]) for message in good["messages"])
    if size > LONGEST_CHAT:
        reason = f"{size:,} characters, the most are {LONGEST_CHAT:,}"
        raise Refusal(422, field=("messages",), reason=reason)
    return dict(body)


def _checkable(body: Any) -> Any:
    """Return the part of the body that can be validated.

    The OpenAPI file allows no property in a `json_schema.schema`, so every real one would fail.
    """
    if not isinstance(body, dict):
        return body
    unknown = IGNORED - contract.fields("ChatCompletionRequest")
    known = {name: value for name, value in body.items() if name not in unknown}
    match known:
        case {"response_format": {"json_schema": {"schema": dict(), **rest}, **more}}:
            known["response_format"] = {**more, "json_schema": rest}
    return known


def _roles(roles: Sequence[str]) -> None:
    """Require an optional system message, then user and assistant alternating, user last."""
    turns = list(enumerate(roles))[1 if roles[:1] == ["system"] else 0 :]
    if not any(role == "user" for _, role in turns):
        raise Refusal(422, field=("messages",), reason="there is no message of the user")
    for nth, (number, role) in enumerate(turns):
        place = ("messages", number, "role")
        if role == "system":
            raise Refusal(422, field=place, reason="a system message can only be the first")
        if role != ("user", "assistant")[nth % 2]:
            reason = "after the system message the user and the assistant take turns"
            raise Refusal(422, field=place, reason=reason)
    if roles[-1] != "user":
        raise Refusal(422, field=("messages",), reason="the last message is not of the user")
