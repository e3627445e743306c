"""Slack's JSON in: events, presses, commands, forms, and their words. Pure."""
