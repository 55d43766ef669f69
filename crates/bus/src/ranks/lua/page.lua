-- Reads a part of a board and one player's row, all of one version.
-- KEYS: meta, places, players
-- ARGV: limit, the player for `me` or '', how many of the limit stand above a player in the middle, then
--       'top' | 'around', player | 'after' or 'before', entry
-- Answer: nil when not loaded, else version, order, total, rank in front of the rows, rows, rank of me, row of me;
--         a row is its member and its weight.
local meta = redis.call('HMGET', KEYS[1], 'version', 'order')
if not meta[1] then
  return false
end
local total = redis.call('ZCARD', KEYS[2])
local limit = tonumber(ARGV[1])

local function member_of(player)
  local prefix = redis.call('HGET', KEYS[3], player)
  return prefix and prefix .. player
end

-- Lua compares strings by the locale of the server; members are bytes.
local function is_behind(left, right)
  for position = 1, #left do
    local a, b = string.byte(left, position), string.byte(right, position)
    if a ~= b then
      return a > b
    end
  end
  return false
end

-- How many stand above this place, and, if `through`, at it. Redis can't count within equal weights, so that part is
-- searched.
local function count_above(weight, member, through)
  local low = redis.call('ZCOUNT', KEYS[2], '-inf', '(' .. weight)
  local high = redis.call('ZCOUNT', KEYS[2], '-inf', weight)
  while low < high do
    local middle = math.floor((low + high) / 2)
    local there = redis.call('ZRANGE', KEYS[2], middle, middle)[1]
    if is_behind(there, member) or (not through and there == member) then
      high = middle
    else
      low = middle + 1
    end
  end
  return low
end

local skip = 0
if ARGV[4] == 'after' or ARGV[4] == 'before' then
  local entry, order = ARGV[5], meta[2]
  local member = prefix_of(entry, order) .. player_of(entry)
  local above = count_above(weight_of(entry, order), member, ARGV[4] == 'after')
  if ARGV[4] == 'after' then
    skip = above
  else
    limit = math.min(limit, above)
    skip = above - limit
  end
elseif ARGV[4] == 'around' then
  local member = member_of(ARGV[5])
  if member then
    skip = redis.call('ZRANK', KEYS[2], member) - tonumber(ARGV[3])
    skip = math.max(0, math.min(skip, total - limit))
  else
    limit = 0
  end
end

local rows = {}
if limit > 0 then
  rows = redis.call('ZRANGE', KEYS[2], skip, skip + limit - 1, 'WITHSCORES')
end

local my_rank, my_row = 0, {}
local mine = ARGV[2] ~= '' and member_of(ARGV[2])
if mine then
  my_rank = redis.call('ZRANK', KEYS[2], mine) + 1
  my_row = { mine, redis.call('ZSCORE', KEYS[2], mine) }
end
return { meta[1], meta[2], total, skip, rows, my_rank, my_row }
