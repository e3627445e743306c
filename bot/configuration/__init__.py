"""The settings: where they come from, what each may be; all mistakes are reported at once."""
