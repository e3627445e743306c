"""The ids of all that can be pressed or chosen on the bot's messages and in its views.

Values are visible to clients, and come back from wherever somebody put them: they are ids only,
checked before use. "value a turn" is a turn's id; "value a word and a turn" both, with a space.
"""

from __future__ import annotations

FOLLOW_UPS = "follow_ups"  # menu on earlier answers: the thread's processor
TRY_AGAIN = "try_again"  # button, value a turn: its question once more, as a new run
LOOK_AGAIN = "look_again"  # button, value a turn: wait on for its run
STOP = "stop"  # button, value a turn: stop waiting for it
PING = "ping"  # button, value a turn: mention me with its answer
AGAIN_ON = "again_on"  # menu on earlier answers, values a processor and a turn: ask it there
EDITED_AGAIN = "edited_again"  # button, value a turn: ask the text that it was edited to
LOOK_UP = "look_up"  # button, value a processor and a turn: its question once more, with sources
STOP_ALL = "stop_all"  # button, value a stopped turn: stop what waits from the same person, too
NEW_THREAD = "new_thread"  # button, value a turn that waits: ask it in a thread of its own
EVIDENCE = "evidence"  # button, value a turn: show what its answer rests on
FOLLOW_UP = "follow_up"  # button, value a turn: open the form BRANCH on its answer
RERUN = "rerun"  # button, and a word of MORE: open the form that asks it on another; its form
MORE = "more"  # overflow menu of an answer, values one of the next words and a turn
MORE_FILES = "files"
MORE_BRANCH = "branch"  # on earlier answers: what FOLLOW_UP does
MORE_PROCESSOR = "processor"  # open the form THREAD_PROCESSOR
MORE_MUTE = "mute"
MORE_SHARE = "share"  # open the form SHARE
MORE_RATE = "rate"  # show FEEDBACK to who chose it
FEEDBACK = "feedback"  # the feedback buttons, on earlier answers below them; GOOD or BAD, a turn
GOOD, BAD = "good", "bad"
CONTINUE = "continue"  # button, value the turn of the note that stands above it
ANYWAY = "anyway"  # button, value the turn of the note that stands above it: ask it as a question
CONFIRM = "confirm"  # button, value the turn of the note that stands above it: start it
DECLINE = "decline"  # button, the same: do not
UNMUTE = "unmute"  # button, value the turn of the note that stands above it
EVIDENCE_PAGE_BACK = "evidence_page_back"  # button of the evidence, value a page number from 0
EVIDENCE_PAGE_ON = "evidence_page_on"  # button of the evidence, value a page number from 0

PROCESSORS_ALL = "processors_all"  # button of the picker: show the table of all
PROCESSOR_CHANNEL = "processor_channel"  # menu of the picker: for everyone here
PROCESSOR_MINE = "processor_mine"  # menu of the picker: for me
RESET_CHANNEL = "reset_channel"  # button of the picker, value INHERIT
RESET_MINE = "reset_mine"  # button of the picker, value INHERIT
INHERIT = "inherit"  # the value that takes a choice back

RESEARCH = "research_message"  # the message shortcut, and the form it opens
BRANCH = "branch_question"  # the form for a question that continues an answer
SHARE = "share_answer"  # the form that shares an answer with another channel
SHARE_CHANNEL = "share_channel"  # menu in it, values channels
THREAD_PROCESSOR = "thread_processor"  # the form for the processor of a thread
HOME_PROCESSOR = "home_processor"  # menu of the Home tab: for me
HOME_REFRESH = "home_refresh"  # button of the Home tab, value a page: show what is so now
HOME_BACK = "home_back"  # button of the Home tab, value a page number from 0: newer threads
HOME_ON = "home_on"  # button of the Home tab, the same: older threads
HOME_SEARCH = "home_search"  # button of the Home tab: open the form of that name; the form
