"""The Lua scripts of `bot.store.access`."""

from __future__ import annotations

#: Read policies and look-ups.    KEYS policies, member, room
#: -> {fields and values of the policies, member, room}
KNOWN = """
return {
  redis.call('HGETALL', KEYS[1]), redis.call('GET', KEYS[2]), redis.call('GET', KEYS[3])
}
"""

#: Keep look-ups, but none that is kept or has just changed.    KEYS of people or channels
#: ARGV seconds to keep them, then the look-up of each, as JSON
REMEMBER = """
for i, key in ipairs(KEYS) do
  redis.call('SET', key, ARGV[i + 1], 'EX', ARGV[1], 'NX')
end
"""
