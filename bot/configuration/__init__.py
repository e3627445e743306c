"""The settings: where they come from, what each may be, and all mistakes told at once."""
