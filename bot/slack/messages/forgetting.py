"""What is said about forgetting a thread. Pure."""

from __future__ import annotations

from bot.domain.thread import UserId
from bot.ports import Message
from bot.ports.forgetting import Forgetting
from bot.slack.blockkit.blocks import section

LABEL = "Forget this thread…"

#: What deleting does, and what it cannot do; mrkdwn, for the form.
DELETED = (
    "This deletes what I store about this thread: its questions, what I remember of its answers, "
    "its processor and its mute. The buttons under its answers stop working, and replies are no "
    "longer follow-ups. It can't be undone."
)
NOT_DELETED = (
    "*What stays:* the messages here in Slack, which you can delete yourself, and the runs and "
    "answers at Parallel, which offers no way to delete them. Usage figures stay, without any "
    "text.\n"
    "If somebody mentions me here again, I start over, and read the thread's messages in Slack as "
    "in any other thread."
)

NO_LINK = (
    ":grey_question: That isn't the link of a message. Use *Copy link* in the menu of any message "
    "in the thread, and write `/threadline forget LINK`."
)


def thread_note(by: UserId) -> Message:
    """Tell a thread that it was forgotten, and what replies do from now on."""
    words = (
        f":wastebasket: <@{by}> had me delete what I stored about this thread. Replies here are no "
        "longer follow-ups. To start over, mention me."
    )
    return Message(words, [section(words)])


def outcome(what: Forgetting) -> str:
    """Say to one person what became of a thread that they wanted forgotten."""
    match what:
        case Forgetting.FORGOTTEN:
            return (
                ":wastebasket: Done: I deleted what I stored about this thread. Messages in Slack "
                "and runs at Parallel stay. To start over there, mention me."
            )
        case Forgetting.BUSY:
            return (
                ":hourglass: I'm still working on something in that thread, so I can't forget it "
                "yet. Stop it first (*Stop* under its status, or reply `stop`), or wait until it's "
                "done, and try again."
            )
        case Forgetting.NOT_THEIRS:
            return (
                ":lock: Only the person who asked every question in that thread, or a Threadline "
                "admin, can have me forget it."
            )
        case Forgetting.NOTHING:
            return "I don't store any questions of that thread. There's nothing to forget."
