-- Applies new standings, when they follow on the version that the board is at. A board that is earlier and in another
-- order is forgotten.
-- KEYS: meta, places, players, and a list of staged entries where there are too many for arguments
-- ARGV: from, version, order, then the changes, or how many are staged; a change is an entry, or the 16 bytes of a
--       player who is not on the board any more
-- Answer: what became of it, and the version before.
local at, order = unpack(redis.call('HMGET', KEYS[1], 'version', 'order'))
local staged = KEYS[4]
local outcome = 'done'
if not at then
  outcome = 'not_loaded'
elseif tonumber(at) >= tonumber(ARGV[2]) then
  outcome = 'known'
elseif order ~= ARGV[3] then
  outcome = 'not_loaded'
  redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3])
elseif tonumber(at) < tonumber(ARGV[1]) then
  outcome = 'gap'
elseif staged and redis.call('LLEN', staged) ~= tonumber(ARGV[4]) then
  outcome = 'incomplete'
end
if outcome ~= 'done' then
  if staged then
    redis.call('UNLINK', staged)
  end
  return { outcome, at or '0' }
end

local function remove(player)
  local old = redis.call('HGET', KEYS[3], player)
  if old then
    redis.call('ZREM', KEYS[2], old .. player)
    redis.call('HDEL', KEYS[3], player)
  end
end

local function put(entry)
  if #entry == 16 then
    return remove(entry)
  end
  local player, prefix = player_of(entry), prefix_of(entry, order)
  local old = redis.call('HGET', KEYS[3], player)
  if old ~= prefix then
    if old then
      redis.call('ZREM', KEYS[2], old .. player)
    end
    redis.call('HSET', KEYS[3], player, prefix)
  end
  redis.call('ZADD', KEYS[2], weight_of(entry, order), prefix .. player)
end

if staged then
  local step = 1000
  for first = 0, tonumber(ARGV[4]) - 1, step do
    for _, entry in ipairs(redis.call('LRANGE', staged, first, first + step - 1)) do
      put(entry)
    end
  end
  redis.call('UNLINK', staged)
else
  for position = 4, #ARGV do
    put(ARGV[position])
  end
end
redis.call('HSET', KEYS[1], 'version', ARGV[2])
return { 'done', at }
