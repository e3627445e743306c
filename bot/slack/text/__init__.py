"""Characters, addresses and links: what text from outside must lose before Slack sees it. Pure."""
