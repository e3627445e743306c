"""The Lua script of `bot.store.choices`."""

from __future__ import annotations

#: Read choices, and renew their life.    KEYS the choices    ARGV life of each    -> their values
READ = """
local found = {}
for n, key in ipairs(KEYS) do found[n] = redis.call('GETEX', key, 'EX', ARGV[n]) end
return found
"""
