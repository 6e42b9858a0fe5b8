// Versions are the first 20 digits of a value and compare as text.

/**
 * KEYS value, lease; ARGV token, lease ms.
 * The value and its remaining life; where there is none, the lease if nobody holds it.
 */
export const LOOK = `
local value = redis.call('GET', KEYS[1])
if value then return { value, redis.call('PTTL', KEYS[1]), 0 } end
local leased = redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2])
return { false, 0, leased and 1 or 0 }`;

/**
 * KEYS value, lease; ARGV token, value or '' to give the lease back, ttl ms.
 * Only the holder of the living lease may fill: any change since it was given has taken it away.
 */
export const FILL = `
if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2])
if ARGV[2] == '' then return 1 end
if redis.call('GETRANGE', KEYS[1], 0, 19) > string.sub(ARGV[2], 1, 20) then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;

/**
 * KEYS value, lease, value, lease...; ARGV channel, then per key version, '1' when gone, '1' for a hint, its name.
 * Drops what is older than the changes and the leases under which older values are being loaded.
 */
export const INVALIDATE = `
for i = 1, #KEYS / 2 do
  local ver, gone, hint, name = ARGV[4 * i - 2], ARGV[4 * i - 1], ARGV[4 * i], ARGV[4 * i + 1]
  local held = redis.call('GETRANGE', KEYS[2 * i - 1], 0, 19)
  if held ~= '' and (held < ver or (gone == '1' and held == ver)) then
    redis.call('DEL', KEYS[2 * i - 1])
  end
  redis.call('DEL', KEYS[2 * i])
  if hint == '1' then redis.call('PUBLISH', ARGV[1], ver .. gone .. name) end
end
return 1`;
