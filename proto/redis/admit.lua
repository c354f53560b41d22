-- admit.lua - one payment becomes one verification. It counts the live records in the call that creates
-- one, so there is no reservation to lease and none to leak.

local function admit_refusal(payer, open_max, live_max)
	if open_max >= 0 and redis.call('HLEN', 'wp:open:' .. payer) >= open_max then
		return refuse('BUSY', 'open payments of this payer')
	elseif live_max >= 0 and redis.call('SCARD', 'wp:live') >= live_max then
		return refuse('FULL', 'capacity')
	end
	return nil
end

local function store_body(id, code, has_input, input)
	if has_input == '1' then
		redis.call('HSET', 'wp:req:' .. id, 'code', code, 'input', input)
	else
		redis.call('HSET', 'wp:req:' .. id, 'code', code)
	end
end

-- What the existing record answers, or nil when it lapsed and may be opened again.
local function admit_existing(id, state, request_hash, now)
	local got = redis.call('HMGET', record_key(id), 'request_hash', 'ended_ms', 'fence')
	if got[1] ~= request_hash then
		return refuse('CONFLICT', 'another request')
	elseif got[2] and tonumber(got[2]) + RETENTION_MS < now then
		return refuse('GONE', 'retention is over')
	elseif state == 'LAPSED' then
		return nil
	end
	return { 'EXISTS', got[3], state }
end

-- id state request_hash payer value open_max live_max code has_input input fields…
-- A negative open_max or live_max: no limit.
local function wp_admit(_, args)
	local id, state, request_hash, payer, value = args[1], args[2], args[3], args[4], args[5]
	local open_max, live_max = tonumber(args[6]), tonumber(args[7])
	local fields = read_fields(args, 11)
	if state ~= 'SETTLE_DUE' and state ~= 'PAY_WAIT' then
		return wrong('admitted to ' .. tostring(state))
	elseif not fields or not open_max or not live_max then
		return wrong('admit: arguments')
	end
	local now, us = clock()
	local record = load(id)
	if record then
		local answer = admit_existing(id, record.st, request_hash, now)
		if answer then
			return answer
		end
		if state ~= 'PAY_WAIT' or payer ~= redis.call('HGET', record_key(id), 'payer') then
			return wrong('admit: a lapsed payment comes back as it was')
		end
	end
	local refusal = admit_refusal(payer, open_max, live_max)
	if refusal then
		return refusal
	end
	local set = {}
	if not record then
		record, set = { id = id }, fields.set
		put(set, 'request_hash', request_hash)
		put(set, 'payer', payer)
		put(set, 'value', value)
		put(set, 'created_ms', text(now))
		put(set, 'attempt', '0')
	end
	store_body(id, args[8], args[9], args[10])
	local fence = enter(record, state, text(now + STATES[state].lease_ms), set, now, us)
	return { 'OK', fence, state }
end

-- payer -> count, then the values
local function wp_open_sum(_, args)
	local values = redis.call('HVALS', 'wp:open:' .. args[1])
	return { 'OK', #values, values }
end

redis.register_function('wp_admit', wp_admit)
redis.register_function { function_name = 'wp_open_sum', callback = wp_open_sum,
	flags = { 'no-writes' } }
