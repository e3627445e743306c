"""How long a mailbox that failed is put off."""

from __future__ import annotations

from bot.engine.mailbox_execution import LONGEST_DELAY, MailboxBackoffs
from bot.errors import Unavailable

AWAY = Unavailable("Slack is away")


def test_each_failure_lengthens_the_delay_until_a_success() -> None:
    backoffs = MailboxBackoffs(1.0)
    assert 0.8 <= backoffs.failed("a", AWAY) <= 1.2
    assert 1.6 <= backoffs.failed("a", AWAY) <= 2.4
    for _ in range(10):
        assert backoffs.failed("a", AWAY) <= 1.2 * LONGEST_DELAY
    backoffs.succeeded("a")
    assert backoffs.failed("a", AWAY) <= 1.2


def test_a_retry_after_is_the_delay_of_the_release() -> None:
    assert MailboxBackoffs(1.0).failed("a", Unavailable("a rate limit", 300.0)) == 300.0


def test_only_the_latest_failing_mailboxes_are_remembered() -> None:
    backoffs = MailboxBackoffs(1.0, capacity=2)
    for mailbox in ("a", "b", "a", "c"):
        backoffs.failed(mailbox, AWAY)
    assert backoffs.failed("a", AWAY) >= 3.2
    assert backoffs.failed("b", AWAY) <= 1.2
