"""What Slack takes and what it refuses: blocks, elements, messages, text. Pure."""
