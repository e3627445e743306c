"""The Lua scripts with which `bot.store.mailbox` appends a question, and mutes a thread.

A reply in a thread that is not ours is a stray: the mention that makes the thread ours may be
delivered after it. Redis never evicts, and strays come from every thread of every channel, so each
is cut to what could be asked, only the latest of a thread and of all are kept, and not for long.
"""

from __future__ import annotations

#: Append a turn to its mailbox, once.
#:
#: A reply is ours from the first message on that addressed us; what people wrote before that is
#: not, even when it is delivered late. It is not ours in a thread that was muted before it was
#: written, where only mentions count or those who had asked before it (follow-ups), or in a dormant
#: thread. Small talk is taken where a reply would be ours (as `aside`), and makes no thread ours.
#: A turn that its asker stopped before it was delivered is appended with that signal. A change of
#: its message that was kept early, and came before the one that this turn asks, does not count.
#: Where too many wait already, a turn is not taken: 'full' for the first of each asker, also when
#: it is delivered again, until one of theirs is taken. Strays are taken all the same: they are few,
#: and their askers would not hear of it.
#: KEYS ready, box, thread, strays, now, news, follow-ups of the channel, times of the strays,
#:      strays of all threads
#: ARGV 1 turn, 2 order, 3 record, 4 mailbox, 5 addressing, 6 turn life, 7 stray life, 8 thread
#:      life, 9 turn key prefix, 10 asker key prefix, 11 asker, 12 time in s, 13 seconds until a
#:      thread is dormant, 14 follow-ups by default, 15 choice life, 16 the record as a stray or ''
#:      if it is the same, 17 thread, 18 and 19 key prefixes of strays and of their times, 20 most
#:      strays of a thread, 21 most of all, 22 most turns that wait in the mailbox, 0 for any,
#:      23 '1' if the message itself asks, not a button or an edit, which may come after a stop
#: -> 'new' | 'known' | 'not ours' | 'asleep' | 'full' | 'full, told'
APPEND = """
local prefix, addressing = ARGV[9], ARGV[5]
local function append(id, order, record, asker, is_message)
  local key = prefix .. id
  for change, at in pairs({edited = 'edited_at', gone = 'withdrawn_at'}) do
    local changed = tonumber(redis.call('HGET', key, at) or '')
    if changed and changed * 1000000 < tonumber(order) then redis.call('HDEL', key, change) end
  end
  redis.call('HSET', key, 'record', record)
  redis.call('EXPIRE', key, ARGV[6])
  redis.call('ZADD', KEYS[2], order, id)
  redis.call('EXPIRE', KEYS[2], ARGV[6])
  if redis.call('ZCARD', KEYS[2]) == 1 then
    redis.call('XADD', KEYS[1], '*', 'mailbox', ARGV[4])
  else
    redis.call('HSET', key, 'waited', '1')
    redis.call('XADD', KEYS[1], '*', 'waiting', id)
    redis.call('XADD', KEYS[6], 'MAXLEN', '~', 10000, '*', 'mailbox', ARGV[4])
    redis.call('EXPIRE', KEYS[6], 3600)
  end
  if addressing == 'aside' then return end
  local stopped = tonumber(redis.call('HGET', KEYS[3], 'stopped:' .. asker) or '')
  if is_message and stopped and tonumber(order) < stopped then
    redis.call('HSET', key, 'stop', asker)
  end
  local by = 'by:' .. asker
  local since = tonumber(redis.call('HGET', KEYS[3], by) or '')
  if not since or tonumber(order) < since then redis.call('HSET', KEYS[3], by, order) end
  local asked = ARGV[10] .. asker
  redis.call('ZADD', asked, ARGV[12], id)
  redis.call('ZREMRANGEBYRANK', asked, 0, -501)  -- see `keys.ASKED`
  redis.call('EXPIRE', asked, ARGV[6])
end
local function is_full()
  local most, current = tonumber(ARGV[22]), redis.call('GET', KEYS[5])
  if most <= 0 then return false end
  local waiting = redis.call('ZCARD', KEYS[2])
  if current and redis.call('ZSCORE', KEYS[2], current) then waiting = waiting - 1 end
  return waiting >= most
end
local function forget(thread, id)
  redis.call('HDEL', ARGV[18] .. thread, id)
  redis.call('ZREM', ARGV[19] .. thread, id)
  redis.call('ZREM', KEYS[9], thread .. ' ' .. id)
end
local function forget_old_strays()
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[8], '-inf', ARGV[12] - ARGV[7])) do
    forget(ARGV[17], id)
  end
  for _, id in ipairs(redis.call('ZRANGE', KEYS[8], 0, -ARGV[20] - 1)) do
    forget(ARGV[17], id)
  end
end
local function keep_stray()
  local record = ARGV[16] ~= '' and ARGV[16] or ARGV[3]
  redis.call('HSET', KEYS[4], ARGV[1], ARGV[2] .. ' ' .. record)
  redis.call('ZADD', KEYS[8], ARGV[12], ARGV[1])
  redis.call('ZADD', KEYS[9], ARGV[12], ARGV[17] .. ' ' .. ARGV[1])
  for _, key in ipairs({KEYS[4], KEYS[8], KEYS[9]}) do redis.call('EXPIRE', key, ARGV[7]) end
  forget_old_strays()
  for _, stray in ipairs(redis.call('ZRANGE', KEYS[9], 0, -ARGV[21] - 1)) do
    forget(string.match(stray, '^(.*) (.*)$'))
  end
end
local function follow_ups() return redis.call('GETEX', KEYS[7], 'EX', ARGV[15]) or ARGV[14] end
local function has_asked(person, order)
  local since = tonumber(redis.call('HGET', KEYS[3], 'by:' .. person) or '')
  return since and since <= tonumber(order)
end
local known = redis.call('HMGET', prefix .. ARGV[1], 'record', 'forgotten')
if known[1] or known[2] then return 'known' end
local from = tonumber(redis.call('HGET', KEYS[3], 'from'))
local last = tonumber(redis.call('HGET', KEYS[3], 'last'))
local is_ours = from and tonumber(ARGV[2]) >= from
local is_dormant = last and tonumber(ARGV[12]) - last > tonumber(ARGV[13])
local is_unaddressed = ({reply = true, overheard = true, remark = true})[addressing]
if is_unaddressed or addressing == 'direct' then
  local muted = redis.call('HMGET', KEYS[3], 'muted', 'muting')
  if muted[1] and tonumber(ARGV[2]) >= tonumber(muted[2] or 0) then return 'not ours' end
end
if is_unaddressed then
  local chosen = follow_ups()
  if chosen == 'mention' then return 'not ours' end
  if chosen == 'only-me' and from and not has_asked(ARGV[11], ARGV[2]) then
    if addressing == 'reply' then keep_stray() end  -- its asker's mention may come late
    return 'not ours'
  end
end
if addressing == 'remark' then
  if not is_ours or is_dormant then return 'not ours' end
  addressing = 'aside'
end
if addressing == 'direct' then addressing = 'addressed' end
if addressing == 'overheard' then addressing = 'aside' end
if addressing == 'reply' then
  if not is_ours then
    keep_stray()
    return 'not ours'
  end
  if is_dormant then
    redis.call('HSETNX', KEYS[3], 'dozing', ARGV[1])
    return redis.call('HGET', KEYS[3], 'dozing') == ARGV[1] and 'asleep' or 'not ours'
  end
end
local full = 'full:' .. ARGV[11]
if redis.call('HGET', KEYS[3], full) == ARGV[1] then return 'full' end
if is_full() then
  redis.call('HSETNX', KEYS[3], full, ARGV[1])
  redis.call('EXPIRE', KEYS[3], ARGV[8])
  return redis.call('HGET', KEYS[3], full) == ARGV[1] and 'full' or 'full, told'
end
redis.call('HDEL', KEYS[3], full)
if addressing ~= 'aside' then
  if not is_ours then redis.call('HSET', KEYS[3], 'from', ARGV[2], 'opener', ARGV[1]) end
  redis.call('HSET', KEYS[3], 'last', ARGV[12])
  redis.call('HDEL', KEYS[3], 'dozing')
  redis.call('EXPIRE', KEYS[3], ARGV[8])
end
append(ARGV[1], ARGV[2], ARGV[3], ARGV[11], ARGV[23] == '1')
if addressing == 'addressed' then
  forget_old_strays()
  local strays = redis.call('HGETALL', KEYS[4])
  local is_only_me = #strays > 0 and follow_ups() == 'only-me'
  for i = 1, #strays, 2 do
    local order, record = string.match(strays[i + 1], '^(%d+) (.*)$')
    local asker = cjson.decode(record).question.asker
    -- An earlier mention that is delivered later still takes what came before this one.
    local is_after = tonumber(order) > tonumber(ARGV[2])
    if is_after and not (is_only_me and not has_asked(asker, order)) then
      if redis.call('HEXISTS', prefix .. strays[i], 'record') == 0 then
        append(strays[i], order, record, asker, true)
      end
      forget(ARGV[17], strays[i])
    end
  end
end
return 'new'
"""

#: Keep a person's stop for what they asked before it and Slack delivers after it.
#: KEYS thread    ARGV person, order of the stop, stray life
STOP_UNDELIVERED = """
local field = 'stopped:' .. ARGV[1]
local is_known = redis.call('EXISTS', KEYS[1]) == 1
local stopped = tonumber(redis.call('HGET', KEYS[1], field) or '')
if stopped and stopped >= tonumber(ARGV[2]) then return end
redis.call('HSET', KEYS[1], field, ARGV[2])
if not is_known then redis.call('EXPIRE', KEYS[1], ARGV[3]) end
"""

#: Mute or unmute a thread, unless that was done by something later, which was delivered before.
#: KEYS thread    ARGV '1' to mute it or '', order of what does it, thread life
#: -> 0 it was done later | 1
MUTE = """
local known = tonumber(redis.call('HGET', KEYS[1], 'muting') or '')
if known and known > tonumber(ARGV[2]) then return 0 end
local is_known = redis.call('EXISTS', KEYS[1]) == 1
redis.call('HSET', KEYS[1], 'muting', ARGV[2])
if ARGV[1] == '1' then redis.call('HSET', KEYS[1], 'muted', '1')
else redis.call('HDEL', KEYS[1], 'muted') end
if ARGV[1] == '1' or not is_known then redis.call('EXPIRE', KEYS[1], ARGV[3]) end
return 1
"""
