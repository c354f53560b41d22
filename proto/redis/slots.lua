-- slots.lua - the VMs that may live, by "id:attempt", scored by each VM's own hard end. A slot is taken by
-- the move to RUNNING (baton.lua) and ends when its VM is seen dead or at that hard end.

-- id attempt -> OK
local function wp_slot_free(_, args)
	redis.call('ZREM', 'wp:slots', args[1] .. ':' .. args[2])
	return { 'OK' }
end

-- -> OK now, then "id:attempt" end_ms of each
local function wp_slots()
	local answer = redis.call('ZRANGE', 'wp:slots', 0, -1, 'WITHSCORES')
	table.insert(answer, 1, text((clock())))
	table.insert(answer, 1, 'OK')
	return answer
end

redis.register_function { function_name = 'wp_slot_free', callback = wp_slot_free,
	flags = { 'allow-oom' } }
redis.register_function { function_name = 'wp_slots', callback = wp_slots, flags = { 'no-writes' } }
