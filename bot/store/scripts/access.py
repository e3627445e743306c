"""The Lua script of `bot.store.access`."""

from __future__ import annotations

#: Read policies and look-ups.    KEYS policies, member, room
#: -> {fields and values of the policies, member, room}
KNOWN = """
return {
  redis.call('HGETALL', KEYS[1]), redis.call('GET', KEYS[2]), redis.call('GET', KEYS[3])
}
"""
