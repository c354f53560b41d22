#!/usr/bin/env bash
# The benchmarks, each beside its floor or its peers in the same run: isolates, pipeline, 402 answers, and
# the memory of the six daemons when idle. Takes under 3 minutes; never fails because something is slow.
# usage: tests/bench/run.sh [isolate|pipeline|http402|memory]…     all four without arguments
# Numbers mean something on an otherwise idle machine: see the load average in the first line.
set -euo pipefail
. "$(dirname "$0")/../../ops/common.sh"

bin=$ROOT/build/$PRESET/bin
[ $# -gt 0 ] || set -- isolate pipeline http402 memory

isolate() { "$bin/bench_isolate"; }
pipeline() { "$bin/bench_pipeline"; }
http402() { "$ROOT/tests/bench/http402/bench_http402.py" "$ROOT/build/$PRESET" 3 2; }

# The process and its descendants: the orchestrator's isolates come from a process it keeps.
family() {
	local child
	echo "$1"
	for child in $(cat "/proc/$1/task"/*/children); do family "$child"; done
}

# kib PID: proportional and resident KiB of the process with its descendants.
kib() {
	local pid
	for pid in $(family "$1"); do cat "/proc/$pid/smaps_rollup"; done |
		awk '/^Pss:/ {pss += $2} /^Rss:/ {rss += $2} END {print pss, rss}'
}

# In a shell of its own, which stops the stack when it ends.
memory() (
	local run_dir service pid pss rss pss_sum=0 rss_sum=0
	run_dir=$(mktemp -d)
	export WORKPROOF_RUN_DIR=$run_dir
	"$ROOT/ops/up.sh" 2>"$run_dir/up.log" || { cat "$run_dir/up.log"; rm -rf "$run_dir"; exit 1; }
	trap '"$ROOT/ops/down.sh" 2>/dev/null; rm -rf "$run_dir"' EXIT
	printf 'memory, idle %15s %9s\n' 'PSS MiB' 'RSS MiB'
	for service in "${SERVICES[@]}"; do
		pid=$(cat "$run_dir/$service.pid")
		read -r pss rss <<<"$(kib "$pid")"
		pss_sum=$((pss_sum + pss)) rss_sum=$((rss_sum + rss))
		printf '  %-16s' "$service"
		awk -v pss="$pss" -v rss="$rss" 'BEGIN {printf " %9.1f %9.1f\n", pss / 1024, rss / 1024}'
	done
	awk -v pss="$pss_sum" -v rss="$rss_sum" 'BEGIN {printf "  %-16s %9.1f %9.1f\n", "all six", pss / 1024, rss / 1024}'
)

for bench in "$@"; do
	case $bench in
	isolate | pipeline | http402 | memory) ;;
	*) sed -n '2,/^set /s/^# \{0,1\}//p' "$0" | sed '$d'; exit 64 ;;
	esac
done
build "$PRESET"
ninja -C "$ROOT/build/$PRESET" --quiet bench_pipeline bench_wrk_unix
printf 'load average %s on %s processors, %s\n' "$(cut -d' ' -f1-3 /proc/loadavg)" "$(nproc)" "$(uname -r)"
for bench in "$@"; do
	echo
	"$bench" || say "$bench: failed"
done
