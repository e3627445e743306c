"""Threadline: web research in Slack threads.

Each Slack thread is an interaction chain of Parallel's Task API and Chat API. The map of the
package, from the bottom up; who may import whom is checked by import-linter (pyproject.toml).

- `errors`; `beside`, long pure work beside the event loop
- `connections`: which proxy and certificates connections use, and the connector that makes them
- `domain`: `thread`, `turn`, `research` and `choices`, the values; `naming`, ids and mailboxes;
  `lifecycle`, the states of a turn; `derived`, questions born of earlier ones; `processors`, their
  names, prices and times; `choosing`, which is in force; `prompt`, what a run is asked
- `configuration`: the settings, what each may be, and `.env`; `log`
- `ports`: what is needed of the outside, as Protocols
- `slack`, `parallel`, `store`: the outside, strangers to each other. In `slack` only `client`,
  `views_client`, `places`, `api_errors` and `transport` touch the network, in `parallel` only
  `client`, `chat_client` and `connection`; the rest is pure. What Slack sends is read by
  `slack.payloads`; what is said stands in `slack.messages` (threads, one person) and `slack.views`
  (modals, App Home); what the web wrote is written anew by `slack.markdown`, and checked against
  its sources by `slack.citations`
- `engine`: one owner moves a turn to its end; its own map is in `bot.engine`
- `startup`: what is tried before the start; `app`, the wiring; `__main__`, the command line
- `handlers` (beside this package): Slack's payloads become words and go into the mailbox
- `playground`: a local Slack, a local Task API and a page for the browser, to try the bot out and
  to test it; `playground.run` puts them together with the bot

One idea: listeners append, one owner advances a thread, anyone can take over. A listener
writes the question into its thread's mailbox in Redis and only then tells Slack "got it". Redis
hands the mailbox to one replica. That owner advances the turn with one function whose every
step is skipped when its effect is already recorded, so going on after a crash is nothing
special. What people want of a turn afterwards (stop it, edit it, mention them) is a signal, written
beside its record, where only listeners write; the owner is notified through a stream that every
replica reads. The three promises rest on this: no question is lost, no answer is posted twice, no
run is paid twice.
"""

__version__ = "0.4.0"
