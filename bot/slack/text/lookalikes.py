"""Characters that look like others, as far as names of hosts are concerned. Pure.

From https://www.unicode.org/Public/security/17.0.0/confusables.txt (UTS 39), without what NFKC
makes equal, and with more characters that read like a dot. This is about how people read a word;
`hosts` is about browsers.
"""

from __future__ import annotations

#: What reads like a full stop between two letters: full stops of other scripts, middle dots,
#: bullets, small circles, digits zero of Arabic, Braille patterns with one dot.
DOTS = (
    "\u00b7\u02d9\u02da\u02f3\u0387\u0660\u06d4\u06f0\u0701\u0702\u0830\u0971\u1362\u1427\u166e"
    "\u16eb\u1803\u1809\u18df\u2022\u2024\u2027\u2218\u2219\u22c5\u2981\u25aa\u25ab\u25cf\u25e6"
    "\u26aa\u26ab\u26ac\u2801\u2802\u2804\u2808\u2810\u2820\u2840\u2880\u2b24\u2cf9\u2cfe\u2e30"
    "\u2e31\u2e33\u2e3c\u3002\u302e\u30fb\ua4f8\ua4ff\ua60e\ua6f3\ua78f\ufbb2\ufe12\ufe45\ufe46"
    "\ufe52\uff0e\uff61\uff65\U00010101\U0001091f\U00010a50\U00010a51\U00010af4\U00011049"
    "\U000115c4\U00016af5\U00016e98\U0001bc84\U0001bc94\U0001bc9f\U0001d16d\U0001da88\U0001f784"
)
SLASHES = "\u1735\u2041\u2044\u2215\u2571\u27cb\u29f8\u2cc6\u2f03\u3033\u31d3\uff0f\U0001d23a"
COLONS = "\u02d0\u02f8\u0589\u05c3\u16ec\u205a\u2236\ua4fd\ua789\ufe13\ufe30\ufe55\uff1a"
HYPHENS = "\u02d7\u2010\u2011\u2012\u2212\ufe63\uff0d"
#: Narrow spaces, which part two letters hardly more than nothing does.
THIN = "\u2004-\u200a\u202f\u205f"
#: Scripts without spaces between words: a dot between two of their letters ends a sentence.
SPACELESS = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u30ff\u3105-\u312f"
    "\u31a0-\u31ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)

#: Lower-case ASCII letters, and the letters of scripts that domains are written in which look like
#: them or their capitals. Scripts that no browser shows in a domain are not here.
LETTERS = {
    "a": "\u0251\u0391\u03b1\u0410\u0430",
    "b": "\u0184\u0392\u0412\u042c\ua7b4",
    "c": "\u03f2\u03f9\u0421\u0441\u1d04",
    "d": "\u0501",
    "e": "\u0395\u0415\u0435\u04bd\uab32",
    "f": "\u03dc\u0584\u1e9d\ua798\ua799\uab35",
    "g": "\u018d\u0261\u050c\u0581\u1d83",
    "h": "\u0397\u041d\u04bb\u0570",
    "i": "\u0131\u0269\u026a\u037a\u03b9\u0456\u04cf\u1fbe\ua647",
    "j": "\u037f\u03f3\u0408\u0458\ua7b2",
    "k": "\u039a\u041a",
    "l": "\u0196\u01c0\u0399\u0406\u04c0\u06f1",
    "m": "\u039c\u03fa\u041c",
    "n": "\u039d\u0578\u057c",
    "o": (
        "\u039f\u03bf\u03c3\u041e\u043e\u0555\u0585\u06f5\u0966\u09e6\u0a66\u0ae6\u0b20\u0b66"
        "\u0be6\u0c66\u0ce6\u0d20\u0d66\u0e50\u0ed0\u101d\u1040\u10ff\u12d0\u1d0f\u1d11\u3007\uab3d"
    ),
    "p": "\u03a1\u03c1\u03f1\u0420\u0440",
    "q": "\u051b\u0563\u0566",
    "r": "\u01a6\u0433\u1d26\uab47\uab48",
    "s": "\u01bd\u0405\u0455\u054f\ua731",
    "t": "\u03a4\u0422",
    "u": "\u028b\u03c5\u054d\u057d\u1200\u1d1c\ua79f\uab4e\uab52",
    "v": "\u03bd\u0474\u0475\u06f7\u1d20",
    "w": "\u026f\u0461\u051c\u051d\u0561\u1d21",
    "x": "\u03a7\u0425\u0445\ua7b3",
    "y": "\u0263\u028f\u03a5\u03b3\u03d2\u0423\u0443\u04ae\u04af\u10e7\u1d8c\u1eff\uab5a",
    "z": "\u0396\u1d22",
}
#: Pictures of letters, which NFKC leaves alone, by the code point of the first of 26.
PICTURES = (0x1F150, 0x1F170, 0x1F1E6)
#: Symbols that look like letters; most are in the list of confusables.
SYMBOLS = {
    "a": "\u237a",
    "c": "\u2282\U0001f74c",
    "e": "\u212e\u22ff\u2208",
    "i": "\u2373",
    "l": "\u2223\u23fd",
    "n": "\u2229\u22c2",
    "o": "\u25cb\u25ce\u25ef\u2609\u2299\u229a\u2b55",
    "p": "\u2374",
    "t": "\u22a4\u27d9",
    "u": "\u222a\u22c3",
    "v": "\u2228\u22c1",
    "x": "\u00d7\u2573\u2715\u2716\u292b\u292c\u2a2f",
}

#: First words of the names of characters, by script: what domains are written in.
EAST_ASIAN = frozenset(("CJK", "HIRAGANA", "KATAKANA", "BOPOMOFO", "HANGUL", "IDEOGRAPHIC"))
SCRIPTS = EAST_ASIAN.union(
    (
        "ARABIC",
        "ARMENIAN",
        "BENGALI",
        "CYRILLIC",
        "DEVANAGARI",
        "ETHIOPIC",
        "GEORGIAN",
        "GREEK",
        "GUJARATI",
        "GURMUKHI",
        "HEBREW",
        "KANNADA",
        "KHMER",
        "LAO",
        "LATIN",
        "MALAYALAM",
        "MYANMAR",
        "ORIYA",
        "SINHALA",
        "TAMIL",
        "TELUGU",
        "THAANA",
        "THAI",
        "TIBETAN",
    )
)
