"""Threadline: web research in Slack threads.

Each Slack thread is an interaction chain of Parallel's Task API and Chat API. The map of the
package, from the bottom up; who may import whom is checked by import-linter (pyproject.toml).

- `errors`, `log`, `beside` (long pure work beside the event loop); `processors` (names, prices,
  times); `settings`, with `values` and `addresses`, which judge them, and `env_file`; `network`,
  which proxy a connection goes through, and `outgoing`, which makes all of them
- `model`, the words; `lifecycle`, the life of a turn; `derived`, questions born of earlier turns;
  `ports`, what is needed of the outside; `choosing`, which processor is in force; `asking`, what a
  run is asked
- `slack`, `parallel`, `store`: the outside, strangers to each other. In each only `client` touches
  the network (with `slack.views`, `slack.places`, `slack.api_errors`, `slack.http`,
  `slack.responding`, `slack.sockets`, `slack.websocket`, `parallel.chat`, `parallel.connection`,
  and in `store` all but `keys`, `codec`, `stream` and the scripts); the rest is pure. What is read
  of Slack: `incoming` (events; `keywords` are its orders), `pressed` (commands, buttons), `forms`,
  `processor_forms`, and of anybody's message `message_text` and `block_words`. What is said:
  `messages`, `progress`, `foot`, `source_list`, `quick`, `sorry`, `told` in threads; `whispers`,
  `picker`, `evidence`, `home` and `home_threads` to one person. What the web wrote is written anew
  by `markdown` (`parse` to `inline` to `inline_writer`), checked against its sources by `integrity`
  and `references` (`citation_marks` links `[3]`), its labels and hosts by `links`. What Slack's
  errors mean is in `error_table`
- `quick_answer`, at most one request to the Chat API; `streamed_message`, which shows what comes
- `waiting` for a run's end; `page`, a turn in its owner's hands; `posting`, each message once;
  `starting` a run, at most one that is paid; `showing`, how far it is; `delivery` of the end;
  `advance`, which walks one turn forward with its `tools`; `queued_mark`, its ⏳; `chores`, beside
  and after the walk; `unreadable` records, of which people are told; `lookup` of an old answer;
  `worker`, which owns threads
- `checks`, asked before the start, by `preflight` also when a setting is wrong; `app`, the wiring;
  `__main__`, the command line
- `handlers` (beside this package): Slack's payloads become words and go into the mailbox
- `playground`: a local Slack, a local Task API and a page for the browser, to try the bot out and
  to test it; `trying` puts them together with the bot

One idea: listeners append, one owner walks a thread forward, anyone can take over. A listener
writes the question into its thread's mailbox in Redis and only then tells Slack "got it". Redis
hands the mailbox to one replica. That owner walks the turn forward with one function whose every
step is skipped when its effect is already written down, so going on after a crash is nothing
special. What people want of a turn afterwards (stop it, another text, a mention) is written beside
its record, where only listeners write; the owner hears of it through a stream that every replica
reads. The three promises rest on this: no question is lost, no answer is posted twice, no run is
paid twice.
"""

__version__ = "0.4.0"
