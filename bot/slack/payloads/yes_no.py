"""Which messages only say yes or no, as people answer "Start it?" in many languages. Pure."""

from __future__ import annotations

from bot.slack.payloads.keyword_text import normalize

_YES = """
    yes|yes please|yes start|yes start it|yep|yeah|yup|sure|ok start|ok start it|ok go|go|go ahead
    go for it|do it|please do|start|start it|please start|please start it|confirm|confirmed|approved
    ja|ja bitte|klar|mach|mach das|mach es|los|starten|oui|oui vas y|vas y|d'accord|sí|sí por favor
    dale|adelante|vale|sim|sim por favor|pode|sì|va bene|procedi|tak|да|давай|так|ja graag|ja tack
    ano|áno|igen|da|evet|kyllä|joo|はい|お願いします|是|是的|好|好的|네|예|نعم|כן|हाँ
"""
_NO = """
    no|nope|nah|no start|don't|do not|don't start|don't start it|do not start|do not start it
    too expensive|too much|that's too expensive|not now|rather not|better not|no thanks|no thank you
    nein|nein bitte|nein danke|zu teuer|nee|non|non merci|trop cher|no gracias|demasiado caro|não
    não obrigado|muito caro|no grazie|troppo|troppo caro|nie|нет|не надо|за дорого|ні|nej|ne|nem|nu
    hayır|ei|いいえ|やめて|不|不要|不用|아니요|아니오|لا|לא|नहीं
"""
_LONGEST = 60  # characters


def _listed(entries: str) -> frozenset[str]:
    return frozenset(normalize(entry) for line in entries.splitlines() for entry in line.split("|"))


_SAYS_YES, _SAYS_NO = _listed(_YES) - {""}, _listed(_NO) - {""}


def says_yes(text: str) -> bool | None:
    """Whether a message says yes (True) or no (False); None when it says something else."""
    words = normalize(text) if len(text) <= _LONGEST else ""
    if words in _SAYS_YES:
        return True
    return False if words in _SAYS_NO else None
