"""One owner moves a turn to its end.

`worker` claims work, keeps the lease and drains; `mailbox_execution` executes the turns of a
claimed mailbox in order. `execution` is the straight line through all states of a turn:

- before the run: `preparation`, `processor_choice`, `signals` (stop, edit, deletion)
- the run: `run_creation` creates at most one that is paid for, `run_awaiting` awaits it with
  `run_completion` and keeps the status up to date (`status_updates`, `agent_session`)
- or `quick_answer`, through the Chat API, shown while it streams in (`streamed_message`)
- the end: `endings`, `delivery`, and `posting`, which posts each message once

`jobs` run beside and after it, `unreadable` reports a record that cannot be read. All of it is
given the `context`; `leased_turn` is the turn with its lease, `slots`, `load` and `pacing` share
what is scarce.
"""
