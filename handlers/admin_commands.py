"""`/threadline`: what admins see and change, and what anybody has spent.

Only `ADMINS` may use more than `me` and `forget`. They may everywhere, also where questions are not
taken: how else would they allow it. Files are sent as a direct message, which only the person sees.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.domain import policies
from bot.domain.access import Verdict
from bot.domain.budgets import Scope
from bot.domain.effective import in_force
from bot.domain.thread import ChannelId, ThreadKey
from bot.errors import AnswerLost, Refused, Unavailable
from bot.ports import HandlerContext, Message, Upload
from bot.slack.messages import admin_help, admin_settings, ephemeral
from bot.slack.messages.admin import in_sections, refused
from bot.slack.payloads import admin_commands as commands
from bot.slack.payloads.interactivity import Command, parse_slash_command
from bot.slack.views import admin_forms
from handlers import admin_reports
from handlers.admin_changes import Admin, change
from handlers.admin_reports import Report
from handlers.forgetting import open_forget_form_of
from handlers.interactivity import open_view
from handlers.rejection import Rejected

log = logging.getLogger(__name__)


def register(app: AsyncApp, context: HandlerContext) -> None:
    """Listen to the slash command."""
    app.command("/threadline")(partial(threadline_command, context))


async def threadline_command(
    context: HandlerContext, body: dict[str, Any], ack: AsyncAck, respond: AsyncRespond
) -> None:
    """Carry out the command. The answer is the acknowledgement; only the person sees it."""
    command = parse_slash_command(body)
    try:
        async with asyncio.timeout(context.deadlines.act):
            report = await _report(context, command)
    except Rejected as rejected:
        report = Report(rejected.answer)
    except Unavailable as error:
        log.warning("command not carried out: %s", error)
        report = Report(admin_help.unavailable())
    except TimeoutError:
        log.warning("command timed out")
        report = Report(ephemeral.too_slow())
    if report is None:  # a form has opened
        await ack()
        return
    message = report.message
    if report.file:
        message = in_sections(f"{message.text}\n\n{admin_help.FILE_FOLLOWS}")
        context.background.start(_send(context, command, respond, report.file))
    await ack(text=message.text, blocks=message.blocks, response_type="ephemeral")


async def _report(context: HandlerContext, command: Command) -> Report | None:
    """Return the answer to a command; None when a form has opened."""
    if not (command.team and command.channel and command.user):
        return Report(ephemeral.unknown_place())
    who = Admin(command.team, command.channel, command.user)
    asked, is_admin = commands.parse_admin_command(command.text), command.user in context.admins
    match asked:
        case commands.Help():
            return Report(admin_help.help_text(is_admin=is_admin))
        case commands.Me():
            await _require_one_of_ours(context, who)
            return await admin_reports.mine(context, who)
        case commands.Unclear(words, about) if is_admin or about not in admin_help.USAGE:
            return Report(admin_help.unclear(words, about, is_admin=is_admin))
        case commands.Forget(link):  # also for whoever asked all of the thread
            await _require_one_of_ours(context, who)
            await open_forget_form_of(context, who.team, link, who.user, command.trigger_id)
            return None
        case _ if not is_admin:
            raise Rejected(admin_help.for_admins_only(sorted(context.admins)))
        case commands.SetBudget() | commands.Permit():
            return await _change(context, command, who, asked)
    return await _shown(context, who, asked)


async def _change(
    context: HandlerContext,
    command: Command,
    who: Admin,
    asked: commands.SetBudget | commands.Permit,
) -> Report | None:
    """Change something, or open the form for what is not said yet."""
    opened_in = admin_forms.OpenedIn(who.team, who.channel)
    match asked:
        case commands.SetBudget(is_given=False):
            form = admin_forms.budget_form(asked, await _budgets(context, who), opened_in)
        case commands.Permit() if asked.is_empty:
            opened_in = admin_forms.OpenedIn(who.team, who.channel, asked.allowed)
            form = admin_forms.access_form(opened_in)
        case _:
            return Report(await change(context, who, asked))
    await open_view(context, command.trigger_id, form)
    return None


async def _shown(context: HandlerContext, who: Admin, asked: commands.AdminCommand) -> Report:
    match asked:
        case commands.Usage(period, as_csv):
            return await admin_reports.usage(context, who, period, in_file=as_csv)
        case commands.ShowLimits():
            return await admin_reports.limits(context, who)
        case commands.Why(channel, person):
            return await admin_reports.why(context, who, channel, person)
        case commands.Audit(as_file):
            return await admin_reports.audit(context, who, in_file=as_file)
        case _:
            return Report(admin_help.help_text(is_admin=True))


async def _budgets(context: HandlerContext, who: Admin) -> list[str]:
    """Return the budgets that hold for everybody, in words."""
    ours = context.administration
    chosen = await ours.policies.policies(who.team)
    found = [in_force(policies.budget(scope), chosen, ours.environment) for scope in Scope]
    return [
        f"{admin_settings.label(each.name)}: {admin_settings.value_words(each.name, each.value)}"
        for each in found
    ]


async def _require_one_of_ours(context: HandlerContext, who: Admin) -> None:
    """Keep what a channel and the workspace have spent from people of another company."""
    if who.user in context.admins:
        return
    is_direct = who.channel.startswith("D")
    admission = await context.gate.judge(who.channel, who.user, direct=is_direct)
    if admission.verdict in (Verdict.OUTSIDER, Verdict.UNKNOWN):
        words = refused(admission.verdict, admission.access, who.channel, pressed=True)
        raise Rejected(Message(words))


async def _send(
    context: HandlerContext, command: Command, respond: AsyncRespond, file: Upload
) -> None:
    """Send a file as a direct message, or say that Slack did not take it; never raises."""
    try:
        uploaded = await context.messenger.upload(file)
        # A person's id stands for their direct message, whose own id is in the answer.
        direct = await context.messenger.post_in_channel(
            command.team, ChannelId(command.user), Message(admin_help.here_is(file.title))
        )
        there = ThreadKey(command.team, direct.channel, direct.ts)
        await context.messenger.share_file(there, uploaded, file)
    except (Refused, AnswerLost, Unavailable) as error:
        log.warning("file not sent: %s", error)
        await _tell(respond, admin_help.not_sent(file.title))


async def _tell(respond: AsyncRespond, words: str) -> None:
    try:
        await respond(text=words, response_type="ephemeral")
    except Exception as error:  # the response URL is a secret
        log.warning("private reply not sent: %s", type(error).__name__)
