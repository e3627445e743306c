"""Map Parallel's error responses to errors that say what the caller must do. Pure.

The HTTP status decides, unless the body (`error_bodies`) shows that something in between answered:
a gateway, or the company's proxy with a page that says what it blocks. The API's errors are JSON
(ErrorResponse of https://docs.parallel.ai/public-openapi.json). Some proxies look at the response
only, so the request may have taken effect.
"""

from __future__ import annotations

from bot.errors import AnswerLost, Cause, Intercepted, Refused, Unavailable
from bot.parallel.error_bodies import ErrorBody

REDIRECTS = (301, 302, 307, 308)  # not handled; 303 would mean that it was
NOT_HANDLED = (404, 405)  # with a web page: nothing at this address takes the call
FIX = "check PARALLEL_BASE_URL, and have the proxy or firewall pass on what is sent there"


def not_started(
    status: int, body: str, wait: float | None, *, chained: bool, listed: bool = False
) -> Refused | Unavailable | AnswerLost:
    """Return the error for a response other than 2xx to a create call.

    The question is whether a run was started.
    - 429, 503: not accepted, nothing started.
    - Other 5xx, 408: with the API's own body, which says that the call may be repeated, nothing was
      started; with any other body it comes from something in between, which cannot know.
    - Redirects: not handled, nothing started.
    - Other 4xx: refused, nothing started; with a web page it comes from something in between, which
      cannot know, except for 413, which is about the request, 404 and 405.

    Args:
        status: the HTTP status.
        body: the text of the response.
        wait: seconds that the response asks to wait; None for none.
        chained: the request carried a `previous_interaction_id`.
        listed: a run that was started can be found in its group, so even the API's own 5xx is
            AnswerLost, and the caller looks for the run.
    """
    error = ErrorBody.read(body)
    words = error.words(status)
    if status in (429, 503):
        return Unavailable(f"Parallel cannot take the run now ({status}): {words}", wait)
    if status >= 500 or status == 408:
        if error.is_envelope and not listed:
            return Unavailable(f"Parallel failed to take the run ({status}): {words}", wait)
        who = "Parallel" if error.is_envelope else "something in Parallel's stead"
        return AnswerLost(f"{who} answered {status}: {words}")
    if foreign := _foreign(status, error):
        return foreign
    if status < 400:
        return AnswerLost(f"Parallel answered {status}, which nothing documents: {words}")
    return Refused(_cause(status, error, chained=chained), words, error.ref_id)


def not_completed(
    status: int, body: str, wait: float | None, *, chained: bool
) -> Refused | Unavailable | AnswerLost:
    """Return the error for a response other than 200 to a chat completion.

    A request may be repeated only after 429, which is documented as not counted. Nothing says that
    a 5xx, not even 503, started nothing, so it is AnswerLost, as is a web page.

    Args:
        status: the HTTP status.
        body: the text of the response.
        wait: seconds that the response asks to wait; None for none.
        chained: the request carried a `previous_interaction_id`.
    """
    error = ErrorBody.read(body)
    words = error.words(status)
    if status == 429:
        return Unavailable(f"Parallel cannot answer now ({status}): {words}", wait)
    if foreign := _foreign(status, error):
        return foreign
    if 400 <= status < 500 and status != 408:
        return Refused(_cause(status, error, chained=chained), words, error.ref_id)
    return AnswerLost(f"Parallel answered {status}: {words}")


def not_read(status: int, body: str, wait: float | None) -> Refused | Unavailable:
    """Return the error for a response other than 200 to a call that only reads.

    A 404 means that there is no such run only with an ``error`` that has a message. In any other
    form it comes from a gateway, or from a server that is just starting: Unavailable. A web page or
    a redirect is Intercepted.
    """
    error = ErrorBody.read(body)
    words = error.words(status)
    if foreign := _foreign(status, error):
        wrong = f"Parallel's address does not answer as Parallel does ({foreign.message})"
        return Intercepted(wrong, FIX)
    if status == 401:
        return Refused(Cause.KEY, words, error.ref_id)
    if status == 404 and (error.is_envelope or error.is_error):
        return Refused(Cause.UNKNOWN_RUN, words, error.ref_id)
    return Unavailable(f"Parallel could not tell ({status}): {words}", wait)


def _foreign(status: int, error: ErrorBody) -> Refused | AnswerLost | None:
    """Return the error for an answer that is not Parallel's own; None for any other."""
    if status in REDIRECTS:
        return Refused(Cause.GATEWAY, f"{status}, a redirect")
    if not (400 <= status < 500 and error.is_markup) or status in (408, 413, 429):
        return None
    if status in NOT_HANDLED:
        return Refused(Cause.GATEWAY, error.page_words(status))
    return AnswerLost(error.page_words(status), cause=Cause.GATEWAY)


def _cause(status: int, error: ErrorBody, *, chained: bool) -> Cause:
    """Return the cause of a 4xx to a create call.

    No page says how Parallel refuses an interaction that cannot be continued, so anything that
    looks like it counts. If that is wrong, it costs one more request, without the interaction,
    whose refusal is then reported.
    """
    names_interaction = status in (400, 403, 422) and "interaction" in error.message.lower()
    if chained and (status in (404, 409, 410) or names_interaction):
        return Cause.CHAIN
    match status:
        case 401:
            return Cause.KEY
        case 402:
            return Cause.CREDIT
        case 403:
            return Cause.PROCESSOR
        case _:
            return Cause.INPUT
