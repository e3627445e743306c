"""Block Kit: the constructors of all elements, blocks and views that the bot sends. Pure.

https://docs.slack.dev/reference/block-kit
"""
