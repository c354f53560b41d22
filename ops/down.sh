#!/usr/bin/env bash
# Stops exactly the stack of this run directory, in the order of the way: edge first, truth last.
# usage: ops/down.sh     (WORKPROOF_RUN_DIR, default .run)
set -uo pipefail
. "$(dirname "$0")/common.sh"
run_dir=${WORKPROOF_RUN_DIR:-$ROOT/.run}
[ -d "$run_dir" ] || { say "no stack in $run_dir"; exit 0; }
run_dir=$(cd "$run_dir" && pwd)

# The supervisor of NAME, if it still is one (a pid file may be old).
supervisor_of() {
	local pid
	pid=$(cat "$run_dir/$1.supervisor" 2>/dev/null) || return 1
	[ -r "/proc/$pid/cmdline" ] || return 1
	tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF "supervise.sh $run_dir " || return 1
	echo "$pid"
}

# Over: gone, or a zombie whose parent is slow to collect it.
is_over() { ! grep -q '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$1/status" 2>/dev/null; }

stop_all() {
	local name pid pids=()
	for name in "$@"; do
		pid=$(supervisor_of "$name") || continue
		kill -TERM "$pid" 2>/dev/null && pids+=("$pid:$name")
	done
	for name in "${pids[@]:-}"; do
		[ -n "$name" ] || continue
		pid=${name%%:*}
		name=${name#*:}
		wait_for 15 "end of $name" is_over "$pid" || {
			kill -KILL "$(cat "$run_dir/$name.pid" 2>/dev/null)" 2>/dev/null
			kill -KILL "$pid" 2>/dev/null
		}
		rm -f "$run_dir/$name.supervisor"
	done
}

# instances SERVICE: SERVICE, SERVICE-2, …
instances() {
	local file
	for file in "$run_dir/$1".supervisor "$run_dir/$1"-[0-9]*.supervisor; do
		[ -f "$file" ] && basename "$file" .supervisor
	done
}

stop_all haproxy
for service in "${SERVICES[@]}"; do
	mapfile -t names < <(instances "$service")
	stop_all "${names[@]}"
done
stop_all chain redis
socket_dir=$(cat "$run_dir/socket-dir" 2>/dev/null)
case "$socket_dir" in
*/wp.??????) rm -rf -- "$socket_dir" ;;
esac
rm -f "$run_dir/socket-dir" "$run_dir/stack.env"
