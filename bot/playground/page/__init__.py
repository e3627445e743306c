"""The playground's page: the local Slack in a browser, and an inspector for the bot's traffic.

The server draws everything as HTML and sends it whenever it changes; the browser puts it in place
(`static/page.js`) and posts back what people do. All drawing is done in Python, so the script stays
small. The parts:

- ``server``: PageServer, the routes and the live stream; ``access``: refuses foreign requests;
- ``actions``: what people do; ``fault_menu``: the workbench, which injects faults;
- ``view_state``: what one open page shows; ``panes``, ``messages``, ``home``: conversations, and
  the app's Home tab, prompts and status, as HTML;
- ``inspector``: the chain of turns, and every event, call and request, as HTML;
- ``blockkit``: Block Kit and Slack's texts as HTML.
"""

from bot.playground.page.server import PageServer

__all__ = ["PageServer"]
