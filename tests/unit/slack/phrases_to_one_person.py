"""Chapters of the phrasebook: ephemeral messages, which only one person reads."""

from __future__ import annotations

from collections.abc import Iterator

from bot.domain.choices import Choices, FollowUps
from bot.ports import Message
from bot.ports.forgetting import Forgetting
from bot.slack.messages import ephemeral, forgetting, processor_picker, replies_setting
from bot.slack.messages.answer_footer import rating
from bot.slack.views.forget_form import forget_form
from tests.unit.slack.phrasebook import Page, menus
from tests.unit.turns import ADA, KEY, asked

DEFAULT = "core-fast"


def ephemerals() -> Iterator[Page]:
    """What answers a press in a thread."""
    yield "stop", ephemeral.stopping()
    yield "stop, but may not", ephemeral.may_not_stop(ADA)
    yield "stop, but may not, and nobody knows who asked", ephemeral.may_not_stop()
    yield "stop, but it is done", ephemeral.nothing_to_stop()
    yield "stop all", ephemeral.stopping_all(2)
    yield "stop all, but nothing else waits", ephemeral.stopping_all(0)
    yield "do not start at that price", ephemeral.not_started()
    yield "ask in a thread where too many wait", ephemeral.thread_is_full()
    yield "start at that price, but somebody else asked", ephemeral.not_yours(ADA)
    yield "start at that price, but its asker was denied", ephemeral.asker_may_not_ask(ADA)
    yield "ping me", ephemeral.will_ping()
    yield "ping me, but it is done", ephemeral.too_late_to_ping()
    yield "ask again on another processor", ephemeral.asking_again("ultra-fast")
    yield "look it up", ephemeral.looking_up("core-fast")
    address = "https://local.slack.com/archives/C1/p1700000000000100"
    yield "ask in a new thread", ephemeral.moved(address)
    yield "ask in a new thread, but its turn has come", ephemeral.not_moved()
    yield "ask in a new thread, but Slack refuses it", ephemeral.no_new_thread()
    yield "files", ephemeral.files_on_their_way()
    yield "rate this answer", rating(asked().id)
    yield "helpful", ephemeral.thanks(good=True)
    yield "not helpful", ephemeral.thanks(good=False)
    yield "continue", ephemeral.continued()
    yield "pressed twice", ephemeral.already_started()
    yield "pressed again when it was over", ephemeral.already_finished()
    yield "pressed again when nothing was started", ephemeral.not_granted()
    yield "pressed too late", ephemeral.too_old()
    yield "yes to a price", ephemeral.press_start()
    yield "pressed where it does not belong", ephemeral.unknown_place()
    yield "not written down", ephemeral.not_saved()
    yield "too slow", ephemeral.too_slow()
    yield "Home is not updated", ephemeral.home_not_shown()
    yield "Home is not updated after a stop", ephemeral.home_not_shown(is_done=True)
    yield "forget this thread, the form", forget_form(KEY)
    for what in Forgetting:
        yield f"forget this thread: {what}", Message(forgetting.outcome(what))
    yield "forget a thread, without its link", Message(forgetting.NO_LINK)
    yield "forget this thread, told to the thread", forgetting.thread_note(ADA)


def picked() -> Iterator[Page]:
    """What answers `/processor`, and the menus that choose a processor."""
    yield "the picker", processor_picker.processor_picker(Choices(), DEFAULT)
    yield (
        "the picker, channel chosen",
        processor_picker.processor_picker(Choices(channel="pro"), DEFAULT),
    )
    both = Choices(channel="pro", person="ultra8x-fast")
    yield "the picker, both chosen", processor_picker.processor_picker(both, DEFAULT)
    everything = processor_picker.processor_picker(Choices(channel="pro"), DEFAULT, everything=True)
    yield "the picker, all processors", everything
    yield "the picker: its menus, opened", menus(everything)
    yield "my choice", processor_picker.current_choices(Choices(), DEFAULT)
    yield "my choice, both chosen", processor_picker.current_choices(both, DEFAULT)
    yield "help", processor_picker.help_text()
    yield "channel set", processor_picker.set_for_channel(Choices(channel="pro-fast"), DEFAULT)
    own = Choices(channel="pro-fast", person="lite")
    yield "channel set, own goes first", processor_picker.set_for_channel(own, DEFAULT)
    yield "channel reset", processor_picker.set_for_channel(Choices(), DEFAULT)
    yield (
        "channel reset, own goes first",
        processor_picker.set_for_channel(Choices(person="lite"), DEFAULT),
    )
    yield (
        "own set",
        processor_picker.set_for_person(Choices(person="ultra", channel="pro"), DEFAULT),
    )
    yield "own reset", processor_picker.set_for_person(Choices(), DEFAULT)
    yield (
        "own reset, channel chose",
        processor_picker.set_for_person(Choices(channel="pro"), DEFAULT),
    )
    yield "thread set", processor_picker.set_for_thread("ultra")
    yield (
        "quick answers chosen",
        processor_picker.set_for_channel(Choices(channel="speed"), DEFAULT),
    )
    yield (
        "the picker, quick answers chosen",
        processor_picker.processor_picker(Choices(channel="speed"), DEFAULT),
    )
    yield "thread reset", processor_picker.set_for_thread(None)
    yield "every reply", replies_setting.confirmed(FollowUps.EVERY, FollowUps.EVERY)
    yield "mentions only", replies_setting.confirmed(FollowUps.MENTION, FollowUps.EVERY)
    yield "only who mentioned it", replies_setting.confirmed(FollowUps.ASKER, FollowUps.EVERY)
    yield "replies reset", replies_setting.confirmed(None, FollowUps.EVERY)
    yield (
        "which replies, as it is",
        replies_setting.current(FollowUps.MENTION, FollowUps.EVERY),
    )
    yield (
        "to the channel: which replies",
        replies_setting.announced(ADA, FollowUps.MENTION, FollowUps.EVERY),
    )
    yield "which replies, in a direct message", replies_setting.in_direct_message()
    here = "direct message"
    yield (
        "the picker, in a direct message",
        processor_picker.processor_picker(Choices(channel="pro"), DEFAULT, here=here),
    )
    yield (
        "direct message set",
        processor_picker.set_for_channel(Choices(channel="pro"), DEFAULT, here=here),
    )
    yield "direct message reset", processor_picker.set_for_channel(Choices(), DEFAULT, here=here)
    yield "thread reset, in a direct message", processor_picker.set_for_thread(None, here)
    yield "which replies, not understood", replies_setting.unknown("<!channel> `x`")
    yield "unknown", processor_picker.unknown_processor("profast")
    yield "unknown, near a level", processor_picker.unknown_processor("exhaustiv")
    yield "unknown, near nothing", processor_picker.unknown_processor("<!channel> `x`")
