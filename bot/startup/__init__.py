"""What is tried before the bot starts: all mistakes at once, each with its fix."""
