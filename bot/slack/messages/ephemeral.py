"""Ephemeral messages: replies to a press or a choice, seen by one person. Pure.

A mention in an ephemeral message notifies nobody else.
"""

from __future__ import annotations

from bot.domain.processors import PROCESSORS
from bot.domain.thread import UserId
from bot.ports import Message


def too_old() -> Message:
    """Say that the turn of a button is no longer stored."""
    return Message(
        "I don't store that question any more: it expired, or its thread was forgotten. Ask it "
        "again."
    )


def already_started() -> Message:
    """Say that what a button asks for is in progress."""
    return Message("Already on it.")


def already_finished() -> Message:
    """Say that what a button asks for has finished."""
    return Message("This run has already finished; see the thread.")


def not_granted() -> Message:
    """Say that what a button asks for was not started: the thread says why."""
    return Message("No run was started; see the thread for why.")


def unknown_place() -> Message:
    """Say that a press has no known message or turn."""
    return Message(
        "Sorry, I can't tell what that was about, so nothing was done. Try again in the "
        "conversation itself."
    )


def not_started() -> Message:
    """Confirm that a run was declined."""
    return Message("OK, no run was started, so there's no charge.")


def lapsed() -> Message:
    """Say that a price was not confirmed in time."""
    return Message("That question expired after an hour; nothing was charged. Ask it again.")


def declined() -> Message:
    """Say that a price can no longer be confirmed."""
    return Message(
        "That question was declined, edited or deleted, so nothing was started. Ask it again."
    )


def not_yours(asker: UserId) -> Message:
    """Say who may decide about a run: its asker, and admins."""
    return Message(f"Only <@{asker}> or a Threadline admin can decide that.")


def asker_may_not_ask(asker: UserId) -> Message:
    """Say to an admin that a price cannot be confirmed, as its asker may not ask any more."""
    return Message(
        f"<@{asker}> isn't allowed to ask me here any more, so I didn't start it. No charge."
    )


def not_saved() -> Message:
    """Say that Redis kept a choice, a press or a form from being carried out."""
    return Message("Sorry, I couldn't do that: my database is unavailable. Try again in a moment.")


def too_slow() -> Message:
    """Say that a press took longer than Slack's three seconds."""
    return Message("Sorry, that took too long. Try again in a moment.")


def home_not_shown(*, is_done: bool = False) -> Message:
    """Say that the Home tab still shows what it did before a press, which is carried out or not."""
    if is_done:
        return Message("That's done, but I couldn't update this page. Refresh it in a moment.")
    return Message("Sorry, I couldn't update this page just now. Try again in a moment.")


def thread_is_full() -> Message:
    """Say that a question is not taken, as too many wait in its thread; plain text, for a form."""
    return Message(
        "Too many questions are waiting in this thread, so I didn't take this one. Try again when "
        "some are answered, or ask in a new thread."
    )


def stopping() -> Message:
    """Say that a turn will be stopped."""
    return Message("Stopping now. The thread will say what happens to the run.")


def stopping_all(number: int) -> Message:
    """Say how many more turns will be stopped."""
    if not number:
        return Message("Nothing else of yours is waiting in this thread.")
    return Message(f"Stopping {'1 more question' if number == 1 else f'{number} more questions'}.")


def may_not_stop(asker: UserId | None = None) -> Message:
    """Say to a person who may not stop a run who may.

    Args:
        asker: the person who asked its question; None to name nobody.
    """
    who = f"<@{asker}>" if asker else "the person who asked"
    return Message(
        f"Only {who}, anyone who has asked in this thread, or a Threadline admin can stop this run."
    )


def nothing_to_stop() -> Message:
    """Say that the run to stop has finished."""
    return Message("Nothing to stop: this run has already finished.")


def press_start() -> Message:
    """Say to a person who answers a price with "yes" how to confirm it."""
    return Message(
        "To start it, press *Start* below my question. A reply doesn't start it, so that nobody "
        "pays by accident."
    )


def will_ping() -> Message:
    """Confirm that a person will be mentioned with the answer."""
    return Message("I'll notify you here when it's done.")


def too_late_to_ping() -> Message:
    """Say that a run has finished before somebody asked to be notified."""
    return Message("This run has already finished; see the thread.")


def thanks(good: bool) -> Message:
    """Thank for feedback, and say what it is used for."""
    counted = "Thanks for the feedback! We count it per processor; the text isn't stored with it."
    if good:
        return Message(counted)
    return Message(
        f"{counted}\nReply with what's missing to continue from "
        "here, or use *Re-run with…* to try another processor."
    )


def files_on_their_way() -> Message:
    """Say that the report and its evidence are on their way."""
    return Message("The report and its evidence will appear in the thread as files.")


def asking_again(processor: str) -> Message:
    """Say that the same question is asked on another processor, given by name."""
    known = PROCESSORS[processor]
    return Message(
        f"Asking the same question with *{known.label}* ({known.terms}). The answer comes in the "
        "thread."
    )


def continued() -> Message:
    """Say that a dormant thread continues."""
    return Message("I'm asking it now, and replies here are follow-ups again.")


def looking_up(processor: str) -> Message:
    """Say that a quick answer is looked up with sources, on a processor given by name."""
    known = PROCESSORS[processor]
    return Message(
        f"Looking it up with *{known.label}* ({known.terms}). The answer comes in the thread."
    )


def moved(address: str) -> Message:
    """Say that a question moved into a thread of its own; `address` is its permalink."""
    return Message(f"I'm answering it in <{address}|a new thread>.")


def not_moved() -> Message:
    """Say that a question to be asked in a new thread is no longer queued."""
    return Message("Its turn has come, so I'm answering it here.")


def no_new_thread() -> Message:
    """Say that a question to be asked in a new thread stays where it is."""
    return Message(
        "I couldn't start a new thread: Slack didn't take my message. The question still waits "
        "here."
    )


def no_channel_to_share(me: UserId) -> Message:
    """Say that there is no channel to share an answer in."""
    return Message(
        "There's no other channel that both you and I are in. To share there, write "
        f"`/invite` <@{me}> in it and try again. Channels shared with other companies don't "
        "count."
    )


def not_shared() -> Message:
    """Say that an answer cannot be shared in a channel; plain text, for a form."""
    return Message(
        "I can't share it there. Both you and I must be in that channel, and it can't be shared "
        "with another company."
    )


def channels_unknown() -> Message:
    """Say that Slack does not list the channels of a person."""
    return Message(
        "Slack didn't tell me which channels you're in, so I can't share this now. Try again in a "
        "moment. If that doesn't help, ask an admin to add the scopes `channels:read` and "
        "`groups:read` to the app."
    )
