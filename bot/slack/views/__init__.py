"""Modals and App Home: what stands in them, and what is read of what was sent. Pure."""
