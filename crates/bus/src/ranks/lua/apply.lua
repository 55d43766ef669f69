-- Applies new standings, when they follow on the version that the board is at.
-- KEYS: meta, places, players, and a list of staged entries where there are too many for arguments
-- ARGV: from, version, then the entries (8 bytes of time, 16 bytes of the player, the points in decimal), or how many
--       are staged
-- Answer: what became of it, and the version before.
local at, order = unpack(redis.call('HMGET', KEYS[1], 'version', 'order'))
local staged = KEYS[4]
local outcome = 'done'
if not at then
  outcome = 'not_loaded'
elseif tonumber(at) >= tonumber(ARGV[2]) then
  outcome = 'known'
elseif tonumber(at) < tonumber(ARGV[1]) then
  outcome = 'gap'
elseif staged and redis.call('LLEN', staged) ~= tonumber(ARGV[3]) then
  outcome = 'incomplete'
end
if outcome ~= 'done' then
  if staged then
    redis.call('UNLINK', staged)
  end
  return { outcome, at or '0' }
end

-- On a board where more is better the weight is the negated score; done in text, it stays exact.
local function weight_of(points)
  if order == 'asc' then
    return points
  end
  return string.sub(points, 1, 1) == '-' and string.sub(points, 2) or '-' .. points
end

local function put(entry)
  local achieved_at, player, points = string.sub(entry, 1, 8), string.sub(entry, 9, 24), string.sub(entry, 25)
  local old = redis.call('HGET', KEYS[3], player)
  if old ~= achieved_at then
    if old then
      redis.call('ZREM', KEYS[2], old .. player)
    end
    redis.call('HSET', KEYS[3], player, achieved_at)
  end
  redis.call('ZADD', KEYS[2], weight_of(points), achieved_at .. player)
end

if staged then
  local step = 1000
  for first = 0, tonumber(ARGV[3]) - 1, step do
    for _, entry in ipairs(redis.call('LRANGE', staged, first, first + step - 1)) do
      put(entry)
    end
  end
  redis.call('UNLINK', staged)
else
  for position = 3, #ARGV do
    put(ARGV[position])
  end
end
redis.call('HSET', KEYS[1], 'version', ARGV[2])
return { 'done', at }
