"""Checks before the bot starts: every problem is reported at once, with its fix."""
