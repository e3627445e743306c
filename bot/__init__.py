"""Threadline: web research in Slack threads.

Each Slack thread is an interaction chain of Parallel's Task API and Chat API. The map of the
package, from the bottom up; who may import whom is checked by import-linter (pyproject.toml).

- `errors`; `concurrency`: growing delays between attempts, tasks with an owner, long work in a
  thread beside the event loop
- `connections`: which proxy and certificates connections use, and the connector that makes them
- `domain`: `thread`, `turn`, `research` and `choices`, the values; `naming`, ids and mailboxes;
  `lifecycle`, the states of a turn; `derived`, questions derived from earlier ones; `processors`,
  their names, prices and times; `choosing`, which is in force; `prompt`, what a run is asked
- `configuration`: the settings, what each may be, and `.env`; `log`
- `ports`: what the core needs of Slack, Parallel and Redis, as Protocols
- `slack`, `parallel`, `store`: the adapters, which do not import each other. In `slack` only
  `client`, `connection`, `views_client`, `places`, `api_errors` and `transport` touch the network,
  in `parallel` only `client`, `chat_client` and `connection`; the rest is pure. What Slack sends is
  parsed by `slack.payloads`; what is posted is built by `slack.messages` (threads, one person) and
  `slack.views` (modals, App Home); text of models and web pages is rewritten by `slack.markdown`,
  and checked against its sources by `slack.citations`
- `engine`: one owner moves a turn to its end; its own map is in `bot.engine`
- `startup`: what is checked before the bot starts; `listening`, the Bolt app and its transports;
  `app`, the wiring; `data_requests`, a person's export and erasure; `command_line`, which
  `__main__` loads and runs
- `handlers` (beside this package): read Slack's payloads and append to the mailbox
- `playground`: a local Slack, a local Task API and a page for the browser, to try the bot out and
  to test it; `playground.run` puts them together with the bot

One idea: listeners append, one owner advances a thread, anyone can take over. A listener
writes the question into its thread's mailbox in Redis and only then acknowledges the event. Redis
hands the mailbox to one replica. That owner advances the turn with one function whose every
step is skipped when its effect is already recorded, so there is no recovery code. What people want
of a turn afterwards (stop it, edit it, mention them) is a signal, written beside its record, where
only listeners write; the owner is notified through a stream that every replica reads. The three
promises rest on this: no question is lost, no answer is posted twice, no run is paid twice.
"""

__version__ = "0.4.0"
