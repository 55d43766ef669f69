-- Takes one token from a bucket (generic cell rate algorithm), at the caller's time.
-- KEYS: the bucket, which holds when its next token arrives
-- ARGV: now, interval, tolerance, how long the bucket outlives its use; all in milliseconds
-- Answer: 0 when taken, else how long to wait.
local now, interval, tolerance = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local arrival = tonumber(redis.call('GET', KEYS[1]) or now)
local wait = math.max(arrival - tolerance, 0) - now
if wait > 0 then
  return wait
end
local next_arrival = math.max(arrival, now) + interval
local lives = next_arrival - now + tonumber(ARGV[4])
redis.call('SET', KEYS[1], string.format('%.0f', next_arrival), 'PX', string.format('%.0f', lives))
return 0
