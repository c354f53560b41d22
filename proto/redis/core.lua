-- core.lua - what every move does: one place writes the state, the fence, the queues, the counts and the
-- event.

local function clock() -- milliseconds, microseconds
	local time = redis.call('TIME')
	local us = tonumber(time[1]) * 1000000 + tonumber(time[2])
	return math.floor(us / 1000), us
end

local function text(number) -- exact up to 2^53: microseconds until the year 2255
	return string.format('%d', number)
end

-- A time in whole milliseconds, of least and shorter than a week; else nil (also for nan, inf).
local function duration(value, least)
	local ms = tonumber(value)
	if ms and ms >= least and ms < WEEK_MS and ms == math.floor(ms) then
		return ms
	end
	return nil
end

local function next_fence(fence, us)
	return text(math.max((tonumber(fence) or 0) + 1, us))
end

local function refuse(status, why)
	return { status, why or '' }
end

local function wrong(why) -- the caller's mistake, not an outcome
	return redis.error_reply('ERR workproof: ' .. why)
end

local function record_key(id)
	return 'wp:v:' .. id
end

local function load(id)
	local got = redis.call('HMGET', record_key(id), 'st', 'fence', 'attempt', 'deadline_ms', 'claims')
	if not got[1] then
		return nil
	end
	return { id = id, st = got[1], fence = got[2], attempt = tonumber(got[3]),
		deadline_ms = tonumber(got[4]), claims = tonumber(got[5]) or 0 }
end

-- The record, if fence and state are the current ones; else nil and the refusal.
local function load_held(id, fence, state)
	local record = load(id)
	if not record then
		return nil, refuse('NONE', 'no such verification')
	elseif record.fence ~= fence then
		return nil, refuse('STALE', 'fence')
	elseif record.st ~= state then
		return nil, refuse('STALE', 'state')
	end
	return record
end

-- The fields only these functions write.
local OWN = { st = true, fence = true, attempt = true, claims = true, created_ms = true,
	moved_ms = true, paid_ms = true, running_ms = true, decided_ms = true, ended_ms = true,
	deadline_ms = true, payer = true, value = true, request_hash = true }

-- Arguments from `at`: n, n pairs to set, m, m names to delete. Answers {set, deleted, the index behind}
-- or nil.
local function read_fields(args, at)
	local set, deleted = {}, {}
	for _ = 1, tonumber(args[at]) or 0 do
		local name, value = args[at + 1], args[at + 2]
		if not value or OWN[name] then
			return nil
		end
		set[#set + 1], set[#set + 2] = name, value
		at = at + 2
	end
	at = at + 1
	for _ = 1, tonumber(args[at]) or 0 do
		if not args[at + 1] or OWN[args[at + 1]] then
			return nil
		end
		at = at + 1
		deleted[#deleted + 1] = args[at]
	end
	return { set = set, deleted = deleted, behind = at + 1 }
end

-- Arguments from `at`: name, value, name, value …
local function read_options(args, at)
	local options = {}
	for i = at, #args - 1, 2 do
		options[args[i]] = args[i + 1]
	end
	return options
end

local function put(set, name, value)
	set[#set + 1] = name
	set[#set + 1] = value
end

local function delete_fields(id, names)
	if #names > 0 then
		redis.call('HDEL', record_key(id), unpack(names))
	end
end

local function queue(from, to, id, due_ms)
	if from and STATES[from].lease_ms then
		redis.call('ZREM', 'wp:q:' .. from, id)
	end
	if STATES[to].lease_ms then
		redis.call('ZADD', 'wp:q:' .. to, due_ms, id)
	end
end

-- Which counts the record is in follows from its state alone, so no count can leak.
local function count(record, from, to)
	local was, is = from and STATES[from] or {}, STATES[to]
	if is.is_live and not was.is_live then
		redis.call('SADD', 'wp:live', record.id)
	elseif was.is_live and not is.is_live then
		redis.call('SREM', 'wp:live', record.id)
	end
	if is.is_open ~= was.is_open then
		local got = redis.call('HMGET', record_key(record.id), 'payer', 'value')
		if is.is_open then
			redis.call('HSET', 'wp:open:' .. got[1], record.id, got[2])
		else
			redis.call('HDEL', 'wp:open:' .. got[1], record.id)
		end
	end
	if is.is_deadline and not was.is_deadline then
		redis.call('ZADD', 'wp:deadlines', text(record.deadline_ms), record.id)
	elseif was.is_deadline and not is.is_deadline then
		redis.call('ZREM', 'wp:deadlines', record.id)
	end
end

local function event(id, from, to) -- its time is the entry's own
	redis.call('XADD', 'wp:ev', 'MAXLEN', '~', EVENTS_KEPT, '*', 'id', id, 'from', from or '', 'to', to)
end

local TIME_OF = { PAID = 'paid_ms', RUNNING = 'running_ms', DECIDED = 'decided_ms' }

-- Moves the record (from nil: a new one), writes the fields of set with it and answers its new fence.
-- Everything was checked before. due_ms: Redis time, as a text.
local function enter(record, to, due_ms, set, now, us)
	local from, fence, at = record.st, next_fence(record.fence, us), text(now)
	put(set, 'st', to)
	put(set, 'fence', fence)
	put(set, 'claims', '0')
	put(set, 'moved_ms', at)
	if TIME_OF[to] and not (to == 'PAID' and from == 'RUNNING') then
		put(set, TIME_OF[to], at)
	end
	if STATES[to].is_end then
		put(set, 'ended_ms', at)
	end
	redis.call('HSET', record_key(record.id), unpack(set))
	if STATES[to].is_end or to == 'LAPSED' then
		redis.call('DEL', 'wp:req:' .. record.id)
	end
	if STATES[to].is_end then
		redis.call('PEXPIRE', 'wp:out:' .. record.id, RETENTION_MS)
	end
	queue(from, to, record.id, due_ms)
	count(record, from, to)
	event(record.id, from, to)
	return fence
end

-- Our failure: the money goes back. Due at once for whoever claims.
local function give_up(record, reason, now, us)
	return enter(record, 'REFUND_DUE', text(now), { 'refund_reason', reason }, now, us)
end

redis.register_function { function_name = 'wp_version', flags = { 'no-writes', 'allow-stale' },
	callback = function()
		return VERSION
	end }
