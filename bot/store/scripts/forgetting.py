"""The Lua scripts that delete what is stored of a thread or of a person."""

from __future__ import annotations

from bot.store.scripts.fragments import SETTLE

#: Delete a thread, unless a question of it is in progress, and enqueue the job that deletes its
#: turns; or only say whether that may be done.
#: KEYS ready, thread, strays, times of the strays, strays of all threads, choice of the thread,
#:      audit, four boxes of the thread
#: ARGV thread, person, '1' for an admin or '', '1' to do it or '', time in s, life of the audit,
#:      most records of it, name in the audit, key prefix of what is held off
#: -> 'forgotten' | 'busy' | 'not theirs' | 'nothing'
FORGET_THREAD = """
for i = 8, 11 do
  if redis.call('EXISTS', KEYS[i]) == 1 then return 'busy' end
end
local fields = redis.call('HGETALL', KEYS[2])
if #fields == 0 and ARGV[3] == '' then return 'nothing' end
local askers = {}
for i = 1, #fields, 2 do
  local asker = string.match(fields[i], '^by:(.*)$')
  if asker then askers[#askers + 1] = asker end
end
if ARGV[3] == '' then
  for _, asker in ipairs(askers) do
    if asker ~= ARGV[2] then return 'not theirs' end
  end
  if #askers == 0 then return 'not theirs' end
end
if ARGV[4] == '' then return 'forgotten' end
for _, stray in ipairs(redis.call('ZRANGE', KEYS[4], 0, -1)) do
  redis.call('ZREM', KEYS[5], ARGV[1] .. ' ' .. stray)
end
for _, asker in ipairs(askers) do redis.call('DEL', ARGV[9] .. asker) end
redis.call('DEL', KEYS[2], KEYS[3], KEYS[4], KEYS[6])
local told = #fields > 0 and ARGV[2] or ''
redis.call('XADD', KEYS[1], '*', 'forget', ARGV[1] .. ' ' .. told .. ' ' .. ARGV[5])
redis.call('XADD', KEYS[7], 'MAXLEN', '~', ARGV[7], '*', 'at', ARGV[5], 'actor', ARGV[2],
  'name', ARGV[8], 'before', '', 'after', '')
redis.call('EXPIRE', KEYS[7], ARGV[6])
return 'forgotten'
"""

#: Delete a turn that is in no mailbox, and keep for a while that it was there, lest a redelivery
#: ask it again. What it still holds of the budgets counts as spent.
#: KEYS turn, reservations, latest turns of its asker, four boxes of its thread
#: ARGV turn, life of what is kept    -> 0 it is in progress | 1
FORGET_TURN = (
    SETTLE
    + """
for i = 4, 7 do
  if redis.call('ZSCORE', KEYS[i], ARGV[1]) then return 0 end
end
settle(KEYS[2], ARGV[1], 'spend')
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'forgotten', '1')
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
"""
)
