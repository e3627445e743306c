"""The Web API: the server, its methods, and how often they may be called."""
