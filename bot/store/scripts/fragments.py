"""Lua that several scripts share.

The fence: whoever has claimed a mailbox's stream entry owns the mailbox. Every write of an owner
checks that the entry is still pending for it (`is_owner`), so a replica that was suspended beyond
its lease can change nothing.
"""

from __future__ import annotations

#: Defines `now`, ms of Redis time.
NOW = """
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
"""

#: Defines `is_owner` and `retire`. KEYS[1] must be `ready`.
OWNER = """
local function is_owner(replica, entry)
  return #redis.call('XPENDING', KEYS[1], 'owners', entry, entry, 1, replica) == 1
end
local function retire(entry)
  redis.call('XACK', KEYS[1], 'owners', entry)
  redis.call('XDEL', KEYS[1], entry)
end
"""
