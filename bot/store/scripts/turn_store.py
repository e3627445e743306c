"""The Lua scripts of `bot.store.turn_store`."""

from __future__ import annotations

from bot.store.scripts import fragments, running

#: Return the current turn: the one that was begun, else the oldest, which is begun by this. When
#: the mailbox is empty, retire its entry. A question takes a place to run, if its asker has one
#: left in the channel.
#: KEYS ready, box, now
#: ARGV me, entry, turn key prefix, turn life, most runs of a person in a channel or 0, mailbox,
#:      key prefixes of places, of lines, of mailboxes
#: -> {0} not the owner | {1} empty | {1, turn, fields and values of its hash, whether it has or
#:    needs no place}
CURRENT = (
    fragments.NOW
    + fragments.OWNER
    + running.PLACES
    + """
local function has_place(turn)
  local most = tonumber(ARGV[5])
  if most <= 0 then return 1 end
  local is_read, record = pcall(cjson.decode, redis.call('HGET', ARGV[3] .. turn, 'record'))
  local question = is_read and type(record) == 'table' and record.question
  if type(question) ~= 'table' or question.start ~= 'question' then return 1 end
  local whose = question.thread.team .. ':' .. question.thread.channel .. ':' .. question.asker
  local places = {
    running = ARGV[7] .. whose, line = ARGV[8] .. whose, most = most, turns = ARGV[3],
    boxes = ARGV[9]}
  if record.state ~= 'queued' then redis.call('ZADD', places.running, now, turn) end
  return take_place(places, turn, ARGV[6], now) and 1 or 0
end
if not is_owner(ARGV[1], ARGV[2]) then return {0} end
local id = redis.call('GET', KEYS[3])
if id and not redis.call('ZSCORE', KEYS[2], id) then id = false end
while true do
  if not id then id = redis.call('ZRANGE', KEYS[2], 0, 0)[1] end
  if not id then
    redis.call('DEL', KEYS[3])
    retire(ARGV[2])
    return {1}
  end
  if redis.call('HEXISTS', ARGV[3] .. id, 'record') == 1 then
    redis.call('SET', KEYS[3], id, 'EX', ARGV[4])
    return {1, id, redis.call('HGETALL', ARGV[3] .. id), has_place(id)}
  end
  redis.call('ZREM', KEYS[2], id)
  id = false
end
"""
)

#: Write a turn.
#: KEYS ready, turn    ARGV me, entry, record, turn life    -> 0 not the owner | 1
SAVE = (
    fragments.OWNER
    + """
if not is_owner(ARGV[1], ARGV[2]) then return 0 end
redis.call('HSET', KEYS[2], 'record', ARGV[3])
redis.call('EXPIRE', KEYS[2], ARGV[4])
return 1
"""
)

#: Write a turn that has ended, and return what people want of it: all that was taken until now.
#: KEYS ready, turn, box    ARGV me, entry, record, turn life, turn
#: -> {0} not the owner | {1, how many others are queued, fields and values of the turn's hash}
SAVE_ENDED = (
    fragments.OWNER
    + """
if not is_owner(ARGV[1], ARGV[2]) then return {0} end
redis.call('HSET', KEYS[2], 'record', ARGV[3])
redis.call('EXPIRE', KEYS[2], ARGV[4])
local others = redis.call('ZCARD', KEYS[3])
if redis.call('ZSCORE', KEYS[3], ARGV[5]) then others = others - 1 end
return {1, others, redis.call('HGETALL', KEYS[2])}
"""
)

#: Write a turn and its thread, and remove the turn from the mailbox; with the last one, retire the
#: mailbox's entry. What the turn holds of the budgets is settled; a run that goes on is watched by
#: a job. The next in its asker's line can run.
#: KEYS ready, box, now, turn, thread, reservations, later, places and line of its asker
#: ARGV me, entry, turn, record, turn life, thread record or '', thread life, kind of a job to
#:      enqueue or '', time in s or '' for a turn that does not count as the thread's,
#:      how its price is settled, most runs of a person in a channel or 0, mailbox, key prefixes
#:      of turns and mailboxes, thread life while another question of it is open, '1' for a question
#:      that was withdrawn before anything was started: it does not leave the thread ours
#: -> -1 not the owner | how many turns are left in the mailbox
FINISH = (
    fragments.OWNER
    + fragments.GIVE_BACK
    + fragments.SETTLE
    + running.PLACES
    + """
if not is_owner(ARGV[1], ARGV[2]) then return -1 end
redis.call('HSET', KEYS[4], 'record', ARGV[4])
redis.call('EXPIRE', KEYS[4], ARGV[5])
if ARGV[6] ~= '' then redis.call('HSET', KEYS[5], 'record', ARGV[6]) end
if ARGV[9] ~= '' then redis.call('HSET', KEYS[5], 'last', ARGV[9]) end
redis.call('ZREM', KEYS[2], ARGV[3])
local box = ARGV[14] .. string.match(ARGV[12], '^[^:]+:[^:]+:[^:]+')
local others_wait = redis.call('EXISTS', box) == 1
if ARGV[16] == '1' then give_back(KEYS[5], box, ARGV[3]) end
redis.call('EXPIRE', KEYS[5], others_wait and ARGV[15] or ARGV[7])
redis.call('DEL', KEYS[3])
if ARGV[8] ~= '' then redis.call('XADD', KEYS[1], '*', ARGV[8], ARGV[3]) end
settle(KEYS[6], ARGV[3], ARGV[10])
if ARGV[10] == 'keep' and redis.call('HEXISTS', KEYS[6], ARGV[3]) == 1 then
  redis.call('HSET', KEYS[4], 'kept', '1')
  redis.call('XADD', KEYS[1], '*', 'settle', ARGV[3])
end
local most = tonumber(ARGV[11])
leave_place({
  ready = KEYS[1], later = KEYS[7], running = KEYS[8], line = KEYS[9],
  most = most > 0 and most or ANY_NUMBER, turns = ARGV[13], boxes = ARGV[14]}, ARGV[3], ARGV[12])
local left = redis.call('ZCARD', KEYS[2])
if left == 0 then retire(ARGV[2]) end
return left
"""
)

#: Record when a turn was first found unreadable.
#: KEYS turn    ARGV time in s, seconds until its thread is told
#: -> 1 once, when they have passed | 0
MARK_UNREADABLE = """
if redis.call('HEXISTS', KEYS[1], 'record') == 0 then return 0 end
redis.call('HSETNX', KEYS[1], 'unread', ARGV[1])
if ARGV[1] - redis.call('HGET', KEYS[1], 'unread') < tonumber(ARGV[2]) then return 0 end
return redis.call('HSETNX', KEYS[1], 'unread_told', '1')
"""
