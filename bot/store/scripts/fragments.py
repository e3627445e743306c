"""Lua that several scripts begin with."""

from __future__ import annotations

NOW = """
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
"""

OWNED = """
local function owned(who, token)
  return #redis.call('XPENDING', KEYS[1], 'owners', token, token, 1, who) == 1
end
local function retire(token)
  redis.call('XACK', KEYS[1], 'owners', token)
  redis.call('XDEL', KEYS[1], token)
end
"""
