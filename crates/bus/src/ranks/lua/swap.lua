-- Puts a staged board in the place of the present one, unless that one is later.
-- KEYS: meta, places, players, staged places, staged players
-- ARGV: version, order, how many players were staged
-- Answer: 'done' | 'later' | 'incomplete'
local at = redis.call('HGET', KEYS[1], 'version')
local outcome = 'done'
local count = tonumber(ARGV[3])
if at and tonumber(at) > tonumber(ARGV[1]) then
  outcome = 'later'
elseif redis.call('ZCARD', KEYS[4]) ~= count or redis.call('HLEN', KEYS[5]) ~= count then
  outcome = 'incomplete'
end
if outcome ~= 'done' then
  redis.call('UNLINK', KEYS[4], KEYS[5])
  return outcome
end
-- UNLINK frees a large board in the background; RENAME onto it would free it here.
redis.call('UNLINK', KEYS[2], KEYS[3])
if count > 0 then
  redis.call('RENAME', KEYS[4], KEYS[2])
  redis.call('RENAME', KEYS[5], KEYS[3])
  redis.call('PERSIST', KEYS[2])
  redis.call('PERSIST', KEYS[3])
end
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'order', ARGV[2])
return outcome
