"""The Lua scripts of `bot.store.work_queue`.

The invariant: a mailbox that is not empty has exactly one stream entry in `ready`, or one place in
`later`.
"""

from __future__ import annotations

from bot.store.scripts import fragments

#: Release a mailbox, now or after a delay. A signal that arrived just before had nothing in `later`
#: to wake: if the turn that its owner took for wanted is stopped or deleted by now, do not delay.
#: KEYS ready, later, that turn or none    ARGV me, entry, mailbox, delay in ms
RELEASE = (
    fragments.NOW
    + fragments.OWNER
    + """
if not is_owner(ARGV[1], ARGV[2]) then return 0 end
retire(ARGV[2])
local delay = tonumber(ARGV[4])
if KEYS[3] then
  local signals = redis.call('HMGET', KEYS[3], 'stop', 'gone')
  if signals[1] or signals[2] then delay = 0 end
end
if delay <= 0 then redis.call('XADD', KEYS[1], '*', 'mailbox', ARGV[3])
else redis.call('ZADD', KEYS[2], now + delay, ARGV[3]) end
return 1
"""
)

#: Enqueue the mailboxes that are not empty and, against the invariant, stand nowhere: Redis has
#: lost `ready`.
#: KEYS ready, later    ARGV key prefix of mailboxes, mailboxes    -> how many
RESTORE = """
local queued, restored = {}, 0
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '-', '+')) do
  if entry[2][1] == 'mailbox' then queued[entry[2][2]] = true end
end
for i = 2, #ARGV do
  local box = ARGV[i]
  if not queued[box] and not redis.call('ZSCORE', KEYS[2], box)
    and redis.call('EXISTS', ARGV[1] .. box) == 1 then
    redis.call('XADD', KEYS[1], '*', 'mailbox', box)
    queued[box], restored = true, restored + 1
  end
end
return restored
"""

#: Retire the entry of a job that is done.    KEYS ready    ARGV me, entry
ACKNOWLEDGE = fragments.OWNER + "if is_owner(ARGV[1], ARGV[2]) then retire(ARGV[2]) end return 1"

#: Renew the lease.    KEYS live    ARGV me, lease in ms    -> 1 unless it had lapsed
HEARTBEAT = (
    fragments.NOW
    + """
local old = redis.call('ZSCORE', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
return (old and tonumber(old) >= now) and 1 or 0
"""
)

#: Enqueue the mailboxes whose delay is over, and claim the entries of replicas whose lease lapsed.
#:
#: A consumer without a lease may hold entries, so it gets a lease here. It comes about when a
#: replica's lease lapses with nothing pending, so that the others forget it, and the replica then
#: resumes and reads before its next heartbeat. If it lives, it renews this lease in time and keeps
#: what it has read; if it died, this lease lapses like any other. So after each run of this script
#: the consumer of every entry is in `live`, however the two lists came to differ.
#: KEYS ready, live, later    ARGV me, entries at most, lease in ms    -> entries
RECLAIM = (
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
local reclaimed = {}
for _, dead in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now)) do
  if dead ~= ARGV[1] then
    local pending = redis.call('XPENDING', KEYS[1], 'owners', '-', '+', ARGV[2], dead)
    for _, entry in ipairs(pending) do
      for _, claimed in ipairs(redis.call('XCLAIM', KEYS[1], 'owners', ARGV[1], 0, entry[1])) do
        reclaimed[#reclaimed + 1] = claimed
      end
    end
    if #pending == 0 then
      redis.call('XGROUP', 'DELCONSUMER', KEYS[1], 'owners', dead)
      redis.call('ZREM', KEYS[2], dead)
    end
  end
end
return reclaimed
"""
)

#: End the lease now, so that the next RECLAIM of another replica claims what is left; also a lease
#: that the others have forgotten (see RECLAIM).    KEYS live    ARGV me
DEREGISTER = "redis.call('ZADD', KEYS[1], 0, ARGV[1])"
