"""The Lua scripts: every change of more than one key is one atomic step."""
