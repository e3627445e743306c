"""Common emoji by Slack's names for them. Pure."""

from __future__ import annotations

import re

EMOJI = {
    "+1": "👍", "-1": "👎", "100": "💯", "alarm_clock": "⏰", "arrow_down": "⬇️",
    "arrow_forward": "▶️", "arrow_left": "⬅️", "arrow_right": "➡️", "arrow_up": "⬆️",
    "arrows_counterclockwise": "🔄", "ballot_box_with_check": "☑️", "bangbang": "‼️",
    "bar_chart": "📊", "bell": "🔔", "birthday": "🎂", "black_circle": "⚫", "book": "📖",
    "bookmark": "🔖", "books": "📚", "boom": "💥", "brain": "🧠", "bug": "🐛", "bulb": "💡",
    "bust_in_silhouette": "👤", "busts_in_silhouette": "👥", "calendar": "📆", "cat": "🐱",
    "chart_with_downwards_trend": "📉", "chart_with_upwards_trend": "📈", "clap": "👏",
    "clipboard": "📋", "clock1": "🕐", "cloud": "☁️", "coffee": "☕", "computer": "💻",
    "construction": "🚧", "credit_card": "💳", "cry": "😢", "crystal_ball": "🔮", "date": "📅",
    "disappointed": "😞", "dog": "🐶", "earth_africa": "🌍", "email": "✉️", "envelope": "✉️",
    "exclamation": "❗", "eyes": "👀", "face_with_monocle": "🧐", "fast_forward": "⏩",
    "file_folder": "📁", "fire": "🔥", "gear": "⚙️", "gem": "💎", "gift": "🎁",
    "globe_with_meridians": "🌐", "green_heart": "💚", "grey_question": "❔", "grin": "😁",
    "grinning": "😀", "hammer": "🔨", "hammer_and_wrench": "🛠️", "handshake": "🤝",
    "heart": "❤️", "heavy_check_mark": "✔️", "heavy_minus_sign": "➖", "heavy_plus_sign": "➕",
    "hourglass": "⌛", "hourglass_flowing_sand": "⏳", "house": "🏠", "inbox_tray": "📥",
    "information_source": "ℹ️", "joy": "😂", "key": "🔑", "label": "🏷️",
    "large_blue_circle": "🔵", "large_green_circle": "🟢", "large_orange_circle": "🟠",
    "large_yellow_circle": "🟡", "laughing": "😆", "link": "🔗", "lock": "🔒", "loudspeaker": "📢",
    "mag": "🔍", "mag_right": "🔎", "mailbox": "📫", "mega": "📣", "memo": "📝", "microscope": "🔬",
    "money_with_wings": "💸", "moneybag": "💰", "muscle": "💪", "mute": "🔇", "neutral_face": "😐",
    "newspaper": "📰", "no_bell": "🔕", "no_entry": "⛔", "no_entry_sign": "🚫",
    "octagonal_sign": "🛑", "ok": "🆗", "ok_hand": "👌", "outbox_tray": "📤", "package": "📦",
    "page_facing_up": "📄", "paperclip": "📎", "partying_face": "🥳", "pencil": "📝",
    "pencil2": "✏️", "point_down": "👇", "point_left": "👈", "point_right": "👉",
    "point_up": "☝️", "pray": "🙏", "pushpin": "📌", "question": "❓", "rainbow": "🌈",
    "raised_hand": "✋", "raised_hands": "🙌", "recycle": "♻️", "red_circle": "🔴",
    "repeat": "🔁", "rewind": "⏪", "robot_face": "🤖", "rocket": "🚀", "rotating_light": "🚨",
    "round_pushpin": "📍", "scales": "⚖️", "scissors": "✂️", "seedling": "🌱", "shield": "🛡️",
    "shrug": "🤷", "simple_smile": "🙂", "slightly_smiling_face": "🙂", "smile": "😄",
    "smiley": "😃", "snail": "🐌", "sob": "😭", "sos": "🆘", "sparkles": "✨",
    "speaker": "🔈", "speech_balloon": "💬", "star": "⭐", "star2": "🌟", "stopwatch": "⏱️",
    "sunglasses": "😎", "sunny": "☀️", "sweat_smile": "😅", "tada": "🎉", "telescope": "🔭",
    "test_tube": "🧪", "thinking_face": "🤔", "thought_balloon": "💭", "thread": "🧵",
    "thumbsdown": "👎", "thumbsup": "👍",
    "ticket": "🎫", "timer_clock": "⏲️", "toolbox": "🧰", "trophy": "🏆", "turtle": "🐢",
    "twisted_rightwards_arrows": "🔀", "unlock": "🔓", "warning": "⚠️", "wastebasket": "🗑️",
    "wave": "👋", "white_check_mark": "✅", "white_circle": "⚪", "wink": "😉", "wrench": "🔧",
    "x": "❌", "zap": "⚡", "zzz": "💤",
}  # fmt: skip
_KNOWN = re.compile(f":({'|'.join(map(re.escape, EMOJI))}):")


def with_emoji(text: str) -> str:
    """Replace ``:name:`` by the emoji; an unknown name stays unchanged."""
    return _KNOWN.sub(lambda match: EMOJI[match[1]], text)
