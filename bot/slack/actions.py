"""The ids of all that can be pressed or chosen on the bot's messages."""

from __future__ import annotations

FOLLOW_UPS = "follow_ups"  # menu on an answer: the thread's processor
TRY_AGAIN = "try_again"  # button, value a turn: its question once more, as a new run
LOOK_AGAIN = "look_again"  # button, value a turn: wait on for its run
PROCESSOR_CHANNEL = "processor_channel"  # menu of the picker: for everyone here
PROCESSOR_MINE = "processor_mine"  # menu of the picker: for me
RESET_CHANNEL = "reset_channel"  # button of the picker, value INHERIT
RESET_MINE = "reset_mine"  # button of the picker, value INHERIT
INHERIT = "inherit"  # the value that takes a choice back
