#!/usr/bin/env bash
# Keeps one program of a stack alive as an operator's supervisor would: starts it again 500 ms after it
# dies, until told to stop (SIGTERM), which is passed on and waited for.
# usage: ops/supervise.sh RUN_DIR NAME COMMAND…     writes RUN_DIR/NAME.pid, RUN_DIR/NAME.log
set -u
run_dir=$1
name=$2
shift 2
stopping=
child=
# Kept short: the program's own grace period decides, and down.sh has a last word.
stop() {
	stopping=yes
	[ -n "$child" ] && kill -TERM "$child" 2>/dev/null
}
trap stop TERM INT
trap '' HUP
while [ -z "$stopping" ]; do
	"$@" >>"$run_dir/$name.log" 2>&1 </dev/null &
	child=$!
	echo "$child" >"$run_dir/$name.pid.new" && mv "$run_dir/$name.pid.new" "$run_dir/$name.pid"
	while kill -0 "$child" 2>/dev/null; do
		wait "$child"
		status=$?
	done
	[ -n "$stopping" ] && break
	printf '{"service":"supervise","msg":"%s ended with status %s, starting it again"}\n' \
		"$name" "$status" >>"$run_dir/$name.log"
	sleep 0.5 &
	wait $!
done
rm -f "$run_dir/$name.pid"
