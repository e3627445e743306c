"""Parallel's refusals, sorted by what the caller must do about them.

Pure: no I/O, no clock. A refusal means what its HTTP status means, whatever the form of its body
(`said`); the form decides only where the status can be somebody else's, too: a 404, or a 5xx.
"""

from __future__ import annotations

from bot.errors import AnswerLost, Cause, Refused, Unavailable
from bot.parallel.error_bodies import Said

REDIRECTS = (301, 302, 307, 308)  # the request was not handled here (303 means that it was)


def not_started(
    status: int, body: str, wait: float | None, *, chained: bool, listed: bool = False
) -> Refused | Unavailable | AnswerLost:
    """Say what an answer other than 2xx to a create call means.

    Whether a run was started is the question: a refusal that comes from the API itself says no.
    A 5xx (or 408) with a body that is not the API's own comes from something in between, which
    cannot know: AnswerLost. 429 and 503 are answers of who did not take the request at all. Of its
    own 5xx the API says that the call may be repeated; where it costs nothing to find out whether
    it took effect, that is done.

    Args:
        wait: what `retry_after` read from the headers.
        chained: the request carried a `previous_interaction_id`.
        listed: a run that was started all the same can be found.
    """
    said = Said.read(body)
    words = said.words(status)
    if status in (429, 503):
        return Unavailable(f"Parallel cannot take the run now ({status}): {words}", wait)
    if status >= 500 or status == 408:
        if said.is_envelope and not listed:
            return Unavailable(f"Parallel failed to take the run ({status}): {words}", wait)
        who = "Parallel" if said.is_envelope else "something in Parallel's stead"
        return AnswerLost(f"{who} answered {status}: {words}")
    if status in REDIRECTS:
        return Refused(Cause.INPUT, f"the API's address answers with a redirect ({status})")
    if status < 400:
        return AnswerLost(f"Parallel answered {status}, which nothing documents: {words}")
    return Refused(_cause(status, said, chained=chained), words, said.ref_id)


def not_completed(
    status: int, body: str, wait: float | None, *, chained: bool
) -> Refused | Unavailable | AnswerLost:
    """Say what an answer other than 200 to a chat completion means.

    A request may be sent again only after 429, which is documented as not counted. Nothing says
    that a 5xx, 503 included, started nothing, so it is sent no second time.

    Args:
        wait: what `retry_after` read from the headers.
        chained: the request carried a `previous_interaction_id`.
    """
    said = Said.read(body)
    words = said.words(status)
    if status == 429:
        return Unavailable(f"Parallel cannot answer now ({status}): {words}", wait)
    if 400 <= status < 500 and status != 408:
        return Refused(_cause(status, said, chained=chained), words, said.ref_id)
    return AnswerLost(f"Parallel answered {status}: {words}")


def not_read(status: int, body: str, wait: float | None) -> Refused | Unavailable:
    """Say what an answer other than 200 to a reading call means. Reading again does no harm.

    That there is no such run is believed only of an ``error`` with a message: a 404 in another form
    comes from something in between, such as a gateway, or a server that does not know its paths
    yet.
    """
    said = Said.read(body)
    words = said.words(status)
    if status == 401:
        return Refused(Cause.KEY, words, said.ref_id)
    if status == 404 and (said.is_envelope or said.is_error):
        return Refused(Cause.UNKNOWN_RUN, words, said.ref_id)
    return Unavailable(f"Parallel could not tell ({status}): {words}", wait)


def _cause(status: int, said: Said, *, chained: bool) -> Cause:
    """Sort a 4xx to a create call.

    No page says how an interaction that cannot be continued is refused, so anything that looks
    like it counts. Taking another refusal for it costs one more request, without the interaction,
    whose refusal is then told as what it is.
    """
    names_it = status in (400, 403, 422) and "interaction" in said.message.lower()
    if chained and (status in (404, 409, 410) or names_it):
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
