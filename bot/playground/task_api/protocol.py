"""The words of the local Task API: states, kinds of requests, refusals, ids and timestamps."""

from __future__ import annotations

import json
import math
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal

JSON = dict[str, Any]

#: What a request asks for, one word an operation; "unknown" is a path that nobody serves.
Kind = Literal[
    "create",
    "retrieve",
    "result",
    "events",
    "input",
    "create_group",
    "group",
    "add_runs",
    "group_runs",
    "group_run",
    "group_events",
    "chat",
    "unknown",
]


class Status(StrEnum):
    """How a run stands; the OpenAPI file's TaskRun.status."""

    QUEUED = "queued"
    ACTION_REQUIRED = "action_required"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"

    @property
    def is_active(self) -> bool:
        """What the API calls active; `action_required` is not."""
        return self in (Status.QUEUED, Status.RUNNING, Status.CANCELLING)

    @property
    def is_over(self) -> bool:
        """Nothing comes after it."""
        return self in (Status.COMPLETED, Status.FAILED, Status.CANCELLED)


@dataclass(slots=True)
class Request:
    """One request that came in.

    Attributes:
        path: with the query.
        status: of the answer; None as long as none was sent, and when the connection was cut.
        at: when it came, seconds since 1970.
        body: the JSON that came with it, if any.
    """

    method: str
    path: str
    kind: Kind
    at: float
    status: int | None = None
    body: Any = None


#: What the API says by default, as in the OpenAPI file's examples.
MESSAGES = {
    401: "Unauthorized: invalid or missing credentials",
    402: "Payment required: insufficient credit in account",
    403: "Forbidden: invalid processor in request",
    404: "Not found",
    408: "Request timed out; run still active",
    422: "Unprocessable content: request validation error",
    429: "Too many requests: quota temporarily exceeded",
    500: "Internal server error",
    502: "Bad gateway",
    503: "Service unavailable",
}


class Refusal(Exception):
    """A request is refused: a status other than 2xx, with a reason.

    `field` is the path of the offending part in the `place`, such as
    ``("source_policy", "after_date")``; `reason` says what is wrong with it.
    `retry_after` is in seconds, or the header's text.
    """

    def __init__(
        self,
        status: int,
        message: str | None = None,
        *,
        field: tuple[str | int, ...] = (),
        reason: str = "",
        place: Literal["body", "query"] = "body",
        retry_after: float | str | None = None,
    ) -> None:
        self.status = status
        self.message = message or MESSAGES.get(status, "Error")
        self.field = field
        self.reason = reason
        self.place = place
        self.retry_after = retry_after
        super().__init__(self.message)

    def envelope(self) -> JSON:
        """Return the API's error shape (ErrorResponse)."""
        detail: JSON | None = None
        if self.reason:
            detail = {"field": ".".join(map(str, self.field)) or None, "reason": self.reason}
        return error_shape(self.message, detail)

    def validation(self) -> JSON:
        """Return the web framework's error shape (HTTPValidationError)."""
        said = {"loc": [self.place, *self.field], "msg": self.reason or self.message}
        return {"detail": [{**said, "type": "value_error"}]}

    @property
    def headers(self) -> dict[str, str]:
        """Retry-After, in whole seconds, when there is something to wait for."""
        if self.retry_after is None:
            return {}
        if isinstance(self.retry_after, str):
            return {"Retry-After": self.retry_after}
        return {"Retry-After": str(math.ceil(self.retry_after))}


def error_shape(message: str, detail: JSON | None = None) -> JSON:
    """Return an ErrorResponse with a new reference."""
    return {"type": "error", "error": error(message, detail)}


def error(message: str, detail: JSON | None = None) -> JSON:
    """Return an Error with a new reference."""
    return {"ref_id": str(uuid.uuid4()), "message": message, "detail": detail}


def new_id(prefix: str) -> str:
    """Return an id in the form of the documentation's examples."""
    return f"{prefix}_{uuid.uuid4().hex}"


def timestamp(at: float) -> str:
    """Put seconds since 1970 in RFC 3339 form."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def json_or_none(body: bytes) -> Any:
    """Read a body as JSON; None when it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
