"""The state of the local Slack: people, channels, messages, files, the app. No I/O."""
