"""What is written outside the process keeps its name, whatever our code calls it.

Records of another release, messages in Slack, dashboards and scripts of operators know these names.
New names may be added; those listed must not change.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from enum import StrEnum

import pytest

from bot import errors, log
from bot.configuration import table
from bot.domain import choices, naming, policies, research, turn
from bot.domain.budgets import Scope
from bot.domain.thread import (
    ChannelId,
    Exchange,
    MessageTs,
    TeamId,
    Thread,
    ThreadKey,
    TurnId,
    UserId,
)
from bot.domain.turn import Ending, Parent, Question, Turn
from bot.ports import Acceptance, Addressing, Channel, JobKind, Person
from bot.ports.forgetting import Forgetting
from bot.slack import action_ids
from bot.slack.payloads.message_tags import EVENT_TYPE
from bot.store.keys import Keys
from bot.store.record_keys import KEYS

KEY = ThreadKey(TeamId("T"), ChannelId("C"), MessageTs("1.2"))

VALUES: dict[type[StrEnum], str] = {
    errors.Cause: "key, credit, processor, chain, input, gateway, unknown run, content, place, "
    "token, scope, gone",
    turn.TurnKind: "question, look again, files, share, help, unknown processor, thanked, status, "
    "forget, command, nothing to stop, may not stop, muted, unmuted, confirm, welcome, asleep, "
    "declined",
    turn.Relation: "again, branch",
    research.RunStatus: "queued, action_required, running, completed, failed, cancelling, "
    "cancelled, unknown",
    turn.EndingKind: "answered, helped, unknown processor, told, too long, refused, busy, "
    "uncertain, cut off, failed, cancelled, stopped, withdrawn, too late, confirm, not allowed, "
    "not offered, over budget, broken",
    turn.State: "queued, starting, running, ended, done",
    choices.FollowUps: "every, mention, only-me",
    Acceptance: "new, known, not ours, asleep, full",
    Addressing: "addressed, direct, reply, overheard, remark, aside",
    JobKind: "waiting, receipt, lapse, settle, session, forget, announce",
    Forgetting: "forgotten, busy, not theirs, nothing",
}

RECORDS: dict[type, str] = {
    ThreadKey: "team channel ts",
    Parent: "turn link interaction words processor restates",
    Question: "thread message asker text processor direct start press at base along files source "
    "to comment",
    Ending: "kind at cause message ref_id others",
    Turn: "id question received state waited processor restated alone busy_since busy_told "
    "unreached starting_at group ungrouped previous restates run interaction started_at paid_at "
    "ending sources posts posting_until forms stumbles troubles draft streams last_answer which",
    Exchange: "question answer turn chained asker",
    Thread: "key interaction history group processor",
}
#: Written beside the record: each is a field of the turn's hash.
BESIDE: dict[type, set[str]] = {Turn: {"signals", "has_place"}}

ACTIONS = """
    follow_ups try_again look_again stop ping again_on edited_again look_up stop_all new_thread
    evidence follow_up rerun more files branch processor mute share rate feedback good bad
    continue anyway confirm decline unmute evidence_page_back evidence_page_on processors_all
    processor_channel processor_mine reset_channel reset_mine inherit research_message
    branch_question share_answer share_channel thread_processor home_processor home_refresh
    home_back home_on home_search admin_budget admin_access forget_thread evidence_good
    evidence_bad
"""

SETTINGS = """
    ADMINS BROADCAST DATA_DIR DEFAULT_PROCESSOR FOLLOW_UPS HOST LEASE_SECONDS LOG_FORMAT
    LOG_LEVEL PARALLEL_API_KEY PARALLEL_BASE_URL PORT REDIS_URL RESEARCH_REACTION RETENTION_DAYS
    SLACK_API_URL SLACK_APP_TOKEN SLACK_BOT_TOKEN SLACK_SIGNING_SECRET TASK_GROUPS
"""


def redis_keys() -> Iterable[tuple[str, str]]:
    """Each key of a bot `B`, and what it must be behind the bot's hash tag."""
    keys, turn = Keys("B"), TurnId("T:C:1.2")
    team, person, channel = TeamId("T"), UserId("U"), ChannelId("C")
    return [
        (keys.ready, "ready"),
        (keys.live, "live"),
        (keys.later, "later"),
        (keys.box("M"), "box:M"),
        (keys.now("M"), "now:M"),
        (keys.turn(turn), "turn:T:C:1.2"),
        (keys.order(turn), "order:T:C:1.2"),
        (keys.thread(KEY), "thread:T:C:1.2"),
        (keys.strays(KEY), "strays:T:C:1.2"),
        (keys.stray_times(KEY), "stray-times:T:C:1.2"),
        (keys.all_strays, "all-strays"),
        (keys.early, "early"),
        (keys.news, "news"),
        (keys.asker(team), "asker:T:"),
        (keys.over_budget(team, person, "2026-11-28"), "over-budget:T:U:2026-11-28"),
        (keys.held(KEY, person), "held:T:C:1.2:U"),
        (keys.topics_explained(team, person), "told-of-topics:T:U"),
        (keys.spent(team, person), "spent:T:U"),
        (keys.ratings, "ratings"),
        (keys.posts(channel), "posts:C"),
        (keys.post_line(channel), "post-line:C"),
        (keys.posters(channel), "posters:C"),
        (keys.running("T:C:U"), "running:T:C:U"),
        (keys.run_line("T:C:U"), "run-line:T:C:U"),
        (keys.edits, "edits"),
        (keys.sessions, "sessions"),
        (keys.no_sessions, "no-sessions"),
        (keys.streams, "streams"),
        (keys.appends, "appends"),
        (keys.no_streams, "no-streams"),
        (keys.chats, "chats"),
        (keys.pause, "pause"),
        (keys.follow_ups(Channel(team, channel)), "choice:follow-ups:T:C"),
        (keys.channel_ids, "channel-ids"),
        (keys.member(team, person), "member:T:U"),
        (keys.room(team, channel), "room:T:C"),
        (keys.listed(team), "listed:T"),
        (keys.swept, "swept"),
        (keys.refused(team, person, "2026-11-28"), "refused:T:U:2026-11-28"),
        (keys.choice(KEY), "choice:thread:T:C:1.2"),
        (keys.choice(Person(team, person)), "choice:person:T:U"),
        (keys.choice(Channel(team, channel)), "choice:channel:T:C"),
    ]


@pytest.mark.parametrize(("kind", "values"), VALUES.items())
def test_values_in_records_stay(kind: type[StrEnum], values: str) -> None:
    assert {value.value for value in kind} >= set(values.split(", "))


@pytest.mark.parametrize(("kind", "keys"), RECORDS.items())
def test_keys_in_records_stay(kind: type, keys: str) -> None:
    assert set(KEYS[kind].values()) >= set(keys.split())


@pytest.mark.parametrize("kind", RECORDS)
def test_every_attribute_has_its_key_in_records(kind: type) -> None:
    attributes = {field.name for field in fields(kind)} - BESIDE.get(kind, set())
    assert attributes == set(KEYS[kind])
    assert len(set(KEYS[kind].values())) == len(attributes)


@pytest.mark.parametrize(("key", "name"), redis_keys())
def test_redis_keys_stay(key: str, name: str) -> None:
    assert key == "{threadline-B}:" + name


def test_names_of_policies_stay() -> None:
    """They stand in Redis and in the record of changes, which admins export."""
    person, channel = UserId("U"), ChannelId("C")
    names = {
        policies.budget(Scope.PERSON): "budget:person",
        policies.budget(Scope.PERSON, person): "budget:person:U",
        policies.budget(Scope.CHANNEL): "budget:channel",
        policies.budget(Scope.WORKSPACE): "budget:workspace",
        policies.may_ask(Scope.PERSON, person): "ask:person:U",
        policies.may_ask(Scope.CHANNEL, channel): "ask:channel:C",
        policies.others_may_ask(Scope.PERSON): "ask:person",
        policies.others_may_ask(Scope.CHANNEL): "ask:channel",
        policies.outside(channel): "outside:C",
        policies.guests(channel): "guests:C",
        policies.processors(): "processors",
        policies.processors(channel): "processors:C",
    }
    assert [name for name, stays in names.items() if name != stays] == []
    assert (policies.OFF, policies.YES, policies.NO) == ("off", "yes", "no")


def test_ids_of_buttons_and_forms_stay() -> None:
    known = {value for name, value in vars(action_ids).items() if name.isupper()}
    assert known >= set(ACTIONS.split())


def test_settings_stay() -> None:
    assert {setting.name for setting in table.SETTINGS} >= set(SETTINGS.split())


def test_fields_of_log_lines_stay() -> None:
    assert set(log.FIELDS.values()) >= {"thread", "turn", "run", "team"}


def test_messages_are_found_again_by_their_metadata() -> None:
    assert EVENT_TYPE == "threadline_turn"


def test_ids_of_turns_stay() -> None:
    """A redelivery to the next release names the turn that this release has begun."""
    question = Question(KEY, MessageTs("3.4"), UserId("U"), "who?")
    pressed = Question(KEY, MessageTs("3.4"), UserId("U"), "who?", press="again-pro")
    assert naming.turn_id(question) == "T:C:3.4"
    assert naming.turn_id(pressed) == "T:C:3.4~again-pro"
