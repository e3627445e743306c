"""The table of settings: name, default, unit and meaning. README and docs are tested against it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table. `default` is None where there is none."""

    name: str
    default: str | None
    meaning: str
    secret: bool = False


SETTINGS = (
    Setting("SLACK_BOT_TOKEN", None, "the bot's token, `xoxb-…`; required", secret=True),
    Setting(
        "SLACK_APP_TOKEN",
        None,
        "the app-level token, `xapp-…`, with `connections:write`; when set, Socket Mode is used",
        secret=True,
    ),
    Setting(
        "SLACK_SIGNING_SECRET",
        None,
        "checks Slack's requests over HTTP; required without `SLACK_APP_TOKEN`",
        secret=True,
    ),
    Setting("SLACK_API_URL", "https://slack.com/api/", "where Slack's Web API is"),
    Setting(
        "PORT",
        "3000",
        "port for Slack's requests at `/slack/events` and for `/health`; with Socket Mode "
        "`/health` is served only when it is set",
    ),
    Setting("HOST", "0.0.0.0", "address to listen on; `::` is IPv6 and IPv4"),  # noqa: S104 - for containers
    Setting(
        "PARALLEL_API_KEY",
        None,
        "the key for Parallel's Task API and Chat API; required",
        secret=True,
    ),
    Setting("PARALLEL_BASE_URL", "https://api.parallel.ai", "where Parallel's API is"),
    Setting(
        "DEFAULT_PROCESSOR",
        "core-fast",
        "used where no message, thread, person or channel chose another; `speed` for quick answers "
        "without sources",
    ),
    Setting(
        "FOLLOW_UPS",
        "every",
        "`every`: each reply in a thread of the bot's is a follow-up; `mention`: only those that "
        "mention it; `only-me`: only those of people who have mentioned it there; a channel can "
        "choose otherwise with `/processor replies`",
    ),
    Setting(
        "BROADCAST",
        "off",
        "`on`: answers that took more than ten minutes are shown in the channel, too",
    ),
    Setting(
        "ADMINS",
        None,
        "Slack user ids, separated by commas, of people who may use all of `/threadline` and stop "
        "every run; who asked, and who has asked something in the thread, may stop it anyway",
    ),
    Setting(
        "RESEARCH_REACTION",
        "off",
        "an emoji's name, such as `mag`: that reaction on a message is *Research this*; needs the "
        "event `reaction_added` and the scope `reactions:read`, see `manifest.yml`",
    ),
    Setting(
        "TASK_GROUPS",
        "off",
        "`on`: a thread's runs are created in a task group of Parallel's, so that a run whose "
        "creation was not confirmed is found again instead of asked about",
    ),
    Setting(
        "REDIS_URL",
        None,
        "`redis://`, `rediss://` or `unix://` of one server (no cluster), special characters of "
        "the password as percent codes; unset: a bundled Valkey server in `DATA_DIR`",
        secret=True,
    ),
    Setting("DATA_DIR", "./data", "folder of the bundled Valkey server"),
    Setting(
        "LEASE_SECONDS",
        "5",
        "seconds (2 to 60) after which a silent replica's work is taken over",
    ),
    Setting(
        "RETENTION_DAYS",
        "90",
        "days (1 to 3650) that a thread is kept, and can be continued, after its last turn; its "
        "single questions for 14 days at most",
    ),
    Setting(
        "ALLOWED_CHANNELS",
        None,
        "Slack channel ids, separated by commas: the only channels to answer in; unset: all",
    ),
    Setting(
        "ALLOWED_PEOPLE",
        None,
        "Slack user ids, separated by commas: the only people to answer; unset: all",
    ),
    Setting(
        "ALLOWED_PROCESSORS",
        None,
        "processors, separated by commas: the only ones on offer; a default that is none of them "
        "gives way to the nearest; unset: all",
    ),
    Setting(
        "SHARED_CHANNELS",
        None,
        "Slack channel ids, separated by commas, of channels shared with other companies in which "
        "everybody is answered; unset: none",
    ),
    Setting(
        "GUEST_CHANNELS",
        None,
        "Slack channel ids, separated by commas, of channels in which guests are answered; unset: "
        "none",
    ),
    Setting(
        "CONFIRM_FROM_USD",
        "0.30",
        "price in US dollars from which on a run starts only when its asker or an admin has "
        "confirmed it; `off`: never ask",
    ),
    Setting(
        "BUDGET_PERSON_DAY_USD",
        None,
        "US dollars that one person's runs may cost a day, such as `5` or `2.50`; unset: no limit",
    ),
    Setting(
        "BUDGET_CHANNEL_DAY_USD",
        None,
        "US dollars that the runs of one channel may cost a day; unset: no limit",
    ),
    Setting(
        "BUDGET_WORKSPACE_MONTH_USD",
        None,
        "US dollars that all runs may cost a month; unset: no limit",
    ),
    Setting(
        "BUDGET_TIMEZONE",
        "UTC",
        "where the days and months of budgets begin, such as `Europe/Berlin`",
    ),
    Setting(
        "COUNT_FAILED_RUNS",
        "off",
        "`on`: failed and cancelled runs count as spent; Parallel is said not to bill them",
    ),
    Setting(
        "SHOW_BUDGET",
        "on",
        "`off`: finished runs don't say what is left of a budget",
    ),
    Setting(
        "WAITING_PER_THREAD",
        "20",
        "questions (0 to 1000) that wait in one thread at most; `off` or 0: any number",
    ),
    Setting(
        "RUNNING_PER_PERSON",
        "5",
        "questions (0 to 1000) of one person that run at once in a channel, the others wait; `off` "
        "or 0: any number",
    ),
    Setting("LOG_LEVEL", "INFO", "`DEBUG`, `INFO`, `WARNING` or `ERROR`"),
    Setting("LOG_FORMAT", "plain", "`plain` or `json`, one line an event"),
)
