"""Presses, commands and views: payloads to the app, and what they leave open."""
