-- Closes a gate until a time, unless it is closed for longer already.
-- KEYS: the gate
-- ARGV: until, how long the gate is kept; in milliseconds
local present = redis.call('GET', KEYS[1])
if not present or tonumber(present) < tonumber(ARGV[1]) then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
return 0
