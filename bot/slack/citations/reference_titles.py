"""What a list of references is called, in the languages that answers are written in. Pure."""

from __future__ import annotations

import re

_TITLES = (
    # English
    "references?|reference list|sources?|source list|bibliography|citations?|works cited"
    "|literature|footnotes|endnotes"
    # German, Dutch
    "|quellen|quellenverzeichnis|quellenangaben|quellennachweise?|literatur|literaturverzeichnis"
    "|literaturangaben|einzelnachweise|nachweise|belege|referenzen|fußnoten"
    "|bronnen|bronnenlijst|bronvermelding|referenties|literatuur|literatuurlijst"
    # French, Spanish, Portuguese, Italian, Romanian
    "|références(?: bibliographiques)?|bibliographie|notes et références"
    "|referencias(?: bibliográficas)?|fuentes|bibliografía|referências(?: bibliográficas)?"
    "|fontes|bibliografia|riferimenti(?: bibliografici)?|fonti|surse|referințe|bibliografie"
    # Swedish, Danish, Norwegian, Finnish
    "|källor|källförteckning|referenser|kilder|kildeliste|referencer|referanser|litteratur"
    "|lähteet|viitteet"
    # Polish, Czech, Hungarian, Russian, Ukrainian, Greek, Turkish
    "|źródła|przypisy|literatura|zdroje|použitá literatura|források|hivatkozások"
    "|источники|ссылки|литература|список литературы|использованные источники"
    "|список (?:использованных )?источников|джерела|посилання|література"
    "|πηγές|αναφορές|βιβλιογραφία|kaynaklar|kaynakça|referanslar"
    # Chinese, Japanese, Korean
    "|参考文献|參考文獻|参考资料|參考資料|参考資料|参考来源|資料來源|资料来源|信息来源|引用来源|来源|來源"
    "|参考链接|參考連結|数据来源|出处|出處"
    "|文献|引用文献|引用|出典|参照|情報源|참고 ?문헌|참고 ?자료|출처|인용"
    # Arabic, Hebrew, Hindi, Indonesian, Vietnamese, Thai
    "|المراجع|المصادر|مراجع|مصادر|מקורות|संदर्भ|स्रोत|referensi|daftar pustaka|sumber"
    "|tài liệu tham khảo|nguồn|เอกสารอ้างอิง|แหล่งอ้างอิง|อ้างอิง"
)
_TITLE = re.compile(
    r"[ \t>]*(?:[^\w\x00-\x7f]{1,4}[ \t]?)?(?P<mark>#{1,6}|\*\*|__)?[^\w\n#]{0,8}"
    r"(?:\d{1,3}[.)]?[ \t]+)?[^\w\n]{0,8}"
    r"(?:(?:list of|all|full|key|main|primary|selected|cited|web|online) ){0,2}"
    rf"(?:{_TITLES})"
    r"(?:[ \t](?:list|cited|used|consulted|consultées|consultadas|verwendet)"
    r"|[ \t](?:and|&|und|et|y|e|en|og|och|i|и)[ \t][^\n]{1,40}?"
    r"|[ \t]?[・/／、和及與与][ \t]?[^\n]{1,20}?)?"
    r"(?:[*_]{0,3}[ \t]?[(（][^()（）\n]{1,20}[)）])?(?P<after>[^\w\n]{0,10})",
    re.IGNORECASE,
)
_WORD = re.compile(rf"(?<![\w-])(?:{_TITLES})(?![a-z-])", re.IGNORECASE)
_ENDS_WITH_COLON = re.compile(r"[:：][*_ \t]*\Z")
_LONGEST = 80  # characters


def is_title(line: str, *, underlined: bool = False) -> bool:
    """Whether a line is the title of a list of references: a heading, bold, or with a colon.

    Args:
        line: a line of Markdown.
        underlined: the next line makes a heading of it.
    """
    match = _TITLE.fullmatch(line) if len(line) <= _LONGEST else None
    return bool(match and (underlined or match["mark"] or re.search("[:：]", match["after"])))


def introduces_others(line: str) -> bool:
    """Whether a line introduces a list of something else than references: ``The five best:``."""
    end = line[-_LONGEST:]
    return bool(_ENDS_WITH_COLON.search(end)) and not _WORD.search(end)
