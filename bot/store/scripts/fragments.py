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

#: Defines `give_back`: a thread that a question made ours is not ours any more, as that question
#: was taken back. It stays ours if it has a record, or while its mailbox has another turn.
GIVE_BACK = """
local function give_back(thread, box, turn)
  if redis.call('HGET', thread, 'opener') == turn
    and redis.call('HEXISTS', thread, 'record') == 0 and redis.call('EXISTS', box) == 0 then
    redis.call('HDEL', thread, 'from', 'last', 'opener')
  end
end
"""

#: Settle the reservation of a turn. `how` is 'spend'; 'fail', when the run was created and costs
#: nothing; 'return', when none was created; or 'keep', when its run goes on. What is spent counts
#: in its asker's month, too. Returns the amount, or 0 when the turn has none.
SETTLE = """
local function settle(reservations, turn, how)
  local held = redis.call('HGET', reservations, turn)
  if not held or how == 'keep' then return 0 end
  local amount, person, channel, workspace, usage, field = string.match(
    held, '^(%d+) %d+ (%S+) (%S+) (%S+) (%S+) (.+)$')
  for _, budget in ipairs({person, channel, workspace}) do
    redis.call('HINCRBY', budget, 'held', -amount)
    if how == 'spend' then redis.call('HINCRBY', budget, 'settled', amount) end
    if how == 'return' and redis.call('HGET', budget, 'warned') == turn then
      redis.call('HDEL', budget, 'warned')  -- people are warned about runs that exist
    end
  end
  if how ~= 'return' then
    redis.call('HINCRBY', usage, how .. ' ' .. field, 1)
    redis.call('EXPIRE', usage, 34560000)
  end
  if how == 'spend' then
    redis.call('HINCRBY', usage, 'cost ' .. field, amount)
    local bot, team, month = string.match(usage, '^(.*):usage:([^:]+):(%d+%-%d+)')
    local spent = table.concat({bot, 'spent', team, string.match(field, '^%S+')}, ':')
    redis.call('HINCRBY', spent, month, amount)
    redis.call('EXPIRE', spent, 34560000)
  end
  redis.call('HDEL', reservations, turn)
  return tonumber(amount)
end
"""
