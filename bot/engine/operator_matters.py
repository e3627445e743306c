"""Logs what only an operator can put right at Parallel, or in between, and what to do about it.

`bot.slack.api_errors` does the same for Slack.
"""

from __future__ import annotations

import logging

from bot.errors import AnswerLost, Cause, Refused, Unreached
from bot.log import ONCE_A_MINUTE

log = logging.getLogger(__name__)

_TO_DO = {
    Cause.KEY: (
        "Parallel does not accept PARALLEL_API_KEY",
        "copy a valid key from platform.parallel.ai, Settings, API keys, and restart",
    ),
    Cause.CREDIT: (
        "the Parallel account has too little credit",
        "add credit at platform.parallel.ai",
    ),
    Cause.GATEWAY: (
        "something between us and Parallel answered in its place",
        "check PARALLEL_BASE_URL and the proxy",
    ),
}


def log_to_do(error: Exception) -> None:
    """Log an error if an operator must act, with what to do; else nothing."""
    match error:
        case Unreached():
            log.warning("%s. To do: %s.", error, error.fix, extra=ONCE_A_MINUTE)
        case Refused() | AnswerLost() if error.cause in _TO_DO:
            what, fix = _TO_DO[error.cause]
            if error.cause is Cause.GATEWAY:  # Parallel's own words may quote the question
                what = f"{what}: {error.message}"
            log.error("%s. To do: %s.", what, fix, extra=ONCE_A_MINUTE)
        case _:
            pass
