"""The ids of all buttons, menus and forms on the bot's messages and in its views.

Values are visible to clients, who may send any value from anywhere: they are ids only, checked
before use. "value a turn" is a turn's id; "values a processor and a turn" both, with a space.
Messages in Slack keep these ids for years: never change one.
"""

from __future__ import annotations

FOLLOW_UPS = "follow_ups"  # menu on earlier answers: the thread's processor
TRY_AGAIN = "try_again"  # button, value a turn: ask its question again, with a new run
LOOK_AGAIN = "look_again"  # button, value a turn: wait for its run again
STOP = "stop"  # button, value a turn: stop it
PING = "ping"  # button, value a turn: mention me with its answer
AGAIN_ON = "again_on"  # menu on earlier answers, values a processor and a turn: ask it again there
EDITED_AGAIN = "edited_again"  # button, value a turn: ask the text that its question was edited to
LOOK_UP = "look_up"  # button, value a processor and a turn: ask its question again, with sources
STOP_ALL = "stop_all"  # button, value a stopped turn: stop the person's queued turns, too
NEW_THREAD = "new_thread"  # button, value a queued turn: ask it in a thread of its own
EVIDENCE = "evidence"  # button, value a turn: show the evidence of its answer
FOLLOW_UP = "follow_up"  # button, value a turn: open the form BRANCH on its answer
RERUN = "rerun"  # button, choice of MORE: open the form of that name, which asks again; the form
MORE = "more"  # overflow menu of an answer, values one of these choices and a turn
MORE_FILES = "files"
MORE_BRANCH = "branch"  # on earlier answers: what FOLLOW_UP does
MORE_PROCESSOR = "processor"  # open the form THREAD_PROCESSOR
MORE_MUTE = "mute"
MORE_SHARE = "share"  # open the form SHARE
FORGET = "forget_thread"  # button, value a turn; choice of MORE: open the form of that name; it
MORE_RATE = "rate"  # show FEEDBACK to the person
FEEDBACK = "feedback"  # feedback buttons, values GOOD or BAD and a turn
EVIDENCE_GOOD = "evidence_good"  # button of the evidence, value GOOD: rate its answer
EVIDENCE_BAD = "evidence_bad"  # button of the evidence, value BAD: rate its answer
GOOD, BAD = "good", "bad"
CONTINUE = "continue"  # button, value the turn of its note: ask the reply
ANYWAY = "anyway"  # button, value the turn of its note: ask the message as a question
CONFIRM = "confirm"  # button, value the turn of its note: start it
CONFIRM_CHEAPER = "confirm_cheaper"  # button, value a processor and the turn: start it there
DECLINE = "decline"  # button, value the turn of its note: do not start it
# Buttons, value a processor and a turn that was refused: ask its question there.
USE_FIRST, USE_SECOND, USE_THIRD = "use_first", "use_second", "use_third"
CHANNEL_CONFIRM = "channel_confirm"  # button, value a processor and a person: set the channel's
CHANNEL_DECLINE = "channel_decline"  # button, value a processor and a person: leave it
UNMUTE = "unmute"  # button, value the turn of its note
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

ADMIN_BUDGET = "admin_budget"  # the form of `/threadline budget`
ADMIN_ACCESS = "admin_access"  # the form of `/threadline allow` and `deny`
