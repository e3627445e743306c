"""Events on their way to the app: over sockets or a request URL, again until acknowledged."""
