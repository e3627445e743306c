"""What `/threadline` can be asked for, and what it says of words that it does not know. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from bot.domain.thread import UserId
from bot.ports import Message
from bot.slack.messages.admin import MOST_LISTED, in_sections
from bot.slack.text.escaping import escape_mrkdwn
from bot.slack.wording import one_line_without_code

ME = "`/threadline me` shows what you've spent and what is left of your budgets."

FORGET = (
    "`/threadline forget LINK` deletes what is stored of a thread in which you asked every "
    "question; an admin can delete any. LINK is any message in it: *Copy link* in its ⋮ menu."
)

#: How each command but these two is typed, by its first word; for admins.
USAGE = {
    "usage": (
        "`/threadline usage` shows what was spent today, `usage month` this month. `usage csv` and "
        "`usage month csv` bring it as a file."
    ),
    "budget": (
        "`/threadline budget person 5` gives each person $5 a day, `budget person @ada 10` one "
        "person, `budget channel 20` each channel, `budget channel #news 50` one channel, and "
        "`budget workspace 500` sets the month. Instead of an amount, `off` means no limit and "
        "`default` clears it. Without an amount a form opens."
    ),
    "allow": (
        "`/threadline allow #news` or `allow @ada` lets a channel or a person ask, and `allow "
        "channels` or `allow people` all that aren't listed. `allow outside` and `allow guests` "
        "open this channel, or those you name, to people from outside and to guests. `allow "
        "processors core-fast pro-fast` offers only these, `allow #news processors lite` only in "
        "that channel. `default` at the end clears a setting. `allow` alone opens a form."
    ),
    "deny": (
        "`/threadline deny #news` or `deny @ada` refuses a channel or a person, and `deny "
        "channels` or `deny people` all that aren't listed. `deny outside` and `deny guests` "
        "close this channel, or those you name. `deny processors ultra8x` takes a processor off "
        "the offer. `default` at the end clears a setting. `deny` alone opens a form."
    ),
    "limits": "`/threadline limits` shows what may be spent and asked here.",
    "why": (
        "`/threadline why` shows all that is in force for you here, and where it comes from; `why "
        "@ada` and `why #news` show it for a person or a channel."
    ),
    "audit": "`/threadline audit` shows who changed what; `audit json` brings it all as a file.",
}

FILE_FOLLOWS = ":paperclip: The file comes as a direct message from me, which only you see."


def here_is(title: str) -> str:
    """Say what a file is that follows."""
    return f"{title}, as you asked with `/threadline`:"


def not_sent(title: str) -> str:
    """Say that Slack did not take a file."""
    return f"Sorry, I couldn't send you the file “{title}”: Slack didn't take it. Try again."


def help_text(*, is_admin: bool) -> Message:
    """Say what can be asked for."""
    if not is_admin:
        return in_sections(f"{ME}\n{FORGET}")
    lines = (f"• {each}" for each in USAGE.values())
    return in_sections("\n".join((ME, FORGET, "", "*For admins*", *lines)))


def unclear(words: str, about: str, *, is_admin: bool) -> Message:
    """Say that words mean nothing here, and what would.

    Args:
        words: as they were typed; untrusted.
        about: the command that they follow, or its misspelling.
        is_admin: whether the person may use more than `me`.
    """
    shown = escape_mrkdwn(one_line_without_code(words, 60))
    head = f":grey_question: I don't understand `{shown}`. Nothing was changed."
    if about == "forget":
        return in_sections(f"{head}\n{FORGET}")
    if not is_admin:
        return in_sections(f"{head}\n{ME}")
    known = about if about in USAGE else _nearest(about)
    if known is None:
        return in_sections(f"{head}\n{help_text(is_admin=True).text}")
    hint = "" if known == about else f" Did you mean `{known}`?"
    ids = ""
    if known in ("allow", "deny", "budget", "why"):
        ids = "\nPick people and channels from Slack's list after `@` or `#`, or write their IDs."
    return in_sections(f"{head}{hint}\n{USAGE[known]}{ids}")


def for_admins_only(admins: Sequence[UserId]) -> Message:
    """Say that only admins may do that, and who they are."""
    if not admins:
        return in_sections(
            ":lock: Only admins can do that, and none are set. Whoever runs this bot can list them "
            f"in `ADMINS`. {ME}"
        )
    named = ", ".join(f"<@{each}>" for each in sorted(admins)[:MOST_LISTED])
    return in_sections(f":lock: Only admins can do that: {named}. {ME}")


def unavailable() -> Message:
    """Say that nothing can be read or changed now."""
    return in_sections(
        "Sorry, I couldn't do that: my database is unavailable. Try again in a moment. If it was a "
        "change, `/threadline audit` shows whether it was made."
    )


def no_channel_here() -> str:
    """Say that people from outside and guests are allowed by channel, and this is none."""
    return (
        "People from outside and guests are allowed channel by channel, and this isn't a channel. "
        "Name one: `/threadline allow outside #news`. Nothing was changed."
    )


def nothing_left_to_offer() -> str:
    """Say that one processor at least must stay on offer."""
    return "That would leave no processor on offer. Nothing was changed."


def _nearest(word: str) -> str | None:
    found = difflib.get_close_matches(word.lower(), USAGE, n=1, cutoff=0.6)
    return found[0] if found else None
