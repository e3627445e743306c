"""Markdown of answers, which is untrusted, made into what Slack's messages may hold. Pure.

`sanitizer` and `splitter` make what a markdown block may hold, `plain_text` what goes into ``text``
beside it. `summary` and `json_tree` make other Markdown, which is still untrusted.
"""
