-- lanes.lua - one lane per signer key: its lease and fence, and a row per nonce. A row is stored in the
-- call that moves its record and before it is broadcast; the next nonce follows from the rows; only what
-- was stored may be sent. The owner re-sends and bumps every row until it is final.

local function lane_key(lane)
	return 'wp:lane:' .. lane
end

local function row_key(lane, nonce)
	return 'wp:row:' .. lane .. ':' .. nonce
end

-- Which transaction a move stores.
local KIND_OF = { SETTLE_SIGNED = 'settle', ATT_SIGNED = 'attest', REF_SIGNED = 'refund' }

local function lane_is_held(lane, fence)
	return fence and redis.call('HGET', lane_key(lane), 'fence') == fence
end

local function highest_nonce(lane)
	return redis.call('ZREVRANGE', 'wp:rows:' .. lane, 0, 0)[1]
end

local function open_rows(lane)
	local kept = redis.call('HEXISTS', lane_key(lane), 'final_nonce') -- the highest final one stays
	return redis.call('ZCARD', 'wp:rows:' .. lane) - kept
end

-- Why this new row may not be stored, or nil.
local function row_refusal(id, row)
	if not lane_is_held(row.lane, row.lane_fence) then
		return refuse('STALE', 'lane')
	end
	local highest = highest_nonce(row.lane)
	if highest and tonumber(row.nonce) ~= tonumber(highest) + 1 then
		return refuse('CONFLICT', 'nonce')
	elseif redis.call('HEXISTS', 'wp:rowof:' .. id, row.kind) == 1 then
		return refuse('CONFLICT', 'open row')
	elseif open_rows(row.lane) >= (tonumber(row.rows_max) or ROWS_OPEN_DEFAULT) then
		return refuse('FULL', 'open rows')
	end
	return nil
end

local function row_is_whole(row)
	return row.lane and row.lane_fence and string.match(row.nonce or '', '^%d+$') and row.kind
		and row.hash and row.raw and row.fees
end

local function store_version(row, number, now)
	local prefix = 'v' .. number .. '.'
	redis.call('HSET', row_key(row.lane, row.nonce), 'versions', number, prefix .. 'hash', row.hash,
		prefix .. 'raw', row.raw, prefix .. 'fees', row.fees, prefix .. 'kind', row.kind, 'stored_ms',
		text(now))
end

local function store_row(id, row, now)
	redis.call('HSET', row_key(row.lane, row.nonce), 'id', id, 'kind', row.kind, 'made_ms', text(now))
	store_version(row, 1, now)
	redis.call('ZADD', 'wp:rows:' .. row.lane, row.nonce, row.nonce)
	if row.kind ~= 'noop' then
		redis.call('HSET', 'wp:rowof:' .. id, row.kind, row.lane .. ' ' .. row.nonce)
	end
end

-- Over, or further away than the lease was long: the clock stepped back.
local function lease_is_over(until_ms, lease_ms, now)
	return now >= until_ms or until_ms > now + (lease_ms or WEEK_MS)
end

-- lane owner lease_ms -> OK fence | BUSY. The same owner renews; a new one gets a new fence.
local function wp_lane_take(_, args)
	local lane, owner, lease_ms = args[1], args[2], duration(args[3], 1)
	if not lease_ms then
		return wrong('lane_take: arguments')
	end
	local now, us = clock()
	local held = redis.call('HMGET', lane_key(lane), 'owner', 'fence', 'until_ms', 'lease_ms')
	local fence = held[2]
	if held[1] ~= owner then
		if held[3] and not lease_is_over(tonumber(held[3]), tonumber(held[4]), now) then
			return refuse('BUSY', held[1])
		end
		fence = next_fence(fence, us)
	end
	redis.call('HSET', lane_key(lane), 'owner', owner, 'fence', fence, 'until_ms',
		text(now + lease_ms), 'lease_ms', text(lease_ms))
	return { 'OK', fence }
end

-- lane -> OK now rows…: those not final in nonce order, behind the highest final one
local function wp_rows(_, args)
	local answer = { 'OK', text((clock())) }
	for _, nonce in ipairs(redis.call('ZRANGE', 'wp:rows:' .. args[1], 0, -1)) do
		answer[#answer + 1] = { nonce, redis.call('HGETALL', row_key(args[1], nonce)) }
	end
	return answer
end

-- id, then options as in advance -> OK. One more version of the row; without a row, a no-op of its own.
local function wp_row_version(_, args)
	local id, row, now = args[1], read_options(args, 2), (clock())
	if not row_is_whole(row) then
		return wrong('row_version: arguments')
	end
	local got = redis.call('HMGET', row_key(row.lane, row.nonce), 'id', 'kind', 'versions', 'final')
	if not got[1] then
		if row.kind ~= 'noop' then
			return refuse('NONE', 'no such row')
		end
		local refusal = row_refusal(id, row)
		if not refusal then
			store_row(id, row, now)
		end
		return refusal or { 'OK' }
	end
	if not lane_is_held(row.lane, row.lane_fence) then
		return refuse('STALE', 'lane')
	elseif got[1] ~= id or (row.kind ~= got[2] and row.kind ~= 'noop') then
		return refuse('CONFLICT', 'row of another')
	elseif got[4] then
		return refuse('CONFLICT', 'final')
	elseif tonumber(got[3]) >= ROW_VERSIONS_MAX - (row.kind == 'noop' and 0 or 1) then
		return refuse('FULL', 'versions')
	end
	store_version(row, tonumber(got[3]) + 1, now)
	return { 'OK' }
end

local function drop_row(lane, nonce)
	redis.call('ZREM', 'wp:rows:' .. lane, nonce)
	redis.call('DEL', row_key(lane, nonce))
end

-- lane lane_fence nonce -> OK
local function wp_row_final(_, args)
	local lane, nonce = args[1], args[3]
	if not lane_is_held(lane, args[2]) then
		return refuse('STALE', 'lane')
	end
	local got = redis.call('HMGET', row_key(lane, nonce), 'id', 'kind', 'final')
	if not got[1] then
		return refuse('NONE', 'no such row')
	elseif got[3] then
		return { 'OK' }
	end
	redis.call('HDEL', 'wp:rowof:' .. got[1], got[2])
	redis.call('HSET', row_key(lane, nonce), 'final', '1')
	local highest = redis.call('HGET', lane_key(lane), 'final_nonce')
	if highest and tonumber(nonce) < tonumber(highest) then
		drop_row(lane, nonce)
		return { 'OK' }
	elseif highest then
		drop_row(lane, highest)
	end
	redis.call('HSET', lane_key(lane), 'final_nonce', nonce)
	return { 'OK' }
end

local function register_lane(name, callback, flag)
	redis.register_function { function_name = name, callback = callback, flags = { flag } }
end
register_lane('wp_lane_take', wp_lane_take, 'allow-oom')
register_lane('wp_rows', wp_rows, 'no-writes')
register_lane('wp_row_version', wp_row_version, 'allow-oom')
register_lane('wp_row_final', wp_row_final, 'allow-oom')
