"""What the bot says about processors: the picker, what was chosen, help. Pure; seen by one person.

A choice can be made for a message, a thread, a person or a channel; the first of these counts.
"""

from __future__ import annotations

from typing import Any

from bot.choosing import in_force
from bot.model import Choices, FollowUps, Source
from bot.ports import Blocks, Message
from bot.processors import PROCESSORS, Processor, nearest
from bot.slack import actions
from bot.slack.blockkit import button, cut, mrkdwn, option, plain_text
from bot.slack.text import mrkdwn as escaped

_WHY = {
    Source.MESSAGE: "asked for in the message",
    Source.THREAD: "chosen for this thread",
    Source.PERSON: "your own choice",
    Source.CHANNEL: "chosen for everyone here",
    Source.DEFAULT: "my default; nobody chose here",
}
_USAGE = (
    "`/processor pro-fast` chooses for everyone here, `/processor me ultra` only for you, "
    "everywhere. `/processor reset` and `/processor me reset` take it back. Threads have no "
    "commands: use *Processor for this thread…* in the ⋯ menu under an answer, or begin a message "
    "with `!pro-fast` for that one only."
)
_REPLIES_USAGE = (
    "`/processor replies mention` makes me answer only replies that mention me in this channel, "
    "`/processor replies every` all replies in my threads; `/processor replies reset` takes it "
    "back."
)
_REPLIES = {
    FollowUps.EVERY: (
        "in this channel every reply in my threads is a follow-up, unless it begins with `//`, "
        "`aside` or a mention of somebody else"
    ),
    FollowUps.MENTION: (
        "in this channel I answer only those replies in my threads that mention me"
    ),
}
_ORDER = (
    "What counts first: the message's `!name`, the thread's processor, your own choice, the one "
    "for everyone here, my default. `speed` answers in about 3 s, without sources. `-fast` costs "
    "the same and takes a half to a fifth of the time; what it finds is slightly less fresh."
)
_NOTES = (_ORDER, _USAGE, _REPLIES_USAGE)


# --- the picker -------------------------------------------------------------------------


def picker(choices: Choices, default: str) -> Message:
    """Show all processors, what is in force and why, and menus to choose with.

    Args:
        choices: the person's and the channel's.
        default: the bot's own, by name.
    """
    now, source = in_force(None, choices, default)
    head = _in_force(now, source)
    table = "```\n" + "\n".join(_row(p, now) for p in PROCESSORS.values()) + "\n```"
    here = f"*Everyone here:* {_shown(choices.channel)}"
    mine = f"*Only you, everywhere:* {_shown(choices.person)}"
    resets = [
        button(label, action, actions.INHERIT)
        for label, action, chosen in (
            ("Reset for everyone here", actions.RESET_CHANNEL, choices.channel),
            ("Reset for me", actions.RESET_MINE, choices.person),
        )
        if chosen
    ]
    blocks: Blocks = [
        {"type": "section", "text": mrkdwn(head)},
        {"type": "section", "text": mrkdwn(table)},
        _with_menu(here, actions.PROCESSOR_CHANNEL, choices.channel),
        _with_menu(mine, actions.PROCESSOR_MINE, choices.person),
    ]
    if resets:
        blocks.append({"type": "actions", "elements": resets})
    blocks.append({"type": "context", "elements": [mrkdwn(each) for each in _NOTES]})
    return Message("\n".join((head, table, here, mine, *_NOTES)), blocks)


def _with_menu(words: str, action: str, chosen: str | None) -> dict[str, Any]:
    """Put a menu of all processors beside the words.

    The block's id changes with the choice: clients keep showing what was picked in a block that
    they know, also after the choice was taken back.
    """
    options = {p.name: option(f"{p.name} · {p.facts}", p.name) for p in PROCESSORS.values()}
    menu = {
        "type": "static_select",
        "action_id": action,
        "placeholder": plain_text("Choose"),
        "options": list(options.values()),
    }
    if chosen in options:
        menu["initial_option"] = options[chosen]
    return {
        "type": "section",
        "block_id": f"{action}:{chosen or actions.INHERIT}",
        "text": mrkdwn(words),
        "accessory": menu,
    }


def _row(processor: Processor, now: Processor) -> str:
    mark = "  ← now" if processor is now else ""
    if processor.is_chat:
        return f"{processor.name:<12}  {processor.facts}{mark}"
    return f"{processor.name:<12}  {processor.price_words:<6}  {processor.usual_time}{mark}"


def _shown(chosen: str | None) -> str:
    return chosen if chosen in PROCESSORS else "no choice"


# --- the answers to commands and choices ------------------------------------------------


def help_text() -> Message:
    """Say how the command is used."""
    return Message(
        "`/processor` shows every processor with its price and usual time, and what is chosen.\n"
        f"{_USAGE}\n{_ORDER}\n{_REPLIES_USAGE}\n{_list()}"
    )


def set_for_channel(choices: Choices, default: str) -> Message:
    """Confirm the channel's choice.

    Args:
        choices: the person's and the channel's, as they are now.
        default: the bot's own, by name.
    """
    now, source = in_force(None, choices, default)
    if choices.channel in PROCESSORS:
        words = _done("for everyone here", choices.channel)
    else:
        words = "Done: there is no choice for everyone here any more."
    if source is Source.PERSON:
        return Message(
            f"{words}\nFor you, your own choice *{now.name}* goes first; `/processor me reset` "
            "takes it back."
        )
    return Message(words if source is Source.CHANNEL else f"{words}\n{_in_force(now, source)}")


def set_for_person(choices: Choices, default: str) -> Message:
    """Confirm a person's own choice; the arguments are those of `set_for_channel`."""
    if choices.person in PROCESSORS:
        return Message(_done("for you, everywhere,", choices.person))
    now, source = in_force(None, choices, default)
    return Message(f"Done: you have no choice of your own any more.\n{_in_force(now, source)}")


def set_for_thread(name: str | None) -> Message:
    """Confirm a thread's choice; None: it was taken back."""
    if name is None:
        return Message(
            "Done: follow-ups in this thread use what each person or the channel chose, else my "
            "default."
        )
    return Message(_done("for follow-ups in this thread", name))


def unknown(name: str) -> Message:
    """Say that there is no such processor, name the nearest, and list them all."""
    close = nearest(name)
    hint = f" Did you mean `{close.name}`?" if close else ""
    shown = escaped(cut(" ".join(name.replace("`", "'").split()), 40))
    return Message(f"There is no processor called `{shown}`.{hint} Nothing was changed.\n{_list()}")


def replies_set(chosen: FollowUps | None, default: FollowUps) -> Message:
    """Confirm which replies are follow-ups in a channel.

    Args:
        chosen: for the channel; None: the choice was taken back.
        default: in force where nobody chose.
    """
    if chosen is None:
        return Message(f"Done: nothing is chosen here any more, so {_REPLIES[default]}.")
    return Message(f"Done: {_REPLIES[chosen]}.")


def _done(whom: str, name: str) -> str:
    return f"Done: {whom} I now use *{name}*: {PROCESSORS[name].terms}."


def _in_force(now: Processor, source: Source) -> str:
    return f"For your questions here I use *{now.name}* ({_WHY[source]}): {now.terms}."


def _list() -> str:
    return "There are: " + ", ".join(f"`{name}`" for name in PROCESSORS) + "."
