"""Sources of an answer, numbers in brackets, and whether it cites only what its run cited. Pure."""
