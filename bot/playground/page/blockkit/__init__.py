"""Block Kit as HTML. Pure."""
