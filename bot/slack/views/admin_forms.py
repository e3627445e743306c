"""The forms of `/threadline`: a budget, and who or what is allowed or denied. Pure.

A form can be sent with anything in it, and long after it was opened: `handlers.admin_forms` checks
who sends it. https://docs.slack.dev/surfaces/modals
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.budgets import Scope
from bot.domain.processors import PROCESSORS
from bot.domain.thread import ChannelId, TeamId, UserId
from bot.slack import action_ids
from bot.slack.blockkit.blocks import View, context, form, input_block
from bot.slack.blockkit.elements import option, select, text_input
from bot.slack.blockkit.pickers import (
    checkboxes,
    conversations_select,
    multi_conversations_select,
    multi_select,
    multi_users_select,
    users_select,
)
from bot.slack.payloads.admin_commands import DEFAULT, Permit, SetBudget, amount_of
from bot.slack.payloads.fields import items, part, word
from bot.slack.views.processor_forms import UNREADABLE, InvalidSubmission
from bot.slack.views.question_forms import FormErrors

JSON = dict[str, Any]

#: Ids of the blocks, and of the one element in each.
SCOPE, PERSON, CHANNEL, AMOUNT = "scope", "person", "channel", "amount"
CHANNELS, PEOPLE, OFFER, ALSO = "channels", "people", "processors", "also"
OUTSIDE, GUESTS = "outside", "guests"
_SCOPES = {
    Scope.PERSON: "Each person, a day",
    Scope.CHANNEL: "Each channel, a day",
    Scope.WORKSPACE: "The workspace, a month",
}
_CHANNEL_ID, _PERSON_ID = re.compile(r"[CG][A-Z0-9]{1,30}"), re.compile(r"[UW][A-Z0-9]{1,30}")


@dataclass(frozen=True, slots=True)
class OpenedIn:
    """Where a form was opened; its ``private_metadata``."""

    team: TeamId
    channel: ChannelId
    allowed: bool = True

    def __str__(self) -> str:
        return f"{self.team} {self.channel} {'allow' if self.allowed else 'deny'}"

    @staticmethod
    def parse(text: str) -> OpenedIn:
        """Read it back. Raises InvalidSubmission."""
        match text.split(" "):
            case [team, channel, "allow" | "deny" as verb] if team and channel:
                return OpenedIn(TeamId(team), ChannelId(channel), verb == "allow")
        raise InvalidSubmission(UNREADABLE)


@dataclass(frozen=True, slots=True)
class AdminSubmission:
    """A submitted form: where it was opened, who sent it, and the command that it stands for."""

    opened_in: OpenedIn
    by: UserId
    command: SetBudget | Permit


# --- the forms --------------------------------------------------------------------------


def budget_form(command: SetBudget, now: Sequence[str], opened_in: OpenedIn) -> View:
    """Return the form that sets a budget.

    Args:
        command: what was typed of it.
        now: the budgets in force, in mrkdwn.
        opened_in: where it is opened.
    """
    scopes = [option(label, scope) for scope, label in _SCOPES.items()]
    menu = select(SCOPE, "Choose whose budget", scopes)
    if command.scope:
        menu["initial_option"] = option(_SCOPES[command.scope], command.scope)
    person = command.whose if command.scope is Scope.PERSON else ""
    channel = command.whose if command.scope is Scope.CHANNEL else ""
    blocks = [
        context("Now: " + " · ".join(now)),
        input_block(SCOPE, "Whose budget", menu),
        input_block(
            PERSON,
            "Only for this person",
            users_select(PERSON, chosen=person),
            hint="Leave it empty for everybody.",
            optional=True,
        ),
        input_block(
            CHANNEL,
            "Only for this channel",
            conversations_select(CHANNEL, chosen=channel),
            hint="Leave it empty for every channel.",
            optional=True,
        ),
        input_block(
            AMOUNT,
            "US dollars",
            text_input(AMOUNT, max_length=20),
            hint='Such as 5 or 2.50. "off" for no limit, "default" to clear the setting.',
        ),
    ]
    return form(
        action_ids.ADMIN_BUDGET, "Budget", blocks, submit="Save", private_metadata=str(opened_in)
    )


def access_form(opened_in: OpenedIn) -> View:
    """Return the form that allows or denies channels, people and processors."""
    allowed = opened_in.allowed
    verb = "allow" if allowed else "deny"
    processors = [
        option(f"{each.label} · {each.price_words}", each.name) for each in PROCESSORS.values()
    ]
    also = [
        option("People from outside (Slack Connect)", OUTSIDE),
        option("Guests", GUESTS),
    ]
    offer = "The only ones on offer" if allowed else "No longer on offer"
    blocks = [
        input_block(CHANNELS, "Channels", multi_conversations_select(CHANNELS), optional=True),
        input_block(PEOPLE, "People", multi_users_select(PEOPLE), optional=True),
        input_block(
            ALSO,
            "In these channels, or in this one when none is chosen",
            checkboxes(ALSO, also),
            optional=True,
        ),
        input_block(
            OFFER,
            "Processors",
            multi_select(OFFER, "Choose processors", processors),
            hint=f"{offer}, in these channels, or everywhere when none is chosen.",
            optional=True,
        ),
    ]
    return form(
        action_ids.ADMIN_ACCESS,
        verb.capitalize(),
        blocks,
        submit=verb.capitalize(),
        private_metadata=str(opened_in),
    )


# --- what was sent ----------------------------------------------------------------------


def parse_admin_submission(body: JSON) -> AdminSubmission | FormErrors:
    """Parse the body of a ``view_submission`` of these forms, or say what is wrong, by block.

    Raises:
        InvalidSubmission: it does not say where it was opened, or who sends it.
    """
    view = part(body, "view")
    opened_in, by = OpenedIn.parse(word(view, "private_metadata")), word(part(body, "user"), "id")
    if not _PERSON_ID.fullmatch(by):
        raise InvalidSubmission(UNREADABLE)
    values = part(part(view, "state"), "values")
    is_budget = word(view, "callback_id") == action_ids.ADMIN_BUDGET
    command = _budget(values) if is_budget else _permit(values, allowed=opened_in.allowed)
    if isinstance(command, FormErrors):
        return command
    return AdminSubmission(opened_in, UserId(by), command)


def _budget(values: JSON) -> SetBudget | FormErrors:
    chosen = word(part(_value(values, SCOPE), "selected_option"), "value")
    person = word(_value(values, PERSON), "selected_user")
    channel = word(_value(values, CHANNEL), "selected_conversation")
    typed = word(_value(values, AMOUNT), "value").strip()
    complaints: dict[str, str] = {}
    if chosen not in set(Scope):
        complaints[SCOPE] = "Please choose whose budget it is."
    elif person and chosen != Scope.PERSON:
        complaints[PERSON] = f"Clear this, or choose “{_SCOPES[Scope.PERSON]}” above."
    elif channel and chosen != Scope.CHANNEL:
        complaints[CHANNEL] = f"Clear this, or choose “{_SCOPES[Scope.CHANNEL]}” above."
    elif person and not _PERSON_ID.fullmatch(person):
        complaints[PERSON] = "Please choose a person."
    elif channel and not _CHANNEL_ID.fullmatch(channel):
        complaints[CHANNEL] = "Please choose a channel."
    clears = typed.lower() == DEFAULT
    amount = None if clears else amount_of(typed)
    if amount is None and not clears:
        complaints[AMOUNT] = "Please write dollars such as 5 or 2.50, or “off” or “default”."
    if complaints:
        return FormErrors(complaints)
    return SetBudget(Scope(chosen), person or channel, amount, is_given=True)


def _permit(values: JSON, *, allowed: bool) -> Permit | FormErrors:
    channels = _ids(_value(values, CHANNELS), "selected_conversations", _CHANNEL_ID)
    people = _ids(_value(values, PEOPLE), "selected_users", _PERSON_ID)
    also = _chosen(_value(values, ALSO))
    processors = tuple(each for each in _chosen(_value(values, OFFER)) if each in PROCESSORS)
    permit = Permit(
        allowed,
        channels=tuple(map(ChannelId, channels)),
        people=tuple(map(UserId, people)),
        outside=OUTSIDE in also,
        guests=GUESTS in also,
        offer=bool(processors),
        processors=processors,
    )
    if permit.is_empty:
        return FormErrors(
            {CHANNELS: "Please choose a channel, a person or a processor, or tick a box."}
        )
    return permit


def _value(values: JSON, name: str) -> JSON:
    return part(part(values, name), name)


def _ids(value: JSON, name: str, pattern: re.Pattern[str]) -> Sequence[str]:
    found = (each for each in items(value.get(name)) if isinstance(each, str))
    return [each for each in dict.fromkeys(found) if pattern.fullmatch(each)]


def _chosen(value: JSON) -> Sequence[str]:
    options = items(value.get("selected_options"))
    return [word(each, "value") for each in options if isinstance(each, dict)]
