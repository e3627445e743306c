"""What Slack accepts: blocks, elements, whole messages and views, text. Pure."""
