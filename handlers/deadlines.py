"""How long things may take while Slack waits for an acknowledgement, in seconds.

Slack waits 3 s: https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response
"""

from __future__ import annotations

RETURN_WITHIN = 2.7  # for the whole listener
ACT_WITHIN = 2.3  # for an action or a form; the rest is for saying that it took too long
OPEN_WITHIN = 1.2  # for Slack to open a modal
LOOK_WITHIN = 1.0  # for Slack to say which channels a person and we are in
REPLY_WITHIN = RETURN_WITHIN - ACT_WITHIN  # for saying why a shortcut opened no form
