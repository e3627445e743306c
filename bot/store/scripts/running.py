"""Lua about how many runs of one person go on in a channel at once.

A question needs a place to run. It takes one when it is begun, and keeps it until it is done. (A
run that was stopped goes on at Parallel, but nobody waits for it: it has no place.) A question that
finds no place stands in a line, in the order of asking, and its mailbox is put off (`later`).
Whoever leaves a place wakes the next in line. Nobody polls: the mailbox is only looked at again
after some minutes, should a replica of an older release have left a place without waking anybody.
"""

from __future__ import annotations

from bot.store.scripts import fragments

#: Defines `take_place` and `leave_place`. They want a table `places` with the keys `running`,
#: `line`, `later` and `ready`, the key prefixes `turns` and `boxes`, and `most`.
#: `running` is a ZSET of turns, `line` a ZSET of ``TURN MAILBOX`` by the time of asking.
PLACES = """
local PLACE_LIFE = 172800
local ANY_NUMBER = 1000000  -- where there is no bound; some may stand in line since there was one
local function still_counts(places, turn)
  local record = redis.call('HGET', places.turns .. turn, 'record')
  return record and cjson.decode(record).state ~= 'done'
end
local function free_places(places)
  local free = places.most - redis.call('ZCARD', places.running)
  if free > 0 then return free end
  for _, turn in ipairs(redis.call('ZRANGE', places.running, 0, -1)) do
    if not still_counts(places, turn) then redis.call('ZREM', places.running, turn) end
  end
  return places.most - redis.call('ZCARD', places.running)
end
local function first_in_line(places, number)
  while true do
    local found, is_current = redis.call('ZRANGE', places.line, 0, number - 1), true
    for _, each in ipairs(found) do
      local turn, mailbox = string.match(each, '^(.*) (%S+)$')
      if not redis.call('ZSCORE', places.boxes .. mailbox, turn) then
        redis.call('ZREM', places.line, each)
        is_current = false
      end
    end
    if is_current then return found end
  end
end
local function take_place(places, turn, mailbox, now)
  if not redis.call('ZSCORE', places.running, turn) then
    local free = free_places(places)
    if free <= 0 then return false end
    local first = first_in_line(places, free)
    local may_take = #first < free
    for _, each in ipairs(first) do may_take = may_take or each == turn .. ' ' .. mailbox end
    if not may_take then return false end
  end
  redis.call('ZADD', places.running, now, turn)
  redis.call('EXPIRE', places.running, PLACE_LIFE)
  redis.call('ZREM', places.line, turn .. ' ' .. mailbox)
  return true
end
local function leave_place(places, turn, mailbox)
  redis.call('ZREM', places.running, turn)
  redis.call('ZREM', places.line, turn .. ' ' .. mailbox)
  local free = free_places(places)
  if free <= 0 then return end
  for _, each in ipairs(first_in_line(places, free)) do
    local next_mailbox = string.match(each, '(%S+)$')
    if redis.call('ZREM', places.later, next_mailbox) == 1 then
      redis.call('XADD', places.ready, '*', 'mailbox', next_mailbox)
    end
  end
end
"""

#: Take a place for a turn that has none, or stand in line; then, when that is asked for, put its
#: mailbox off. The claim is over then. The first in line get the ⏳ mark, which is a job.
#: KEYS ready, later, turn, now, running, line
#: ARGV me, entry, turn, mailbox, order, most, key prefixes of turns and mailboxes, '1' to put the
#:      mailbox off or '', ms until it is looked at again, how many get the mark
#: -> -1 not the owner | -2 it was stopped or deleted, so it is not put off | 0 it has a place
#:    | its place in line
LINE_UP = (
    fragments.NOW
    + fragments.OWNER
    + PLACES
    + """
if not is_owner(ARGV[1], ARGV[2]) then return -1 end
local places = {
  ready = KEYS[1], later = KEYS[2], running = KEYS[5], line = KEYS[6],
  most = tonumber(ARGV[6]), turns = ARGV[7], boxes = ARGV[8]}
if places.most <= 0 or take_place(places, ARGV[3], ARGV[4], now) then return 0 end
local me = ARGV[3] .. ' ' .. ARGV[4]
redis.call('ZADD', KEYS[6], ARGV[5], me)
redis.call('EXPIRE', KEYS[6], PLACE_LIFE)
local place = redis.call('ZRANK', KEYS[6], me) + 1
if place <= tonumber(ARGV[11]) and redis.call('HSETNX', KEYS[3], 'lined', '1') == 1 then
  redis.call('XADD', KEYS[1], '*', 'waiting', ARGV[3])
end
if ARGV[9] ~= '' then
  local signals = redis.call('HMGET', KEYS[3], 'stop', 'gone')
  if signals[1] or signals[2] then return -2 end
  retire(ARGV[2])
  redis.call('DEL', KEYS[4])
  redis.call('ZADD', KEYS[2], now + ARGV[10], ARGV[4])
end
return place
"""
)
