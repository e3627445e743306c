"""What the product is about: threads, turns, runs, choices, and what may follow what. Pure."""
