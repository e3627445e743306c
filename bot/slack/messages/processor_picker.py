"""The processor picker, and the replies to ``/processor`` and its menus. Pure.

One person sees them. A processor can be set for a message, a thread, a person or a channel; the
first of these counts. The picker shows the four levels, and the table of all processors on demand.
"""

from __future__ import annotations

from collections.abc import Collection

from bot.domain.choices import Choices, FollowUps, Source
from bot.domain.choosing import EVERY, processor_in_force
from bot.domain.processors import LEVELS, PROCESSORS, Processor, nearest_name
from bot.ports import Blocks, Message
from bot.slack import action_ids
from bot.slack.blockkit.blocks import Block, actions, context, section
from bot.slack.blockkit.elements import button
from bot.slack.messages.offers import available
from bot.slack.messages.processor_menu import processor_menu
from bot.slack.text.escaping import escape_mrkdwn
from bot.slack.wording import one_line_without_code

_WHY = {
    Source.MESSAGE: "asked for in the message",
    Source.THREAD: "set for this thread",
    Source.PERSON: "your own setting",
    Source.CHANNEL: "set for this channel",
    Source.DEFAULT: "workspace default",
}
_USAGE = (
    "`/processor deep` sets this channel, `/processor me exhaustive` sets it just for you, "
    "everywhere. `/processor reset` and `/processor me reset` clear the setting, and "
    "`/processor me` shows yours. Any processor's own name works, too, such as `pro-fast`. Slack "
    "doesn't allow slash commands in threads, so use *Processor for this thread…* in the ⋯ menu "
    "under an answer, or start a message with `!deep` to use it once."
)
_REPLIES_USAGE = (
    "In this channel, `/processor replies mention` makes me answer only replies that mention me, "
    "`/processor replies only-me` only replies from people who have mentioned me in the thread, "
    "and `/processor replies every` every reply in my threads. `/processor replies reset` clears "
    "the setting."
)
_REPLIES = {
    FollowUps.EVERY: (
        "In this channel, I answer every reply in my threads, unless it's for somebody else or "
        "begins with `//` or `aside`"
    ),
    FollowUps.MENTION: ("In this channel, I answer only replies in my threads that mention me"),
    FollowUps.ASKER: (
        "In this channel, I answer replies in my threads only from people who have mentioned me "
        "there"
    ),
}
_ORDER = (
    "Priority: `!name` in a message, then thread, then you, then channel, then default. *Quick* "
    "answers in about 3 s, without sources. A `-fast` processor costs the same and is 2–5× faster, "
    "with slightly less fresh data."
)
_CURRENT = "  ←\N{NO-BREAK SPACE}current"
_NOTES = (_ORDER, _USAGE, _REPLIES_USAGE)


# --- the picker -------------------------------------------------------------------------


def processor_picker(
    choices: Choices,
    default: str,
    offered: Collection[str] = EVERY,
    *,
    everything: bool = False,
) -> Message:
    """Show the levels, the processor in force and why, and menus to set one.

    Args:
        choices: the person's and the channel's.
        default: the bot's own, by name.
        offered: the names of the processors on offer here.
        everything: show a table of all processors instead of the levels.
    """
    now, source = processor_in_force(None, choices, default, offered)
    head = _in_force(now, source)
    table = _table(now, offered) if everything else _levels(now, offered)
    here, mine = _settings(choices, offered)
    buttons = [
        button(label, action, action_ids.INHERIT)
        for label, action, shown in (
            ("All processors…", action_ids.PROCESSORS_ALL, not everything),
            ("Reset this channel", action_ids.RESET_CHANNEL, choices.channel),
            ("Reset mine", action_ids.RESET_MINE, choices.person),
        )
        if shown
    ]
    blocks: Blocks = [
        section(head),
        section(table),
        _with_menu(here, action_ids.PROCESSOR_CHANNEL, choices.channel, offered),
        _with_menu(mine, action_ids.PROCESSOR_MINE, choices.person, offered),
    ]
    if buttons:
        blocks.append(actions(buttons))
    blocks.append(context(*_NOTES))
    return Message("\n".join((head, table, here, mine, *_NOTES)), blocks)


def current_choices(choices: Choices, default: str, offered: Collection[str] = EVERY) -> Message:
    """Show the processor in force and the settings, without menus."""
    lines = (
        _in_force(*processor_in_force(None, choices, default, offered)),
        *_settings(choices, offered),
        "To change yours, type `/processor me deep`, for example. `/processor me reset` clears it, "
        "and `/processor` shows everything.",
    )
    return Message("\n".join(lines))


def _settings(choices: Choices, offered: Collection[str]) -> tuple[str, str]:
    return (
        f"*This channel:* {_shown(choices.channel, offered)}",
        f"*Just me, everywhere:* {_shown(choices.person, offered)}",
    )


def _with_menu(words: str, action: str, chosen: str | None, offered: Collection[str]) -> Block:
    """Return a section with a menu of processors.

    Its id changes with the setting: clients keep showing the last selection in a block that they
    know, even after a reset.
    """
    if not offered:
        return section(words)
    block_id = f"{action}:{chosen or action_ids.INHERIT}"
    menu = processor_menu(action, chosen, offered=offered)
    return section(words, accessory=menu, block_id=block_id)


def _levels(now: Processor, offered: Collection[str]) -> str:
    """List the levels on offer, each with its price, its usual time and what it suits."""
    levels = [level for level in LEVELS if level.processor.name in offered]
    if not levels:
        return _table(now, offered)
    return "\n".join(
        f"• *{level.processor.label}* · {level.processor.facts} · {level.suits}"
        f"{_CURRENT if level.processor is now else ''}"
        for level in levels
    )


def _table(now: Processor, offered: Collection[str]) -> str:
    """List all processors on offer, each in a row that fits a phone."""
    if not offered:
        return available(offered)
    rows = "\n".join(_row(p, now) for p in PROCESSORS.values() if p.name in offered)
    levels = ", ".join(
        f"*{level.name}* is `{level.processor.name}`"
        for level in LEVELS
        if level.processor.name in offered
    )
    return f"```\n{rows}\n```\n{levels}." if levels else f"```\n{rows}\n```"


def _row(processor: Processor, now: Processor) -> str:
    mark = " ←" if processor is now else ""
    return f"{processor.name:<12} {processor.price_words:<6} {processor.usual_time}{mark}"


def _shown(chosen: str | None, offered: Collection[str]) -> str:
    if chosen not in PROCESSORS:
        return "default"
    label = PROCESSORS[chosen].label
    return label if chosen in offered else f"{label}, which isn't on offer here"


# --- the answers to commands and choices ------------------------------------------------


def help_text(offered: Collection[str] = EVERY) -> Message:
    """Say how the command is used."""
    return Message(
        "`/processor` shows the processors with their prices and usual times, and what is set.\n"
        f"{_USAGE}\n{_ORDER}\n{_REPLIES_USAGE}\n{available(offered)}"
    )


def set_for_channel(choices: Choices, default: str, offered: Collection[str] = EVERY) -> Message:
    """Confirm the setting of a channel.

    Args:
        choices: the current ones of the person and the channel.
        default: the bot's own, by name.
        offered: the names of the processors on offer here.
    """
    now, source = processor_in_force(None, choices, default, offered)
    if choices.channel in PROCESSORS:
        words = f"This channel now uses {_with_terms(PROCESSORS[choices.channel])}."
    else:
        words = "Channel setting cleared."
    if source is Source.PERSON:
        return Message(
            f"{words}\nFor you, your own setting, *{now.label}*, takes priority. `/processor me "
            "reset` clears it."
        )
    return Message(words if source is Source.CHANNEL else f"{words}\n{_in_force(now, source)}")


def set_for_person(choices: Choices, default: str, offered: Collection[str] = EVERY) -> Message:
    """Confirm the setting of a person; the arguments are those of `set_for_channel`."""
    if choices.person in PROCESSORS:
        chosen = PROCESSORS[choices.person]
        return Message(f"Your questions now use {_with_terms(chosen)}, everywhere.")
    now, source = processor_in_force(None, choices, default, offered)
    return Message(f"Your own setting is cleared.\n{_in_force(now, source)}")


def set_for_thread(name: str | None) -> Message:
    """Confirm the setting of a thread; None: it was cleared."""
    if name is None:
        return Message(
            "Thread setting cleared. Follow-ups here use each person's setting, else the "
            "channel's, else the default."
        )
    return Message(f"Follow-ups in this thread now use {_with_terms(PROCESSORS[name])}.")


def unknown_processor(name: str, offered: Collection[str] = EVERY) -> Message:
    """Say that there is no such processor, suggest the nearest, and list those on offer."""
    close = nearest_name(name, offered)
    hint = f" Did you mean `{close}`?" if close else ""
    shown = escape_mrkdwn(one_line_without_code(name, 40))
    return Message(
        f"There's no processor called `{shown}`.{hint} Nothing was changed.\n{available(offered)}"
    )


def replies_set(chosen: FollowUps | None, default: FollowUps) -> Message:
    """Confirm which replies are follow-ups in a channel.

    Args:
        chosen: for the channel; None: the setting was cleared.
        default: in force without a setting.
    """
    if chosen is None:
        return Message(f"Channel setting cleared. {_REPLIES[default]}.")
    return Message(f"{_REPLIES[chosen]}.")


def replies_now(chosen: FollowUps | None, default: FollowUps) -> Message:
    """Say which replies are follow-ups in a channel.

    Args:
        chosen: for the channel; None: there is no setting.
        default: in force without a setting.
    """
    why = "set for this channel" if chosen else "workspace default"
    return Message(f"{_REPLIES[chosen or default]} ({why}).\n{_REPLIES_USAGE}")


def replies_unknown(words: str) -> Message:
    """Say that no replies are called that; the words are untrusted."""
    shown = escape_mrkdwn(one_line_without_code(words, 40))
    return Message(f"I don't understand `replies {shown}`. Nothing was changed.\n{_REPLIES_USAGE}")


def _with_terms(processor: Processor) -> str:
    return f"*{processor.label}* ({processor.terms})"


def _in_force(now: Processor, source: Source) -> str:
    return f"Your questions here use *{now.label}* ({_WHY[source]}) · {now.terms}"
