"""The Lua scripts that change a question which is known: signals, withdrawals, moves.

They write beside the turn's record, which only its owner writes.
"""

from __future__ import annotations

from bot.store.scripts import fragments

# Tell every replica that a mailbox has something new to read, and end its delay if it has one.
_NOTIFY = """
local function notify(box)
  redis.call('XADD', KEYS[3], 'MAXLEN', '~', 10000, '*', 'mailbox', box)
  redis.call('EXPIRE', KEYS[3], 3600)
  if redis.call('ZREM', KEYS[4], box) == 1 then redis.call('XADD', KEYS[5], '*', 'mailbox', box) end
end
"""

# The last turn of a mailbox never leaves it by a signal: the mailbox's entry exists as long as it
# has a turn, so the owner ends that one.
_STATE = """
local function record()
  return cjson.decode(redis.call('HGET', KEYS[1], 'record'))
end
local function state()
  return record().state
end
local function is_behind_another(id)
  return redis.call('GET', KEYS[6]) ~= id and redis.call('ZCARD', KEYS[2]) > 1
end
"""

# An older change of a message may be delivered after a newer one, and must not undo that: whether
# an edit, or what withdraws the question, came before what the other kind is known to have done.
_ORDER = """
local function is_older(at, than)
  local known = tonumber(redis.call('HGET', KEYS[1], than) or '')
  return known and tonumber(at) < known
end
local function note(at, field)
  if not is_older(at, field) then redis.call('HSET', KEYS[1], field, at) end
end
"""

#: Write a signal beside a turn that has not ended, and notify its owner. A ping counts only until
#: the answer is made; an edit does until it is written that the question was not started: its owner
#: reads all signals with that, and takes it back for an edit from before. What a message says last
#: is kept beside its own turn, whatever has become of that: its buttons ask it. A queued turn that
#: is stopped need not wait: it moves to the side mailbox. If `order` is given, remember that it
#: stopped something, because its event may be delivered again.
#: KEYS turn, box, news, later, ready, now, side box, order or none
#: ARGV turn, mailbox, field, value, since (a ts) or '', turn life, side mailbox, the endings of
#:      questions that were not started, each after a ',', what to keep as `latest` or ''
#: -> 0 it has ended | 1 | 2 an edit that its turn will ask | 3 one that its turn offers to ask |
#:    -1 an edit of a message that was changed later
SIGNAL = (
    _NOTIFY
    + _ORDER
    + _STATE
    + """
if redis.call('HEXISTS', KEYS[1], 'record') == 0 then return 0 end
local is_edit, outcome = ARGV[3] == 'edited', 1
if is_edit then
  if is_older(ARGV[5], 'withdrawn_at') or is_older(ARGV[5], 'edited_at') then return -1 end
  note(ARGV[5], 'edited_at')
  if ARGV[9] ~= '' then redis.call('HSET', KEYS[1], 'latest', ARGV[9]) end
end
if not redis.call('ZSCORE', KEYS[2], ARGV[1]) then return 0 end
if is_edit then
  local turn = record()
  local ending = type(turn.ending) == 'table' and turn.ending.kind or ''
  if string.find(ARGV[8] .. ',', ',' .. ending .. ',', 1, true) then return 0 end
  local wanted = redis.call('HMGET', KEYS[1], 'gone', 'stop')
  if not wanted[1] and not wanted[2] and turn.question.start == 'question' then
    outcome = ({queued = 2, starting = 3, running = 3})[turn.state] or 1
  end
end
if string.sub(ARGV[3], 1, 5) == 'ping:' and state() == 'ended' then return 0 end
redis.call('HSET', KEYS[1], ARGV[3], ARGV[4])
if KEYS[8] then redis.call('SET', KEYS[8], '1', 'EX', ARGV[6]) end
if ARGV[3] == 'stop' and is_behind_another(ARGV[1]) then
  redis.call('ZADD', KEYS[7], redis.call('ZSCORE', KEYS[2], ARGV[1]), ARGV[1])
  redis.call('EXPIRE', KEYS[7], ARGV[6])
  redis.call('ZREM', KEYS[2], ARGV[1])
  if redis.call('ZCARD', KEYS[7]) == 1 then redis.call('XADD', KEYS[5], '*', 'mailbox', ARGV[7]) end
end
notify(ARGV[2])
return outcome
"""
)

#: Keep a signal for a turn that is not known yet, because its question may be delivered later. Most
#: such turns never come: any message of any channel may be edited or deleted. So only the latest
#: are kept, and not for long.
#: KEYS turn, early
#: ARGV field, value, since (a ts), stray life, turn, turn key prefix, time in s, most of all
#: -> 0 the turn is known by now | 1 | -1 the other kind of change is later
KEEP_EARLY = (
    _ORDER
    + """
if redis.call('HEXISTS', KEYS[1], 'record') == 1 then return 0 end
if redis.call('HEXISTS', KEYS[1], 'forgotten') == 1 then return 1 end
local is_edit = ARGV[1] == 'edited'
if is_older(ARGV[3], is_edit and 'withdrawn_at' or 'edited_at') then return -1 end
local since = is_edit and 'edited_at' or 'withdrawn_at'
if not is_older(ARGV[3], since) then
  redis.call('HDEL', KEYS[1], 'edited', 'gone')
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2], since, ARGV[3])
end
redis.call('ZADD', KEYS[2], ARGV[7], ARGV[5])
for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, ARGV[4]) end
for _, turn in ipairs(redis.call('ZRANGE', KEYS[2], 0, -ARGV[8] - 1)) do
  if redis.call('HEXISTS', ARGV[6] .. turn, 'record') == 0 then
    redis.call('DEL', ARGV[6] .. turn)
  end
  redis.call('ZREM', KEYS[2], turn)
end
return 1
"""
)

#: Withdraw a question. A queued one leaves the mailbox; the owner of a current one is notified.
#: What its message was edited to is not wanted either, and forgotten.
#: A question that has ended before anything was started, such as with its price, does not leave the
#: thread ours.
#: KEYS turn, box, news, later, ready, now, thread
#: ARGV turn, mailbox, '1' to leave a turn alone that is not queued any more, or '', since (a ts)
#: -> 0 it has ended, or is left alone | 1 | -1 it was edited later
WITHDRAW = (
    fragments.GIVE_BACK
    + _NOTIFY
    + _ORDER
    + _STATE
    + """
if redis.call('HEXISTS', KEYS[1], 'record') == 0 then return 0 end
if is_older(ARGV[4], 'edited_at') then return -1 end
note(ARGV[4], 'withdrawn_at')
redis.call('HDEL', KEYS[1], 'latest')
local is_open = redis.call('ZSCORE', KEYS[2], ARGV[1])
local turn = record()
local never_began = type(turn.run) ~= 'string' and type(turn.started_at) ~= 'number'
if not is_open and never_began then give_back(KEYS[7], KEYS[2], ARGV[1]) end
if ARGV[3] ~= '' and not (is_open and state() == 'queued') then
  if redis.call('HDEL', KEYS[1], 'edited') == 1 and is_open then notify(ARGV[2]) end
  return 0
end
if not is_open then return 0 end
redis.call('HSET', KEYS[1], 'gone', '1')
if is_behind_another(ARGV[1]) then
  redis.call('ZREM', KEYS[2], ARGV[1])
  redis.call('XADD', KEYS[5], '*', 'waiting', ARGV[1])  -- removes its queued reaction
end
notify(ARGV[2])
return 1
"""
)

#: Remove a queued question from its mailbox, and ask it in another thread instead.
#: KEYS turn, box, news, later, ready, now, new turn, new box, new thread, the turn of its message
#: ARGV turn, mailbox, new turn, its order, its record, its mailbox, turn life, thread life, asker,
#:      asker key prefix, time in s
#: -> 0 it is not queued any more | 1
MOVE = (
    _NOTIFY
    + _STATE
    + """
if not redis.call('ZSCORE', KEYS[2], ARGV[1]) or not is_behind_another(ARGV[1]) then return 0 end
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('HSET', KEYS[1], 'gone', '1', 'moved', ARGV[3])
if redis.call('HEXISTS', KEYS[10], 'record') == 1 then
  redis.call('HSET', KEYS[10], 'moved', ARGV[3])
end
redis.call('XADD', KEYS[5], '*', 'waiting', ARGV[1])  -- removes its queued reaction
redis.call('HSET', KEYS[7], 'record', ARGV[5])
redis.call('EXPIRE', KEYS[7], ARGV[7])
redis.call('ZADD', KEYS[8], ARGV[4], ARGV[3])
redis.call('EXPIRE', KEYS[8], ARGV[7])
redis.call('XADD', KEYS[5], '*', 'mailbox', ARGV[6])
redis.call('HSET', KEYS[9], 'from', ARGV[4], 'last', ARGV[11], 'by:' .. ARGV[9], '1')
redis.call('EXPIRE', KEYS[9], ARGV[8])
local asked = ARGV[10] .. ARGV[9]
redis.call('ZADD', asked, ARGV[11], ARGV[3])
redis.call('ZREMRANGEBYRANK', asked, 0, -501)  -- see `keys.ASKED`
redis.call('EXPIRE', asked, ARGV[7])
notify(ARGV[2])
return 1
"""
)
