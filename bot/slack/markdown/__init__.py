"""Research answers as Slack's text: all that turns Markdown from the web into messages. Pure.

Markdown of an answer is untrusted. `safe` and `split` make what a markdown block may hold, `plain`
what stands beside it in ``text``; `mrkdwn` and `link` put single words from outside into our own
mrkdwn. `summary` and `json_as_markdown` make other Markdown, for `split`.
"""

from __future__ import annotations

from bot.slack.markdown.escaping import literal
from bot.slack.markdown.json_tree import json_as_markdown
from bot.slack.markdown.pieces import SMALLEST
from bot.slack.markdown.plain_text import to_plain_text
from bot.slack.markdown.sanitizer import sanitize
from bot.slack.markdown.splitter import draft_parts, finished_parts, split_messages, with_mark_links
from bot.slack.markdown.summary import summary
from bot.slack.text.escaping import mrkdwn
from bot.slack.text.links import link

__all__ = [
    "SMALLEST",
    "draft_parts",
    "finished_parts",
    "json_as_markdown",
    "link",
    "literal",
    "mrkdwn",
    "sanitize",
    "split_messages",
    "summary",
    "to_plain_text",
    "with_mark_links",
]
