-- reap.lua - the net: what is past its deadline is refunded, whoever holds it; slots of VMs that must be
-- gone are freed; queues nobody serves are counted.

local function overdue(now)
	local total = 0
	for name, state in pairs(STATES) do
		if state.lease_ms then
			total = total + redis.call('ZCOUNT', 'wp:q:' .. name, '-inf', text(now - OVERDUE_MS))
		end
	end
	return total
end

-- slot_grace_ms -> OK refunds slots overdue
local function wp_reap(_, args)
	local grace_ms = tonumber(args[1])
	if not grace_ms or grace_ms < 0 then
		return wrong('reap: arguments')
	end
	local now, us = clock()
	local refunds = 0
	local late = redis.call('ZRANGEBYSCORE', 'wp:deadlines', '-inf', text(now), 'LIMIT', 0, REAP_BATCH)
	for _, id in ipairs(late) do
		local record = load(id)
		if record and STATES[record.st].is_deadline then
			give_up(record, 'deadline', now, us)
			refunds = refunds + 1
		else
			redis.call('ZREM', 'wp:deadlines', id)
		end
	end
	local slots = redis.call('ZREMRANGEBYSCORE', 'wp:slots', '-inf',
		text(now - math.max(grace_ms, SLOT_GRACE_MS)))
	return { 'OK', refunds, slots, overdue(now) }
end

redis.register_function { function_name = 'wp_reap', callback = wp_reap, flags = { 'allow-oom' } }
