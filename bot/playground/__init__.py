"""The playground: the real bot with a local Slack, a local Task API and a page in the browser.

- ``run``: starts all of it; ``bot_process``: the bot, as a separate process;
- ``slack``: the local Slack; ``task_api``: the local Task API, or a relay to the real one;
- ``page``: the page; ``parts``: what it shows and controls;
- ``bodies``, ``aborting``: request bodies and aborted connections, for all servers.

The tests use the local Slack and the local Task API, too. Apart from ``run``, no module here may
import the bot, except its errors, its prices and its connections.
"""
