"""The Lua scripts of `bot.store.choices`."""

from __future__ import annotations

#: Read choices, and renew their life.    KEYS the choices    ARGV life of each    -> their values
READ = """
local found = {}
for n, key in ipairs(KEYS) do found[n] = redis.call('GETEX', key, 'EX', ARGV[n]) end
return found
"""

#: Choose the processor of a channel; with a change of it, enqueue the job that announces it.
#: KEYS choice, ready    ARGV processor or '', life, what the job is about    -> its entry | false
CHOOSE_DEFAULT = """
if (redis.call('GET', KEYS[1]) or '') == ARGV[1] then return false end
if ARGV[1] == '' then redis.call('DEL', KEYS[1])
else redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2]) end
return redis.call('XADD', KEYS[2], '*', 'announce', ARGV[3])
"""

#: Remove that job, whoever holds it.    KEYS ready    ARGV entry
ANNOUNCED = """
redis.call('XACK', KEYS[1], 'owners', ARGV[1])
redis.call('XDEL', KEYS[1], ARGV[1])
"""
