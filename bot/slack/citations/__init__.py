"""Sources, numbers in brackets, and whether an answer cites what its run cited. Pure."""
