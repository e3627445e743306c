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

#: Take a person out of a turn that somebody else asked, unless it is in progress or has changed.
#: KEYS turn, four boxes of its thread    ARGV turn, person, nobody, its record, the new one
#: -> 0 | 1
UNNAME_TURN = """
for i = 2, 5 do
  if redis.call('ZSCORE', KEYS[i], ARGV[1]) then return 0 end
end
if redis.call('HGET', KEYS[1], 'record') ~= ARGV[4] then return 0 end
redis.call('HSET', KEYS[1], 'record', ARGV[5])
redis.call('HDEL', KEYS[1], 'ping:' .. ARGV[2], 'rated:' .. ARGV[2])
if redis.call('HGET', KEYS[1], 'stop') == ARGV[2] then
  redis.call('HSET', KEYS[1], 'stop', ARGV[3])
end
return 1
"""

#: Take a person out of a thread, unless a question of it is in progress or it has changed.
#: KEYS thread, four boxes of it    ARGV person, its record or '', the new one    -> 0 | 1
UNNAME_THREAD = """
for i = 2, 5 do
  if redis.call('EXISTS', KEYS[i]) == 1 then return 0 end
end
if (redis.call('HGET', KEYS[1], 'record') or '') ~= ARGV[2] then return 0 end
if ARGV[2] ~= '' then redis.call('HSET', KEYS[1], 'record', ARGV[3]) end
redis.call('HDEL', KEYS[1], 'by:' .. ARGV[1], 'full:' .. ARGV[1], 'stopped:' .. ARGV[1])
return 1
"""

#: Move a count to another field.    KEYS usage    ARGV field, the other
MOVE_COUNT = """
local count = redis.call('HGET', KEYS[1], ARGV[1])
if not count then return 1 end
redis.call('HINCRBY', KEYS[1], ARGV[2], count)
redis.call('HDEL', KEYS[1], ARGV[1])  -- last: an empty hash would lose its life
return 1
"""

#: Delete a budget, unless something is held in it.    KEYS budget    -> 0 | 1
DELETE_BUDGET = """
if tonumber(redis.call('HGET', KEYS[1], 'held') or 0) ~= 0 then return 0 end
redis.call('DEL', KEYS[1])
return 1
"""

#: Delete a list of turns, unless one of them is not done.
#: KEYS running, or line    ARGV turn key prefix    -> 0 | 1
DELETE_PLACES = """
for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local record = redis.call('HGET', ARGV[1] .. string.match(member, '^%S+'), 'record')
  if record and cjson.decode(record).state ~= 'done' then return 0 end
end
redis.call('DEL', KEYS[1])
return 1
"""

#: Write the record of changes once more, with a person's id taken out.
#: KEYS audit    ARGV person, nobody
UNNAME_AUDIT = """
local life = redis.call('TTL', KEYS[1])
local entries = redis.call('XRANGE', KEYS[1], '-', '+')
redis.call('DEL', KEYS[1])
for _, entry in ipairs(entries) do
  local fields = entry[2]
  for i = 2, #fields, 2 do
    fields[i] = string.gsub(fields[i], '%w+', function(word)
      return word == ARGV[1] and ARGV[2] or nil
    end)
  end
  redis.call('XADD', KEYS[1], entry[1], unpack(fields))
end
if life > 0 then redis.call('EXPIRE', KEYS[1], life) end
return 1
"""
