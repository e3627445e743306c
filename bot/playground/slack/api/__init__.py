"""The Web API: the server, its methods and rate limits."""
