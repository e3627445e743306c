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
#: -> ms to wait | -1: the call must not go, -2: because of the second of those keys, and so on
RESERVE = (
    fragments.NOW
    + fragments.OWNER
    + """
local is_optional = ARGV[5] ~= ''
local before = tonumber(redis.call('LINDEX', KEYS[2], -ARGV[1]))
local at = before and math.max(now, before + ARGV[2]) or now
for key = 4, #KEYS do
  if redis.call('EXISTS', KEYS[key]) == 1 then return 3 - key end
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

#: Take the time for a post now, or say when to ask again.
#:
#: Posts are shared out twice: the posts of a channel among people, those of the workspace among
#: channels. Whoever posted least recently goes first; the second post of anybody goes behind the
#: first of all others. A person or a channel that posted within the window may use only a part of
#: it, so that there is room at once for somebody else.
#:
#: Who cannot post yet is written into a line and asks again at the time that this returns. By then
#: others may have come who go first, so the answer may be another time. Who does not ask again, as
#: its process died, is dropped from the line.
#: KEYS times of the channel's posts, its line, when each person posted there last;
#:      the same three of the workspace, with channels in place of people
#: ARGV person, post, channel, most of the channel, their window in ms, most of one person, their
#:      window in ms; the same four of the workspace and one channel; ms after which who does not
#:      ask is dropped, longest wait in ms
#: -> 0 the post may go now | ms after which to ask again
RESERVE_POST = (
    fragments.NOW
    + """
local function numbers(key, most)
  local found = redis.call('LRANGE', key, -most, -1)
  for i, value in ipairs(found) do found[i] = tonumber(value) end
  return found
end
local function place(line, served, who, post)
  local queue, number, last, arrival = {}, {}, {}, now
  local all = redis.call('HGETALL', line)
  for i = 1, #all, 2 do
    local came, due, owner = string.match(all[i + 1], '^(%d+) (%d+) (.*)$')
    if all[i] == post then arrival = tonumber(came)
    elseif due + ARGV[12] < now then redis.call('HDEL', line, all[i])
    else queue[#queue + 1] = {post = all[i], came = tonumber(came), who = owner} end
  end
  queue[#queue + 1] = {post = post, came = arrival, who = who}
  local function came_first(a, b)
    if a.came ~= b.came then return a.came < b.came end
    return a.post < b.post
  end
  table.sort(queue, came_first)
  for _, each in ipairs(queue) do
    last[each.who] = last[each.who] or tonumber(redis.call('ZSCORE', served, each.who) or 0)
    number[each.who] = (number[each.who] or 0) + 1
    each.number, each.last = number[each.who], last[each.who]
  end
  table.sort(queue, function(a, b)
    if a.number ~= b.number then return a.number < b.number end
    if a.last ~= b.last then return a.last < b.last end
    return came_first(a, b)
  end)
  return queue, arrival
end
local function time_of(post, queue, times, most, window, of_one, its_window)
  for _, each in ipairs(queue) do
    local at = now
    if #times >= most then at = math.max(at, times[#times - most + 1] + window) end
    local is_fresh = each.number == 1 and each.last <= now - window
    if not is_fresh and #times >= of_one then
      at = math.max(at, times[#times - of_one + 1] + its_window)
    end
    if each.post == post then return at end
    times[#times + 1] = at
  end
end
local function reserve(keys, who, post, limit)
  local most, window, of_one, its_window = unpack(limit)
  local queue, arrival = place(keys[2], keys[3], who, post)
  local at = time_of(post, queue, numbers(keys[1], most), most, window, of_one, its_window)
  return math.max(0, at - now), arrival
end
local function take(keys, who, post, limit)
  redis.call('RPUSH', keys[1], now)
  redis.call('LTRIM', keys[1], -limit[1], -1)
  redis.call('PEXPIRE', keys[1], limit[2])
  redis.call('ZADD', keys[3], t[1] * 1000 + t[2] / 1000, who)  -- no two posts at one time
  redis.call('ZREMRANGEBYRANK', keys[3], 0, -1001)
  redis.call('PEXPIRE', keys[3], math.max(600000, limit[2]))
  redis.call('HDEL', keys[2], post)
end
local function stand(keys, who, post, wait, arrival)
  if wait >= tonumber(ARGV[13]) then
    redis.call('HDEL', keys[2], post)
    return tonumber(ARGV[13])
  end
  wait = math.max(10, math.ceil(wait))
  redis.call('HSET', keys[2], post, string.format('%d %d %s', arrival, now + wait, who))
  redis.call('PEXPIRE', keys[2], ARGV[13] + ARGV[12])
  return wait
end
local function limit(first)
  local found = {}
  for i = 0, 3 do found[i + 1] = tonumber(ARGV[first + i]) end
  return found
end
local here, all = {KEYS[1], KEYS[2], KEYS[3]}, {KEYS[4], KEYS[5], KEYS[6]}
local person, post, channel = ARGV[1], ARGV[2], ARGV[3]
local wait, arrival = reserve(here, person, post, limit(4))
if wait > 0 then return stand(here, person, post, wait, arrival) end
local turn, since = reserve(all, channel, channel, limit(8))
if turn > 0 then
  stand(all, channel, channel, turn, since)
  return stand(here, person, post, turn, arrival)
end
take(here, person, post, limit(4))
take(all, channel, channel, limit(8))
return 0
"""
)
