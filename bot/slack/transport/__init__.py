"""Socket Mode, signed HTTP requests and response URLs."""
