"""Slash commands, shortcuts, block actions and views: payloads to the app, and its responses."""
