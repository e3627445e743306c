"""The chapters of the book that only one person reads."""

from __future__ import annotations

from collections.abc import Iterator

from bot.model import Choices, FollowUps
from bot.slack import picker, whispers
from bot.slack.foot import rating
from tests.unit.book import Page, menus
from tests.unit.turns import ADA, asked

DEFAULT = "core-fast"


def whispered() -> Iterator[Page]:
    """What answers a press in a thread."""
    yield "stop", whispers.stopping()
    yield "stop, but may not", whispers.may_not_stop(ADA)
    yield "stop, but may not, and nobody knows who asked", whispers.may_not_stop()
    yield "stop, but it is done", whispers.nothing_to_stop()
    yield "stop all", whispers.stopping_all(2)
    yield "stop all, but nothing else waits", whispers.stopping_all(0)
    yield "do not start at that price", whispers.not_started()
    yield "start at that price, but somebody else asked", whispers.not_yours(ADA)
    yield "ping me", whispers.will_ping()
    yield "ping me, but it is done", whispers.too_late_to_ping()
    yield "ask again on another processor", whispers.asking_again("ultra-fast")
    yield "look it up", whispers.looking_up("core-fast")
    address = "https://local.slack.com/archives/C1/p1700000000000100"
    yield "ask in a new thread", whispers.moved(address)
    yield "ask in a new thread, but its turn has come", whispers.not_moved()
    yield "files", whispers.files_coming()
    yield "rate this answer", rating(asked().id)
    yield "helpful", whispers.thanks(good=True)
    yield "not helpful", whispers.thanks(good=False)
    yield "continue", whispers.continued()
    yield "pressed twice", whispers.already()
    yield "pressed again when it was over", whispers.asked_before()
    yield "pressed too late", whispers.too_old()
    yield "pressed where it does not belong", whispers.nowhere()
    yield "not written down", whispers.not_written()
    yield "too slow", whispers.too_slow()


def picked() -> Iterator[Page]:
    """What answers `/processor`, and the menus that choose a processor."""
    yield "the picker", picker.picker(Choices(), DEFAULT)
    yield "the picker, channel chosen", picker.picker(Choices(channel="pro"), DEFAULT)
    both = Choices(channel="pro", person="ultra8x-fast")
    yield "the picker, both chosen", picker.picker(both, DEFAULT)
    everything = picker.picker(Choices(channel="pro"), DEFAULT, everything=True)
    yield "the picker, all processors", everything
    yield "the picker: its menus, opened", menus(everything)
    yield "my choice", picker.present(Choices(), DEFAULT)
    yield "my choice, both chosen", picker.present(both, DEFAULT)
    yield "help", picker.help_text()
    yield "channel set", picker.set_for_channel(Choices(channel="pro-fast"), DEFAULT)
    own = Choices(channel="pro-fast", person="lite")
    yield "channel set, own goes first", picker.set_for_channel(own, DEFAULT)
    yield "channel reset", picker.set_for_channel(Choices(), DEFAULT)
    yield "channel reset, own goes first", picker.set_for_channel(Choices(person="lite"), DEFAULT)
    yield "own set", picker.set_for_person(Choices(person="ultra", channel="pro"), DEFAULT)
    yield "own reset", picker.set_for_person(Choices(), DEFAULT)
    yield "own reset, channel chose", picker.set_for_person(Choices(channel="pro"), DEFAULT)
    yield "thread set", picker.set_for_thread("ultra")
    yield "quick answers chosen", picker.set_for_channel(Choices(channel="speed"), DEFAULT)
    yield "the picker, quick answers chosen", picker.picker(Choices(channel="speed"), DEFAULT)
    yield "thread reset", picker.set_for_thread(None)
    yield "every reply", picker.replies_set(FollowUps.EVERY, FollowUps.EVERY)
    yield "mentions only", picker.replies_set(FollowUps.MENTION, FollowUps.EVERY)
    yield "only who mentioned it", picker.replies_set(FollowUps.ASKER, FollowUps.EVERY)
    yield "replies reset", picker.replies_set(None, FollowUps.EVERY)
    yield "which replies, as it is", picker.replies_now(FollowUps.MENTION, FollowUps.EVERY)
    yield "unknown", picker.unknown("profast")
    yield "unknown, near a level", picker.unknown("exhaustiv")
    yield "unknown, near nothing", picker.unknown("<!channel> `x`")
