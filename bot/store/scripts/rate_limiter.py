"""The Lua scripts of `bot.store.rate_limiter`."""

from __future__ import annotations

from bot.store.scripts import fragments

#: Take a place in a line of which at most `most` calls go within any window. A call that must go
#: gets its time, now or later; when that is no sooner than its patience it takes none, and waits so
#: long, lest a rush fill the line for hours. A spare one names its entry: it goes now or not at
#: all, and only while the entry is its owner's, the line has room for it, and nothing holds spare
#: calls back.
#: KEYS ready, line, pause
#: ARGV most, window ms, places to remember, me, token or '', patience ms
#: -> ms to wait | -1: a spare call that may not go
PLACE = (
    fragments.NOW
    + fragments.OWNED
    + """
local spare = ARGV[5] ~= ''
local before = tonumber(redis.call('LINDEX', KEYS[2], -ARGV[1]))
local at = before and math.max(now, before + ARGV[2]) or now
if spare and (at > now or redis.call('EXISTS', KEYS[3]) == 1 or not owned(ARGV[4], ARGV[5])) then
  return -1
end
if at - now >= tonumber(ARGV[6]) then return tonumber(ARGV[6]) end
redis.call('RPUSH', KEYS[2], at)
redis.call('LTRIM', KEYS[2], -ARGV[3], -1)
redis.call('PEXPIRE', KEYS[2], at - now + ARGV[2])
return at - now
"""
)

#: Let no spare call go for a while.    KEYS pause    ARGV ms
HOLD_BACK = "redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])"

#: Whether such a while lasts.    KEYS pause    -> 0 | 1
HOLDS = "return redis.call('EXISTS', KEYS[1])"
