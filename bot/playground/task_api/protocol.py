"""What the local Task API speaks: statuses, kinds of requests, errors, ids and timestamps."""

from __future__ import annotations

import json
import math
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal

JSON = dict[str, Any]

#: The operation that a request asks for; "unknown" is a path that is not served.
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
    """The status of a run, `TaskRun.status` in the OpenAPI file."""

    QUEUED = "queued"
    ACTION_REQUIRED = "action_required"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"

    @property
    def is_active(self) -> bool:
        """Whether the API calls it active; `action_required` is not."""
        return self in (Status.QUEUED, Status.RUNNING, Status.CANCELLING)

    @property
    def is_over(self) -> bool:
        """Whether it is final."""
        return self in (Status.COMPLETED, Status.FAILED, Status.CANCELLED)


@dataclass(slots=True)
class Request:
    """One received request.

    Attributes:
        path: including the query.
        status: of the response; None until one is sent, and when the connection was cut.
        at: when it was received, seconds since 1970.
        body: its JSON, if any.
    """

    method: str
    path: str
    kind: Kind
    at: float
    status: int | None = None
    body: Any = None


#: The API's default messages, from the examples in the OpenAPI file.
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
    """The request is refused: a status other than 2xx, with a reason.

    `field` is the path to the invalid part of the `place`, such as
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

    def error_response(self) -> JSON:
        """Return an ErrorResponse, the API's own form of an error."""
        detail: JSON | None = None
        if self.reason:
            detail = {"field": ".".join(map(str, self.field)) or None, "reason": self.reason}
        return error_response(self.message, detail)

    def validation_error(self) -> JSON:
        """Return an HTTPValidationError, the web framework's form of an error."""
        error = {"loc": [self.place, *self.field], "msg": self.reason or self.message}
        return {"detail": [{**error, "type": "value_error"}]}

    @property
    def headers(self) -> dict[str, str]:
        """The Retry-After header, in whole seconds, if `retry_after` is set."""
        if self.retry_after is None:
            return {}
        if isinstance(self.retry_after, str):
            return {"Retry-After": self.retry_after}
        return {"Retry-After": str(math.ceil(self.retry_after))}


def error_response(message: str, detail: JSON | None = None) -> JSON:
    """Return an ErrorResponse with a new reference id."""
    return {"type": "error", "error": error_object(message, detail)}


def error_object(message: str, detail: JSON | None = None) -> JSON:
    """Return an Error with a new reference id."""
    return {"ref_id": str(uuid.uuid4()), "message": message, "detail": detail}


def new_id(prefix: str) -> str:
    """Return a new id, formed like those in the documentation."""
    return f"{prefix}_{uuid.uuid4().hex}"


def timestamp(at: float) -> str:
    """Return seconds since 1970 in RFC 3339 form."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def json_or_none(body: bytes) -> Any:
    """Parse a body as JSON; None when it is not JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
