"""Which messages only ask how far a run is, where one is at work in their thread. Pure.

Elsewhere they may be meant as research. What may be so there, too ("How long does it take?" of a
ship), is not listed, nor what is small talk in any thread (`request_lists`).
"""

from __future__ import annotations

from bot.domain.turn import Question, TurnKind
from bot.slack.payloads.keyword_text import normalize

_PROGRESS = """
    done|is it done|is this done|is that done|all done|finished|is it finished|is this finished
    ready|is it ready|is this ready|are you ready|is it still running|is this still running
    is it still going|are you still researching|is it stuck|is this stuck|did it get stuck
    any news|how long will it take|how long will this take|how long is it going to take
    how long is this going to take|why is it taking so long|why is this taking so long
    what's the status of this|what's the status of my question|what is the status of my question
    when will it be done|when will it be ready|when will this be done|when will this be ready
    when is it done|when is it ready|how far is it|is there an answer yet|fertig|ist es fertig
    ist das fertig|wann bist du fertig|läuft das noch|fini|c'est fini|c'est prêt|terminado
    ya está|terminou|está pronto|finito|è finito|è pronto|klaar|is het klaar|färdig|är det klart
    ferdig|færdig|valmis|gotowe|skończone|hotovo|kész|gata|hazır mı|готово|закончил|完成了|好了|完了
    다 됐나요|끝났나요
"""
_LONGEST = 60  # characters
_ASKS = frozenset(
    normalize(entry) for line in _PROGRESS.splitlines() for entry in line.split("|")
) - {""}


def asks_progress(question: Question) -> bool:
    """Whether a message says nothing but such a question."""
    if question.start is not TurnKind.QUESTION or question.processor:
        return False
    if question.along or question.files or len(question.text) > _LONGEST:
        return False
    return normalize(question.text) in _ASKS
