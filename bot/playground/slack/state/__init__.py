"""What the local Slack remembers: people, channels, messages, files, the app. Nothing does I/O."""
