"""The operations of the OpenAPI file, one method each."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from bot.playground.task_api import admission, chat_admission
from bot.playground.task_api.admission import SlidingWindowLimiter
from bot.playground.task_api.chats import LocalChat
from bot.playground.task_api.protocol import JSON, Kind, Refusal, Status
from bot.playground.task_api.records import Records
from bot.playground.task_api.requests import api_key, flag, json_body, number, one_of
from bot.playground.task_api.runs import LocalRun

RESULT_TIMEOUT = 600  # seconds; the default of the OpenAPI file
GROUP_STREAM_SECONDS = 3600.0  # "for up to an hour", says the OpenAPI file


@dataclass(frozen=True, slots=True)
class Reply:
    """A JSON response."""

    status: int
    body: JSON


@dataclass(frozen=True, slots=True)
class Stream:
    """Server-sent events, for at most `seconds`."""

    events: AsyncGenerator[JSON]
    seconds: float


_RUN, _GROUP = "/v1/tasks/runs/{run_id}", "/v1/tasks/groups/{taskgroup_id}"

#: The Task API: method, path as in the OpenAPI file, kind. The kind is also the name of the method
#: of `Operations`.
ROUTES: tuple[tuple[str, str, Kind], ...] = (
    ("POST", "/v1/tasks/runs", "create"),
    ("GET", _RUN, "retrieve"),
    ("GET", f"{_RUN}/result", "result"),
    ("GET", f"{_RUN}/events", "events"),
    ("GET", "/v1beta/tasks/runs/{run_id}/events", "events"),
    ("GET", f"{_RUN}/input", "input"),
    ("POST", "/v1/tasks/groups", "create_group"),
    ("GET", _GROUP, "group"),
    ("POST", f"{_GROUP}/runs", "add_runs"),
    ("GET", f"{_GROUP}/runs", "group_runs"),
    ("GET", f"{_GROUP}/runs/{{run_id}}", "group_run"),
    ("GET", f"{_GROUP}/events", "group_events"),
)

#: The Task API and the Chat API.
ALL_ROUTES: tuple[tuple[str, str, Kind], ...] = (
    *ROUTES,
    ("POST", "/v1beta/chat/completions", "chat"),
)

Handler = Callable[[web.Request], Awaitable[Reply | Stream | LocalChat]]


class Operations:
    """Operations on runs, groups and chats. Each raises Refusal."""

    def __init__(
        self,
        records: Records,
        limiter: SlidingWindowLimiter,
        chat_limiter: SlidingWindowLimiter,
        *,
        clock: Callable[[], float],
        stream_seconds: float,
        on_run: Callable[[LocalRun], None],
        on_chat: Callable[[LocalChat], None],
    ) -> None:
        """Operate on `records`. `on_run` is called with each new run, `on_chat` with each chat."""
        self._records = records
        self._limiter = limiter
        self._chat_limiter = chat_limiter
        self._clock = clock
        self._stream_seconds = stream_seconds
        self._on_run = on_run
        self._on_chat = on_chat

    # Runs

    async def create(self, request: web.Request) -> Reply:
        """Create a run."""
        self._limiter.take(request.headers["x-api-key"], self._clock())
        body = admission.run_request(await json_body(request))
        (run,) = self._records.create_runs([body])
        answer = Reply(202, run.wire())
        self._on_run(run)
        return answer

    async def retrieve(self, request: web.Request) -> Reply:
        """Return a run."""
        return Reply(200, self._run(request).wire())

    async def result(self, request: web.Request) -> Reply:
        """Wait for the output of a run; 404 for one that failed, as for an unknown one."""
        run = self._run(request, "Run failed or run id not found")
        timeout = number(request, "timeout", RESULT_TIMEOUT, whole=True)
        if not await run.wait_for_end(timeout):
            raise Refusal(408)
        if run.output is None:
            raise Refusal(404, "Run failed or run id not found")
        return Reply(200, {"run": run.wire(), "output": run.output})

    async def events(self, request: web.Request) -> Stream:
        """Stream the events of a run."""
        return Stream(self._run(request).events(), self._stream_seconds)

    async def input(self, request: web.Request) -> Reply:
        """Return the request that created a run."""
        return Reply(200, self._run(request).body)

    def _run(self, request: web.Request, missing: str = "Run id not found") -> LocalRun:
        try:
            return self._records.run(request.match_info["run_id"])
        except Refusal as refusal:
            raise Refusal(refusal.status, missing) from None

    # Groups

    async def create_group(self, request: web.Request) -> Reply:
        """Create an empty group."""
        body = admission.well_formed("CreateTaskGroupRequest", await json_body(request))
        return Reply(200, self._records.create_group(body.get("metadata")).wire())

    async def group(self, request: web.Request) -> Reply:
        """Return a group."""
        return Reply(200, self._records.group(request.match_info["taskgroup_id"]).wire())

    async def add_runs(self, request: web.Request) -> Reply:
        """Create runs in a group: all of them, or none."""
        group = self._records.group(request.match_info["taskgroup_id"])
        self._limiter.take(request.headers["x-api-key"], self._clock())
        flag(request, "refresh_status", default=True)
        bodies = admission.group_request(await json_body(request))
        run_cursor, event_cursor = group.cursors()
        runs = self._records.create_runs(bodies, group)
        answer = {
            "status": group.status(),
            "run_ids": [run.run_id for run in runs],
            "run_cursor": run_cursor,
            "event_cursor": event_cursor,
        }
        for run in runs:
            self._on_run(run)
        return Reply(200, answer)

    async def group_runs(self, request: web.Request) -> Stream:
        """Stream the current state of a group's runs."""
        group = self._records.group(request.match_info["taskgroup_id"])
        status = one_of(request, "status", Status)
        events = group.run_events(
            group.cursor(request.query.get("last_event_id"), of="runs"),
            status=status,
            include_input=flag(request, "include_input", default=False),
            include_output=flag(request, "include_output", default=False),
        )
        return Stream(events, GROUP_STREAM_SECONDS)

    async def group_run(self, request: web.Request) -> Reply:
        """Return a run of a group."""
        group = self._records.group(request.match_info["taskgroup_id"])
        run = self._run(request)
        if run.taskgroup_id != group.taskgroup_id:
            raise Refusal(404, "Run id not found")
        return Reply(200, run.wire())

    async def group_events(self, request: web.Request) -> Stream:
        """Stream the events of a group."""
        group = self._records.group(request.match_info["taskgroup_id"])
        after = group.cursor(request.query.get("last_event_id"), of="events")
        return Stream(group.events(after), number(request, "timeout", GROUP_STREAM_SECONDS))

    # Chats

    async def chat(self, request: web.Request) -> LocalChat:
        """Accept a chat request."""
        self._chat_limiter.take(api_key(request, "chat") or "", self._clock())
        chat = self._records.create_chat(chat_admission.chat_request(await json_body(request)))
        self._on_chat(chat)
        return chat
