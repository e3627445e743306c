"""The Lua scripts of `bot.store.rate_limiter`."""

from __future__ import annotations

from bot.store.scripts import fragments

#: Reserve a time for a call, so that at most `most` calls go within any window.
#:
#: A required call gets a time, now or later. If that time is no sooner than the longest wait, it
#: reserves nothing and waits that long, so that a rush cannot fill the list for hours. An optional
#: call names its entry: it goes now or not at all, and only while the entry is its owner's, there
#: is room, and optional calls are not paused.
#: KEYS ready, list of reserved times, pause, any more: no call may go while one of these exists
#: ARGV most, window in ms, times to keep, me, entry or '' for a required call, longest wait in ms
#: -> ms to wait | -1: the call must not go
RESERVE = (
    fragments.NOW
    + fragments.OWNER
    + """
local is_optional = ARGV[5] ~= ''
local before = tonumber(redis.call('LINDEX', KEYS[2], -ARGV[1]))
local at = before and math.max(now, before + ARGV[2]) or now
for key = 4, #KEYS do
  if redis.call('EXISTS', KEYS[key]) == 1 then return -1 end
end
if is_optional then
  if at > now or redis.call('EXISTS', KEYS[3]) == 1 or not is_owner(ARGV[4], ARGV[5]) then
    return -1
  end
end
if at - now >= tonumber(ARGV[6]) then return tonumber(ARGV[6]) end
redis.call('RPUSH', KEYS[2], at)
redis.call('LTRIM', KEYS[2], -ARGV[3], -1)
redis.call('PEXPIRE', KEYS[2], at - now + ARGV[2])
return at - now
"""
)

#: Let no optional call go for a while.    KEYS pause    ARGV ms
PAUSE = "redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])"
