"""The playground's page: the local Slack in a browser, and what happens underneath.

The server draws everything as HTML and sends it whenever it has changed; the browser puts it in
its place (`static/page.js`) and posts back what people do. So there is one picture of the
workspace, in Python, and the script stays small. The parts:

- ``server``: Page, the routes and the live stream; ``doors``: who may come in;
- ``sight``: who looks at what; ``panes``, ``messages``: the conversations, as HTML; ``home``: the
  app's Home tab, prompts and work;
- ``underneath``: the chain of turns, every event, call and request, as HTML;
- ``acts``: what people do; ``trouble``: the workbench for developers;
- ``blocks`` (and ``cards``, ``rich``, ``tables``): Block Kit, as HTML; ``elements`` (and
  ``controls``, ``menus``, ``inputs``): what is pressed, chosen and typed in it; ``text`` (and
  ``markdown``, ``tokens``, ``emoji``): Slack's texts; ``tags``: HTML itself.
"""

from bot.playground.page.server import Page

__all__ = ["Page"]
