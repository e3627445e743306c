"""The Lua scripts of `bot.store.work_queue`."""

from __future__ import annotations

from bot.store.scripts import fragments

#: Let go of a mailbox, now or to be taken up later. A wish that came just before found nothing to
#: wake: with a turn that was wanted as far as its owner knew, and is not, it is taken up now.
#: KEYS ready, later, the turn or none    ARGV me, token, mailbox, delay ms
BACK = (
    fragments.NOW
    + fragments.OWNED
    + """
if not owned(ARGV[1], ARGV[2]) then return 0 end
retire(ARGV[2])
local delay = tonumber(ARGV[4])
if KEYS[3] then
  local wishes = redis.call('HMGET', KEYS[3], 'stop', 'gone')
  if wishes[1] or wishes[2] then delay = 0 end
end
if delay <= 0 then redis.call('XADD', KEYS[1], '*', 'mailbox', ARGV[3])
else redis.call('ZADD', KEYS[2], now + delay, ARGV[3]) end
return 1
"""
)

#: An errand is done.    KEYS ready    ARGV me, token
SETTLE = fragments.OWNED + "if owned(ARGV[1], ARGV[2]) then retire(ARGV[2]) end return 1"

#: Renew the lease.    KEYS live    ARGV me, lease ms    -> 1 when it had not lapsed
BEAT = (
    fragments.NOW
    + """
local old = redis.call('ZSCORE', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
return (old and tonumber(old) >= now) and 1 or 0
"""
)

#: Wake what is due, and take over the entries of replicas whose lease lapsed.
#:
#: A consumer without a lease gets one here, for it may hold entries. One arises when a replica
#: lapses with nothing pending, so that the others forget it, wakes up, and reads before it beats.
#: If it lives, it beats long before this lease ends, and is not robbed of what it has just read;
#: if it died in between, this lease lapses like any other. However the two lists came apart, each
#: entry's consumer is in `live` after the next sweep.
#: KEYS ready, live, later    ARGV me, count, lease ms    -> entries
SWEEP = (
    fragments.NOW
    + """
for _, box in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now, 'LIMIT', 0, ARGV[2])) do
  redis.call('ZREM', KEYS[3], box)
  redis.call('XADD', KEYS[1], '*', 'mailbox', box)
end
local consumers = redis.pcall('XINFO', 'CONSUMERS', KEYS[1], 'owners')
if consumers.err then return {} end
for _, consumer in ipairs(consumers) do
  if consumer[2] ~= ARGV[1] then
    redis.call('ZADD', KEYS[2], 'NX', now + ARGV[3], consumer[2])
  end
end
local got = {}
for _, dead in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now)) do
  if dead ~= ARGV[1] then
    local pending = redis.call('XPENDING', KEYS[1], 'owners', '-', '+', ARGV[2], dead)
    for _, entry in ipairs(pending) do
      for _, claimed in ipairs(redis.call('XCLAIM', KEYS[1], 'owners', ARGV[1], 0, entry[1])) do
        got[#got + 1] = claimed
      end
    end
    if #pending == 0 then
      redis.call('XGROUP', 'DELCONSUMER', KEYS[1], 'owners', dead)
      redis.call('ZREM', KEYS[2], dead)
    end
  end
end
return got
"""
)

#: End the lease now, so that the others take over at their next sweep; also one that was forgotten
#: (see SWEEP).    KEYS live    ARGV me
LEAVE = "redis.call('ZADD', KEYS[1], 0, ARGV[1])"

#: Have a thread's session looked at, when the thread works on nothing.
#: KEYS ready, now    ARGV thread
SESSION = """
if redis.call('EXISTS', KEYS[2]) == 0 then redis.call('XADD', KEYS[1], '*', 'session', ARGV[1]) end
"""
