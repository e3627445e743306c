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
    # Catalan, Icelandic, Basque
    "|referències|bibliografia consultada|heimildir|heimildaskrá|erreferentziak|iturriak"
    # Estonian, Latvian, Lithuanian, Albanian
    "|allikad|viited|kasutatud allikad|avoti|atsauces|šaltiniai|nuorodos|burime|burimet|referencat"
    # Polish, Czech, Slovak, Slovenian, Croatian, Serbian, Bulgarian, Macedonian
    "|źródła|przypisy|literatura|zdroje|použitá literatura|referencie|viri|izvori"
    "|извори|референце|източници|използвани източници|извори и литература"
    # Hungarian, Russian, Ukrainian, Kazakh, Kyrgyz, Uzbek, Azerbaijani, Greek, Turkish
    "|forrás|források|hivatkozások|irodalomjegyzék"
    "|источники|ссылки|литература|список литературы|использованные источники"
    "|список (?:использованных )?источников|джерела|посилання|література"
    "|дереккөздер|пайдаланылған дереккөздер|булактар|(?:колдонулган |алынган )?чыганактар"
    "|manbalar|mənbələr|istinadlar|ədəbiyyat"
    "|πηγές|αναφορές|βιβλιογραφία|kaynaklar|kaynakça|referanslar"
    # Chinese, Japanese, Korean
    "|参考文献|參考文獻|参考资料|參考資料|参考資料|参考来源|資料來源|资料来源|信息来源|引用来源|来源|來源"
    "|参考链接|參考連結|数据来源|出处|出處"
    "|文献|引用文献|引用|出典|参照|情報源|참고 ?문헌|참고 ?자료|출처|인용"
    # Arabic, Persian, Urdu, Hebrew, Hindi, Marathi, Bengali, Tamil, Telugu
    "|المراجع|المصادر|مراجع|مصادر|منابع|مآخذ|حوالہ جات|حوالے|ماخذ|מקורות|ביבליוגרפיה"
    "|संदर्भ|सन्दर्भ|स्रोत|तथ्यसूत्र|সূত্র|তথ্যসূত্র|উৎস|மேற்கோள்கள்|ஆதாரங்கள்|మూలాలు"
    # Armenian, Georgian, Indonesian, Malay, Filipino, Swahili, Afrikaans, Vietnamese, Thai
    "|աղբյուրներ|ծանոթագրություններ|წყაროები|ლიტერატურა"
    "|referensi|daftar pustaka|sumber|rujukan|mga sanggunian|sanggunian|marejeo|vyanzo|bronne"
    "|tài liệu tham khảo|nguồn|เอกสารอ้างอิง|แหล่งอ้างอิง|แหล่งที่มา|อ้างอิง"
)
#: Titles of such lists that others have, too: they count above a list of pages at the end.
_AMBIGUOUS = (
    # English, German, Dutch
    "(?:key |related |external |further |useful |web ?)?links|(?:end|foot)?notes?|further reading"
    "|evidence|urls|cited pages|(?:works|pages) (?:cited|consulted)|verweise"
    "|anmerkungen|weiterführende links|quelle|quellen-?(?:liste|verzeichnis)|bron"
    # French, Spanish, Portuguese, Italian
    "|liens(?: utiles)?|notas|enlaces|ligações|nota|sitografia"
    # Finnish, Swedish, Norwegian, Czech, Polish, Russian, Turkish
    "|lähdeluettelo|lähdeviitteet|källhänvisningar|kildehenvisninger|odkazy|seznam zdrojů"
    "|(?:wykaz|lista) źródeł|сноски|примечания|kaynak|kaynak listesi"
    # Japanese, Chinese, Korean
    "|参考|参考 ?url|参考(?:サイト|リンク|情報)|参考にした情報源|脚注|注|注記|ソース"
    "|注释|链接|連結|參考"
    "|참조|각주|링크|참고 링크"
    # Arabic, Thai, Hebrew
    "|الهوامش|روابط|แหล่งข้อมูล|แหล่งข้อมูลอ้างอิง|הערות"
)
_TITLE = re.compile(
    r"[ \t>]*(?:[^\w\x00-\x7f]{1,4}[ \t]?)?"
    r"(?P<mark>#{1,6}|\*\*|__|[*_](?=\w)|(?:<(?:h[1-6]|b|strong|summary|details)\b[^<>\n]{0,40}>){1,3})?[^\w\n#]{0,8}"
    r"(?:\d{1,3}[.)]?[ \t]+)?[^\w\n]{0,8}"
    r"(?:(?:list of|all|full|key|main|primary|selected|cited|web|online) ){0,2}"
    rf"(?:{_TITLES})"
    r"(?:[ \t](?:list|cited|used|consulted|consultées|consultadas|verwendet)"
    r"|[ \t](?:and|&|und|et|y|e|en|og|och|i|и)[ \t][^\n]{1,40}?"
    r"|[ \t]?[・/／、和及與与][ \t]?[^\n]{1,20}?)?"
    r"(?:[*_]{0,3}[ \t]?[(（][^()（）\n]{1,20}[)）])?(?P<after>(?:[^\w\n]|_){0,10})"
    r"(?:/\w{1,9}>(?:</\w{1,9}>)?)?[ \t]*",
    re.IGNORECASE,
)
#: What may stand before and behind these words above a list at the end: not ``Water sources``.
_BEFORE = (
    "list of|all|full|key|main|primary|selected|cited|web|online|data|information|the|my|our|these"
    "|other|additional|further|important|useful|relevant|original|official|external|internet|news"
    "|liste der|verwendete|benutzte|genutzte|weitere|wichtige|wichtigste|alle"
)
_BEHIND = (
    "used|cited|consulted|for this|(?:i|we) (?:have )?(?:used|read|cited|consulted|checked)"
    "|(?:behind|in) (?:this|these|the) (?:answer|report)|of (?:data|information)|list"
)
_MAY_BE_TITLE = re.compile(
    rf"(?:[^\w\n]|_|\d)*(?:(?:{_BEFORE}) ){{0,3}}(?:{_TITLES}|{_AMBIGUOUS})"
    rf"(?:[ \t](?:{_BEHIND})\b[^\n]{{0,60}})?(?:[^\w\n]|_)*",
    re.IGNORECASE,
)
#: Words that are part of such a title, in languages that are written without spaces.
_WITHIN = re.compile(
    "参考文献|參考文獻|参考资料|參考資料|参考資料|引用文献|出典|情報源|脚注"
    "|참고 ?문헌|참고 ?자료|출처|อ้างอิง|numbers in (?:square )?brackets",
    re.IGNORECASE,
)
#: A caption in italics, below a table or a picture, is singular, or says whose it is.
_PLAIN = re.compile(rf"(?:{_TITLES})(?<!source)(?<!reference)(?<!citation)", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][a-z\d]{0,9}>", re.IGNORECASE)
_EDGES = re.compile(r"\A[\W_]+|[\W_]+\Z")
_AND_MORE = re.compile(
    rf"[^\n]*(?<![\w-])(?:{_TITLES})[ \t](?:and|&|und|et|y|e|en|og|och|i|и)[ \t]", re.IGNORECASE
)
_SHOWS_TITLE = re.compile("[#*_:：<]")
_ENDS_WITH_COLON = re.compile(r"[:：][*_ \t]*\Z")
_LONGEST = 80  # characters


def is_title(line: str, *, underlined: bool = False) -> bool:
    """Whether a line is the title of a list of references: a heading, emphasis, or with a colon.

    Args:
        line: a line of Markdown.
        underlined: the next line makes a heading of it.
    """
    if len(line) > _LONGEST or not (underlined or _SHOWS_TITLE.search(line)):
        return False
    match = _TITLE.fullmatch(line)
    if match and match["mark"] in ("*", "_") and not underlined:
        return bool(_PLAIN.fullmatch(_EDGES.sub("", line)))
    return bool(match and (underlined or match["mark"] or re.search("[:：]", match["after"])))


def may_be_title(line: str) -> bool:
    """Whether a line above a list of pages at the end says that it may be one of references."""
    words = _TAG.sub("", line[-_LONGEST:])
    return bool(_MAY_BE_TITLE.fullmatch(words) or _TITLE.fullmatch(words) or _WITHIN.search(words))


def introduces(line: str) -> bool:
    """Whether a line introduces a list: ``The five best:``."""
    return bool(_ENDS_WITH_COLON.search(line[-_LONGEST:]))


def goes_on_with_more(title: str) -> bool:
    """Whether a title may be one of something else: ``Sources and uses of funds``."""
    return bool(_AND_MORE.match(title))
