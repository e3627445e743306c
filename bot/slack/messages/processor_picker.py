"""The processor picker, and the replies to ``/processor`` and its menus. Pure.

One person sees them. A processor can be set for a message, a thread, a person or a channel; the
first of these counts. The picker shows the four levels, and the table of all processors on demand.
`here` is what a channel is called where they read it: `wording.place_name`.
"""

from __future__ import annotations

from collections.abc import Collection

from bot.domain.choices import Choices, Source
from bot.domain.choosing import EVERY, processor_in_force
from bot.domain.processors import LEVELS, PROCESSORS, Processor, nearest_name
from bot.ports import Blocks, Message
from bot.slack import action_ids
from bot.slack.blockkit.blocks import Block, actions, context, section
from bot.slack.blockkit.elements import button
from bot.slack.messages import replies_setting
from bot.slack.messages.offers import available
from bot.slack.messages.processor_menu import processor_menu
from bot.slack.text.escaping import escape_mrkdwn
from bot.slack.wording import CHANNEL, one_line_without_code

_WHY = {
    Source.MESSAGE: "asked for in the message",
    Source.THREAD: "set for this thread",
    Source.PERSON: "your own setting",
    Source.CHANNEL: "set for this {here}",
    Source.DEFAULT: "workspace default",
}
_USAGE = (
    "`/processor deep` sets this {here}, `/processor me exhaustive` sets it just for you, "
    "everywhere. `/processor reset` and `/processor me reset` clear the setting, and "
    "`/processor me` shows yours. Any processor's own name works, too, such as `pro-fast`. Slack "
    "doesn't allow slash commands in threads, so use *Processor for this thread…* in the ⋯ menu "
    "under an answer, or start a message with `!deep` to use it once."
)
_ORDER = (
    "Priority: `!name` in a message, then thread, then you, then {here}, then default. *Quick* "
    "answers in about 3 s, without sources. A `-fast` processor costs the same and is 2–5× faster, "
    "with slightly less fresh data."
)
_CURRENT = "  ←\N{NO-BREAK SPACE}current"


# --- the picker -------------------------------------------------------------------------


def processor_picker(
    choices: Choices,
    default: str,
    offered: Collection[str] = EVERY,
    *,
    everything: bool = False,
    here: str = CHANNEL,
) -> Message:
    """Show the levels, the processor in force and why, and menus to set one.

    Args:
        choices: the person's and the channel's.
        default: the bot's own, by name.
        offered: the names of the processors on offer here.
        everything: show a table of all processors instead of the levels.
        here: what a channel is called here.
    """
    now, source = processor_in_force(None, choices, default, offered)
    head = _in_force(now, source, here)
    table = _table(now, offered) if everything else _levels(now, offered)
    place, mine = _settings(choices, offered, here)
    buttons = [
        button(label, action, action_ids.INHERIT)
        for label, action, shown in (
            ("All processors…", action_ids.PROCESSORS_ALL, not everything),
            (f"Reset this {here}", action_ids.RESET_CHANNEL, choices.channel),
            ("Reset mine", action_ids.RESET_MINE, choices.person),
        )
        if shown
    ]
    blocks: Blocks = [
        section(head),
        section(table),
        _with_menu(place, action_ids.PROCESSOR_CHANNEL, choices.channel, offered),
        _with_menu(mine, action_ids.PROCESSOR_MINE, choices.person, offered),
    ]
    if buttons:
        blocks.append(actions(buttons))
    notes = _notes(here)
    blocks.append(context(*notes))
    return Message("\n".join((head, table, place, mine, *notes)), blocks)


def _notes(here: str) -> tuple[str, ...]:
    notes = (_ORDER.format(here=here), _USAGE.format(here=here))
    return (*notes, replies_setting.USAGE) if here == CHANNEL else notes


def current_choices(
    choices: Choices, default: str, offered: Collection[str] = EVERY, here: str = CHANNEL
) -> Message:
    """Show the processor in force and the settings, without menus."""
    lines = (
        _in_force(*processor_in_force(None, choices, default, offered), here),
        *_settings(choices, offered, here),
        "To change yours, type `/processor me deep`, for example. `/processor me reset` clears it, "
        "and `/processor` shows everything.",
    )
    return Message("\n".join(lines))


def _settings(choices: Choices, offered: Collection[str], here: str) -> tuple[str, str]:
    return (
        f"*This {here}:* {_shown(choices.channel, offered)}",
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


def help_text(offered: Collection[str] = EVERY, here: str = CHANNEL) -> Message:
    """Say how the command is used."""
    order, usage, *replies = _notes(here)
    first = "`/processor` shows the processors with their prices and usual times, and what is set."
    return Message("\n".join((first, usage, order, *replies, available(offered))))


def set_for_channel(
    choices: Choices, default: str, offered: Collection[str] = EVERY, here: str = CHANNEL
) -> Message:
    """Confirm the setting of a channel.

    Args:
        choices: the current ones of the person and the channel.
        default: the bot's own, by name.
        offered: the names of the processors on offer here.
        here: what a channel is called here.
    """
    now, source = processor_in_force(None, choices, default, offered)
    if choices.channel in PROCESSORS:
        words = f"This {here} now uses {_with_terms(PROCESSORS[choices.channel])}."
    else:
        words = f"{here.capitalize()} setting cleared."
    if source is Source.PERSON:
        return Message(
            f"{words}\nFor you, your own setting, *{now.label}*, takes priority. `/processor me "
            "reset` clears it."
        )
    return Message(
        words if source is Source.CHANNEL else f"{words}\n{_in_force(now, source, here)}"
    )


def set_for_person(
    choices: Choices, default: str, offered: Collection[str] = EVERY, here: str = CHANNEL
) -> Message:
    """Confirm the setting of a person; the arguments are those of `set_for_channel`."""
    if choices.person in PROCESSORS:
        chosen = PROCESSORS[choices.person]
        return Message(f"Your questions now use {_with_terms(chosen)}, everywhere.")
    now, source = processor_in_force(None, choices, default, offered)
    return Message(f"Your own setting is cleared.\n{_in_force(now, source, here)}")


def set_for_thread(name: str | None, here: str = CHANNEL) -> Message:
    """Confirm the setting of a thread; None: it was cleared."""
    if name is None:
        return Message(
            "Thread setting cleared. Follow-ups here use each person's setting, else the "
            f"{here}'s, else the default."
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


def _with_terms(processor: Processor) -> str:
    return f"*{processor.label}* ({processor.terms})"


def _in_force(now: Processor, source: Source, here: str) -> str:
    why = _WHY[source].format(here=here)
    return f"Your questions here use *{now.label}* ({why}) · {now.terms}"
