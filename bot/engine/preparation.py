"""What comes before the run: signals, turns that need none, the processor, the question."""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.domain import derived, lifecycle
from bot.domain.access import Verdict
from bot.domain.turn import Ending, EndingKind, State, TurnKind
from bot.engine.context import EngineContext
from bot.engine.endings import end_turn
from bot.engine.leased_turn import LeasedTurn
from bot.engine.posting import Poster
from bot.engine.processor_choice import choose_processor, question_link, with_offer
from bot.engine.signals import apply_signals
from bot.engine.spending import reserve_before_posts
from bot.errors import AnswerLost, HeldOff, Refused, Unavailable
from bot.ports.gate import Admission
from bot.slack.messages import quick_answer
from bot.slack.messages.notices import in_progress
from bot.slack.messages.status import STATUS, question_post
from bot.slack.messages.turn_facts import facts_of
from bot.slack.refusals import refuse_politely, tell_of_wait

log = logging.getLogger(__name__)


async def prepare(context: EngineContext, leased: LeasedTurn) -> None:
    """Apply signals; then end a queued turn that needs no run, or choose its processor.

    Raises HeldOff when its asker has just stopped another turn and may want to stop this one, too.
    """
    await apply_signals(context, leased)
    turn, question = leased.turn, leased.turn.question
    if turn.state is not State.QUEUED:
        return
    if turn.waited and STATUS not in turn.posts:
        left = await context.store.held_for(question.thread, question.asker)
        if left > 0:
            raise HeldOff("its asker has just stopped another turn", left)
    admission, is_message = None, not question.press  # what was pressed was judged then
    if is_message or not question.start.needs_no_run:
        admission = await _admitted(context, leased)
        if admission is None:
            return
    if admission and not question.start.needs_no_run:
        await choose_processor(context, leased, admission.access)
        if admission.sets_budgets or context.budget_rules.are_set:
            await reserve_before_posts(context, leased)
    else:
        kind, message = await _ending_without_run(context, leased)
        await end_turn(context, leased, Ending(kind, context.clock(), message=message))


async def _admitted(context: EngineContext, leased: LeasedTurn) -> Admission | None:
    """Return what admins allow, if the turn's asker may ask here.

    Otherwise the turn has ended, and the asker was told why. Listeners judge mentions before they
    are accepted. Replies are judged here, once it is known that they are ours; and all are judged
    once more, as a channel may have been shared meanwhile. Nothing that a refused message says is
    kept. Small talk is refused without a word.

    Raises Unavailable when nobody can tell yet: no question is lost to a look-up that fails once,
    or to Slack's rate limit, however long that takes. Beyond `RetryTiming.outage` it is refused.
    """
    question, thread = leased.turn.question, leased.turn.question.thread
    looked_up_at = context.clock()
    async with leased.interruptible():
        admission = await context.gate.judge(
            thread.channel, question.asker, direct=question.direct, listener=False
        )
    if leased.turn.signals.is_cancelled:  # a slow Slack leaves time for that
        await apply_signals(context, leased)
        return None
    if admission.verdict is Verdict.UNKNOWN:
        await _wait_for_verdict(context, leased, admission, looked_up_at)
    if leased.turn.unjudged_since is not None:
        leased.stage(replace(leased.turn, unjudged_since=None, look_up_refused_since=None))
    if admission.verdict is Verdict.ALLOWED:
        return admission
    if not question.start.needs_no_run:
        await refuse_politely(context.gate, context.messenger, question, admission)
    leased.stage(lifecycle.wordless(leased.turn))
    ending = Ending(EndingKind.NOT_ALLOWED, context.clock(), message=admission.verdict)
    await end_turn(context, leased, ending)
    return None


async def _wait_for_verdict(
    context: EngineContext, leased: LeasedTurn, admission: Admission, looked_up_at: float
) -> None:
    """Have the asker looked up again later; return when that has failed for too long.

    What Slack refuses is looked up for a short time, counted from the first refusal in a row: an
    outage before it does not count. Where Slack answers nothing, all the time since the first
    look-up counts, the refused ones included. Until then only the asker sees anything, and nothing
    of the question is in it.

    Raises:
        Unavailable: until it is looked up again.
    """
    turn, timing, now = leased.turn, context.retry_timing, context.clock()
    retry_after, is_refused = admission.retry_after, not admission.is_unanswered
    is_worth_it = admission.is_unanswered and not turn.question.start.needs_no_run
    since = turn.look_up_refused_since if is_refused else turn.unjudged_since
    bound = timing.outage if is_worth_it else timing.admission
    if retry_after is None and since is not None and now - since >= bound:
        return
    first = turn.unjudged_since
    if first is None or retry_after is not None:
        first = looked_up_at if retry_after is None else now + retry_after
    refused = (turn.look_up_refused_since or looked_up_at) if is_refused else None
    if (first, refused) != (turn.unjudged_since, turn.look_up_refused_since):
        await leased.save(replace(turn, unjudged_since=first, look_up_refused_since=refused))
    waited = now - first if retry_after is None else max(now - turn.received, retry_after)
    if is_worth_it and waited >= timing.slow_admission:
        await tell_of_wait(context.gate, context.messenger, turn.question)
    raise Unavailable("Slack does not tell who asks, or where", retry_after)


async def _ending_without_run(
    context: EngineContext, leased: LeasedTurn
) -> tuple[EndingKind, str | None]:
    question = leased.turn.question
    match question.start:
        case TurnKind.FILES | TurnKind.SHARE:
            return EndingKind.ANSWERED, None
        case TurnKind.HELP:
            return EndingKind.HELPED, None
        case TurnKind.THANKED:
            await _acknowledge(context, leased)
            return EndingKind.NOTICE, None
        case TurnKind.STATUS:
            return EndingKind.NOTICE, await _describe_progress(context, leased)
        case TurnKind.FORGET:
            return EndingKind.NOTICE, str(context.retention_days)
        case TurnKind.FULL:
            return EndingKind.NOTICE, str(context.bounds.waiting_per_thread)
        case TurnKind.UNKNOWN_PROCESSOR:
            access = await context.gate.access()
            offered = access.offered(question.thread.channel)
            leased.stage(with_offer(context, leased.turn, offered))
            return EndingKind.UNKNOWN_PROCESSOR, question.processor
        case _:
            return EndingKind.NOTICE, None


async def _acknowledge(context: EngineContext, leased: LeasedTurn) -> None:
    """Add a reaction to a message of thanks. Raises Unavailable; a refusal is only logged."""
    question = leased.turn.question
    try:
        await context.messenger.acknowledge(question.thread.channel, question.message)
    except (Refused, AnswerLost) as error:
        log.info("reaction not added: %s", error)


async def _describe_progress(context: EngineContext, leased: LeasedTurn) -> str:
    """Return what is said to a request for the status of the thread; "" when it is idle."""
    current, queued = await context.store.queue_state(leased.turn.question.thread)
    if current is None:
        return ""
    facts = facts_of(current, context.default_processor)
    return in_progress(facts, context.clock(), queued)


async def post_question(context: EngineContext, leased: LeasedTurn, poster: Poster) -> None:
    """Post the text of a question that was written in a form, before anything else about it."""
    turn = leased.turn
    is_posted = not {STATUS, quick_answer.QUICK_ANSWER}.isdisjoint(turn.posts)
    is_due = turn.state is State.QUEUED and not is_posted
    if not is_due or not derived.is_from_form(turn.question):
        return
    link = "" if turn.question.parent else question_link(context, turn)
    facts = facts_of(turn, context.default_processor)
    await poster.post(question_post(facts, link))
    await apply_signals(context, leased)
