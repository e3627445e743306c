"""What the product is about: threads, turns, runs, choices, and their rules. Pure."""
