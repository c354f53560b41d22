-- What wrk sends, and the one line it says at the end: requests, seconds, answers over 399, socket
-- errors, p50 and p99 in microseconds.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"taskType":"code-execution","code":"1+1"}'

function done(summary, latency)
	local errors = summary.errors
	print(string.format("RESULT %d %f %d %d %d %d", summary.requests, summary.duration / 1e6, errors.status,
		errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(50),
		latency:percentile(99)))
end
