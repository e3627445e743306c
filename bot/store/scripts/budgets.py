"""The Lua scripts that reserve and settle what runs cost. Amounts are millionths of a US dollar.

`reservations` and the `held` fields of the budgets always agree: both change in one script.
"""

from __future__ import annotations

from bot.store.scripts.fragments import OWNER, SETTLE

#: Hold a turn's price in its three budgets, and write the turn; or hold and write nothing.
#: A turn that holds the same price already keeps that reservation, also from the day before, but
#: for the processor that the price is for. A turn that is about to start is not written when it was
#: stopped or withdrawn: what its owner has not read yet must not cost anything.
#: KEYS ready, turn, reservations, policies, budgets of person, channel, workspace, usage of the day
#: ARGV me, entry, turn, record, turn life, price, time in s, life of the budgets,
#:      names of the policies of person, channel, all persons, all channels, workspace,
#:      limits where no policy is set ('' for none) of person, channel, workspace, warned from in %,
#:      PERSON CHANNEL PROCESSOR, '1' when it is about to start or ''
#: -> {0} not ours | {3} stopped or withdrawn
#:    | {1, places of the budgets to warn of…, 0, limit, held, settled of each}
#:    | {2, place of the budget without room, limit, held, settled of each}; a limit '' is none
RESERVE_PRICE = (
    OWNER
    + SETTLE
    + """
if not is_owner(ARGV[1], ARGV[2]) then return {0} end
if ARGV[19] ~= '' then
  local signals = redis.call('HMGET', KEYS[2], 'gone', 'stop')
  if signals[1] or signals[2] then return {3} end
end
local price = tonumber(ARGV[6])
local before = redis.call('HGET', KEYS[3], ARGV[3])
local holds = before and tonumber(string.match(before, '^(%d+)')) == price
if before and not holds then settle(KEYS[3], ARGV[3], 'return') end
redis.call('EXPIRE', KEYS[4], ARGV[8])
local set = redis.call('HMGET', KEYS[4], ARGV[9], ARGV[10], ARGV[11], ARGV[12], ARGV[13])
local chosen = {set[1] or set[3], set[2] or set[4], set[5]}
local state, warnings, full = {}, {}, nil
for place = 1, 3 do
  local limit = chosen[place] or ARGV[13 + place]
  local sums = redis.call('HMGET', KEYS[4 + place], 'held', 'settled')
  local held, settled = tonumber(sums[1] or 0), tonumber(sums[2] or 0)
  limit = limit == 'off' and '' or limit
  if limit ~= '' and not holds and held + settled + price > tonumber(limit) then
    full = full or place
  end
  for _, value in ipairs({limit, held, settled}) do state[#state + 1] = value end
end
if full then return {2, full, unpack(state)} end
for place = 1, 3 do
  local budget, at = KEYS[4 + place], 3 * (place - 1)
  if not holds then
    state[at + 2] = redis.call('HINCRBY', budget, 'held', price)
    redis.call('EXPIRE', budget, ARGV[8])
  end
  local limit = tonumber(state[at + 1])
  if limit and (state[at + 2] + state[at + 3]) * 100 >= limit * ARGV[17] then
    if redis.call('HSETNX', budget, 'warned', ARGV[3]) == 1 then
      warnings[#warnings + 1] = place
    end
  end
end
local held = table.concat({ARGV[6], ARGV[7], KEYS[5], KEYS[6], KEYS[7], KEYS[8]}, ' ')
if holds then held = string.match(before, '^%d+ %d+ %S+ %S+ %S+ %S+') end
redis.call('HSET', KEYS[3], ARGV[3], held .. ' ' .. ARGV[18])
redis.call('EXPIRE', KEYS[3], ARGV[8])
redis.call('HSET', KEYS[2], 'record', ARGV[4])
redis.call('EXPIRE', KEYS[2], ARGV[5])
warnings[#warnings + 1] = 0
local reply = {1}
for _, value in ipairs(warnings) do reply[#reply + 1] = value end
for _, value in ipairs(state) do reply[#reply + 1] = value end
return reply
"""
)

#: Settle what a turn holds, outside of its mailbox: its run has ended after it.
#: KEYS reservations    ARGV turn, how    -> the amount settled
SETTLE_TURN = SETTLE + "return settle(KEYS[1], ARGV[1], ARGV[2])"

#: Settle what no turn will: reservations whose turn is done or forgotten, as an older release's
#: replica or a lost record leaves them; those of questions that were withdrawn while they waited
#: behind another; and those of runs that were watched for too long. A page of them at a time: a
#: record may be long, and everybody waits while it is read. One replica begins for all.
#: KEYS reservations, swept    ARGV time in s, turn key prefix, seconds a new one is left alone,
#:      seconds that a run is watched, cursor ('' to begin), seconds until one may begin again
#: -> {cursor of the next page, '0' for none, how many were settled}
SWEEP_RESERVATIONS = (
    SETTLE
    + """
if ARGV[5] == '' then
  if not redis.call('SET', KEYS[2], '1', 'NX', 'EX', ARGV[6]) then return {'0', 0} end
  ARGV[5] = '0'
end
local swept = 0
local page = redis.call('HSCAN', KEYS[1], ARGV[5], 'COUNT', 20)
local all = page[2]
for i = 1, #all, 2 do
  local age = ARGV[1] - string.match(all[i + 1], '^%d+ (%d+)')
  if age > tonumber(ARGV[3]) then
    local turn = redis.call('HMGET', ARGV[2] .. all[i], 'record', 'kept', 'gone')
    local record = turn[1] and cjson.decode(turn[1])
    if not record or age > tonumber(ARGV[4]) then
      swept = swept + 1
      settle(KEYS[1], all[i], 'spend')
    elseif record.state == 'done' and not turn[2] then
      swept = swept + 1
      local created = type(record.started_at) == 'number'
      settle(KEYS[1], all[i], created and 'spend' or 'return')
    elseif record.state == 'queued' and turn[3] then  -- if it starts after all, it holds it again
      swept = swept + 1
      settle(KEYS[1], all[i], 'return')
    end
  end
end
return {page[1], swept}
"""
)

#: Set or take back what an admin chose, and record who did it, unless it was so already.
#: KEYS policies, audit    ARGV name, value ('' takes it back), actor, time in s, life, most records
#: -> the value before, or ''
SET_POLICY = """
local before = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if ARGV[2] == '' then redis.call('HDEL', KEYS[1], ARGV[1])
else redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
redis.call('EXPIRE', KEYS[1], ARGV[5])
if before == ARGV[2] then return before end
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[6], '*', 'at', ARGV[4], 'actor', ARGV[3],
  'name', ARGV[1], 'before', before, 'after', ARGV[2])
redis.call('EXPIRE', KEYS[2], ARGV[5])
return before
"""
