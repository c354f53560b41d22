-- baton.lua - whoever holds the current fence may move the record: advance, renew, park; whoever finds it
-- due takes it: claim. Every advance and every claim makes a new fence, so a baton is held once.

-- Money comes in: from waiting for it to PAID, or straight to a refund (a wrong amount).
local function takes_money(from, to)
	return STATES[from].is_open and (to == 'PAID' or to == 'REFUND_DUE')
end

local function consume_refusal(id, options)
	local owner = redis.call('GET', 'wp:pay:' .. options.consume)
	if owner and owner ~= id then
		return refuse('CONFLICT', 'payment is consumed')
	end
	return nil
end

local function run_refusal(record, options, now)
	if record.deadline_ms <= now then
		return refuse('STALE', 'deadline')
	elseif record.attempt >= ATTEMPTS_MAX then
		return refuse('RANGE', 'attempts')
	end
	local held = redis.call('ZCOUNT', 'wp:slots', text(now - SLOT_GRACE_MS), '+inf')
	if held >= tonumber(options.slot_max) then
		return refuse('FULL', 'slots')
	end
	return nil
end

-- What the caller forgot for this move, or nil.
local function missing(from, to, options)
	if takes_money(from, to) and (options.consume or '') == '' then
		return 'consume'
	elseif to == 'PAID' and from ~= 'RUNNING' and not duration(options.run_budget_ms, 1) then
		return 'run_budget_ms'
	elseif to == 'RUNNING' and not (tonumber(options.slot_max) and duration(options.slot_ms, 1)) then
		return 'slot_max, slot_ms'
	elseif STATES[to].is_row and not (row_is_whole(options) and options.kind == KIND_OF[to]) then
		return 'its row'
	elseif to == 'DECIDED' and not options.stdout then
		return 'stdout'
	end
	return nil
end

-- Why this move is not possible now, or nil. Writes nothing.
local function advance_refusal(record, to, options, now)
	local refusal = nil
	if takes_money(record.st, to) then
		refusal = consume_refusal(record.id, options)
	elseif to == 'RUNNING' then
		refusal = run_refusal(record, options, now)
	elseif to == 'PAID' and record.attempt >= ATTEMPTS_MAX then
		refusal = refuse('RANGE', 'attempts')
	elseif STATES[to].is_row then
		refusal = row_refusal(record.id, options)
	end
	return refusal
end

-- What the move writes besides the state; fields of the record go to set.
local function advance_effects(record, to, options, set, now)
	local id = record.id
	if takes_money(record.st, to) then
		redis.call('SET', 'wp:pay:' .. options.consume, id)
	end
	if to == 'PAID' and not record.deadline_ms then
		record.deadline_ms = now + tonumber(options.run_budget_ms)
		put(set, 'deadline_ms', text(record.deadline_ms))
	elseif to == 'RUNNING' then
		record.attempt = record.attempt + 1
		local hard_end = text(now + tonumber(options.slot_ms))
		redis.call('ZADD', 'wp:slots', hard_end, id .. ':' .. record.attempt)
		put(set, 'attempt', text(record.attempt))
		put(set, 'vm_end_ms', hard_end)
	elseif to == 'DECIDED' then
		redis.call('HSET', 'wp:out:' .. id, 'stdout', options.stdout, 'result', options.result or '',
			'error_message', options.error_message or '')
	elseif STATES[to].is_row then
		store_row(id, options, now)
	end
end

-- id fence from to due_ms fields… options… -> OK fence attempt
-- due_ms 0: the lease of the new state; else due so much later, for whoever claims then.
local function wp_advance(_, args)
	local id, fence, from, to, due_ms = args[1], args[2], args[3], args[4], duration(args[5], 0)
	local fields = read_fields(args, 6)
	if not STATES[from] or not STATES[from].lease_ms or not STATES[from].to[to] then
		return wrong('no move from ' .. tostring(from) .. ' to ' .. tostring(to))
	elseif not fields or not due_ms then
		return wrong('advance: arguments')
	end
	local options = read_options(args, fields.behind)
	local lacking = missing(from, to, options)
	if lacking then
		return wrong('advance to ' .. to .. ' without ' .. lacking)
	end
	local record, refusal = load_held(id, fence, from)
	if not record then
		return refusal
	end
	local now, us = clock()
	refusal = advance_refusal(record, to, options, now)
	if refusal then
		return refusal
	end
	delete_fields(id, fields.deleted)
	advance_effects(record, to, options, fields.set, now)
	local wait_ms = due_ms > 0 and due_ms or STATES[to].lease_ms or 0
	fence = enter(record, to, text(now + wait_ms), fields.set, now, us)
	return { 'OK', fence, record.attempt }
end

-- id fence state -> OK fence attempt. Keeps the baton for another lease.
local function wp_renew(_, args)
	local id, fence, state = args[1], args[2], args[3]
	if not STATES[state] or not STATES[state].lease_ms then
		return wrong('renew in ' .. tostring(state))
	end
	local record, refusal = load_held(id, fence, state)
	if not record then
		return refusal
	end
	redis.call('ZADD', 'wp:q:' .. state, text((clock()) + STATES[state].lease_ms), id)
	return { 'OK', fence, record.attempt }
end

-- id fence state delay_ms fields… -> OK fence attempt. Lets go until then.
local function wp_park(_, args)
	local id, fence, state, delay_ms = args[1], args[2], args[3], duration(args[4], 0)
	local fields = read_fields(args, 5)
	if not STATES[state] or not STATES[state].lease_ms or not delay_ms or not fields then
		return wrong('park: arguments')
	end
	local record, refusal = load_held(id, fence, state)
	if not record then
		return refusal
	end
	delete_fields(id, fields.deleted)
	put(fields.set, 'claims', '0')
	redis.call('HSET', record_key(id), unpack(fields.set))
	redis.call('ZADD', 'wp:q:' .. state, text((clock()) + delay_ms), id)
	return { 'OK', fence, record.attempt }
end

-- At most so many ids that are due. No lease and no park is a week long: what is due later than that was
-- written before the clock stepped back, and is due.
local function due_entries(state, most, now)
	local key = 'wp:q:' .. state
	local due = redis.call('ZRANGEBYSCORE', key, '-inf', text(now), 'LIMIT', 0, most)
	if #due < most then
		local lost = redis.call('ZRANGEBYSCORE', key, '(' .. text(now + WEEK_MS), '+inf', 'LIMIT', 0,
			most - #due)
		for _, id in ipairs(lost) do
			due[#due + 1] = id
		end
	end
	return due
end

-- Where no refund ends it, a record that ends its holder each time comes back ever later.
local function claim_lease_ms(state, claims)
	local doublings = math.min(math.max(claims - CLAIMS_MAX, 0), DOUBLINGS_MAX)
	return STATES[state].lease_ms * 2 ^ doublings
end

-- The entry's record, or nil when it was given up or is no more.
local function load_due(id, state, now, us)
	local record = load(id)
	if not record or record.st ~= state then
		redis.call('ZREM', 'wp:q:' .. state, id)
		return nil
	elseif record.claims >= CLAIMS_MAX and STATES[state].claims == 'refund' then
		give_up(record, 'claims', now, us)
		return nil
	end
	return record
end

local function take(record, now, us)
	local id, state, claims = record.id, record.st, record.claims + 1
	if claims > CLAIMS_MAX then
		redis.call('HINCRBY', 'wp:alarms', state, 1)
	end
	record.fence = next_fence(record.fence, us)
	redis.call('HSET', record_key(id), 'claims', text(claims), 'fence', record.fence)
	redis.call('ZADD', 'wp:q:' .. state, text(now + claim_lease_ms(state, claims)), id)
end

-- state most -> OK, then id fence attempt of each.
-- A holder that dies is charged for all it claimed at once. So a record that was claimed CLAIMS_TOGETHER
-- times without progress comes alone: now, if it is the first, else it is left due for the next call.
local function wp_claim(_, args)
	local state, most = args[1], tonumber(args[2])
	if not STATES[state] or not STATES[state].lease_ms or not most or most < 1 then
		return wrong('claim: arguments')
	end
	local now, us = clock()
	local answer = { 'OK' }
	for _, id in ipairs(due_entries(state, most, now)) do
		local record = load_due(id, state, now, us)
		local alone = record and record.claims >= CLAIMS_TOGETHER
		if record and (not alone or #answer == 1) then
			take(record, now, us)
			answer[#answer + 1] = id
			answer[#answer + 1] = record.fence
			answer[#answer + 1] = record.attempt
			if alone then
				break
			end
		end
	end
	return answer
end

local function register_move(name, callback)
	redis.register_function { function_name = name, callback = callback, flags = { 'allow-oom' } }
end
register_move('wp_advance', wp_advance)
register_move('wp_renew', wp_renew)
register_move('wp_park', wp_park)
register_move('wp_claim', wp_claim)
