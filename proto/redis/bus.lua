-- bus.lua - which instances are alive: a registry with a time to live.

local function service_key(service)
	return 'wp:svc:' .. service
end

local function instance_key(service, instance)
	return 'wp:svc:' .. service .. ':' .. instance
end

local function drop_instance(service, instance)
	redis.call('ZREM', service_key(service), instance)
	redis.call('DEL', instance_key(service, instance))
end

-- service instance endpoint version capacity ttl_ms
local function wp_service_beat(_, args)
	local service, instance, ttl_ms = args[1], args[2], duration(args[6], 1)
	if not ttl_ms then
		return wrong('service_beat: arguments')
	end
	local now = clock()
	for _, dead in ipairs(redis.call('ZRANGEBYSCORE', service_key(service), '-inf', text(now))) do
		drop_instance(service, dead)
	end
	redis.call('ZADD', service_key(service), text(now + ttl_ms), instance)
	redis.call('HSET', instance_key(service, instance), 'endpoint', args[3], 'version', args[4],
		'capacity', args[5])
	return { 'OK' }
end

-- service -> instance, endpoint, … of the live ones
local function wp_service_list(_, args)
	local answer, now = {}, (clock())
	local live = redis.call('ZRANGEBYSCORE', service_key(args[1]), '(' .. text(now), '+inf')
	for _, instance in ipairs(live) do
		answer[#answer + 1] = instance
		answer[#answer + 1] = redis.call('HGET', instance_key(args[1], instance), 'endpoint')
	end
	return answer
end

-- service instance
local function wp_service_leave(_, args)
	drop_instance(args[1], args[2])
	return { 'OK' }
end

redis.register_function { function_name = 'wp_service_beat', callback = wp_service_beat,
	flags = { 'allow-oom' } }
redis.register_function { function_name = 'wp_service_leave', callback = wp_service_leave,
	flags = { 'allow-oom' } }
redis.register_function { function_name = 'wp_service_list', callback = wp_service_list,
	flags = { 'no-writes' } }
