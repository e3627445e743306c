"""Research answers as Slack's text: all that turns Markdown from the web into messages. Pure.

Markdown of an answer is untrusted. `safe` and `split` make what a markdown block may hold, `plain`
what stands beside it in ``text``; `mrkdwn` and `link` put single words from outside into our own
mrkdwn. `summary` and `json_as_markdown` make other Markdown, for `split`.
"""

from __future__ import annotations

from bot.slack.escaping import literal
from bot.slack.links import link
from bot.slack.pieces import SMALLEST
from bot.slack.plain import plain
from bot.slack.safe import safe
from bot.slack.split import split, with_mark_links
from bot.slack.summary import summary
from bot.slack.text import mrkdwn
from bot.slack.tree import json_as_markdown

__all__ = [
    "SMALLEST",
    "json_as_markdown",
    "link",
    "literal",
    "mrkdwn",
    "plain",
    "safe",
    "split",
    "summary",
    "with_mark_links",
]
