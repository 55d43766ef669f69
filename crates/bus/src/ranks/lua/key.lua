-- How a key that comes as an argument is put into the sorted set; in front of the scripts that need it.
--
-- An entry is 8 bytes of time, 16 bytes of the player, 3 times 8 bytes of tie columns, and the points in decimal. The
-- board's order is a letter for the score and one for each tie column it has: 'd' when more is better, 'a' when less is.

-- On a board where more is better the weight is the negated score; done in text, it stays exact.
local function weight_of(entry, order)
  local points = string.sub(entry, 49)
  if string.sub(order, 1, 1) == 'a' then
    return points
  end
  return string.sub(points, 1, 1) == '-' and string.sub(points, 2) or '-' .. points
end

-- What stands in front of the player in a member: the tie columns, each so that the better value has the smaller bytes,
-- and the time.
local function prefix_of(entry, order)
  local prefix = ''
  for column = 1, #order - 1 do
    local bytes = string.sub(entry, 17 + 8 * column, 24 + 8 * column)
    if string.sub(order, column + 1, column + 1) == 'd' then
      bytes = string.gsub(bytes, '.', function(byte)
        return string.char(255 - string.byte(byte))
      end)
    end
    prefix = prefix .. bytes
  end
  return prefix .. string.sub(entry, 1, 8)
end

local function player_of(entry)
  return string.sub(entry, 9, 24)
end

