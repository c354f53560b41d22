#!/usr/bin/env bash
# Replays a harness's corpus, then fuzzes for WORKPROOF_FUZZ_SECONDS (5). New inputs go to a scratch
# folder, never into the corpus; what made it fail is kept beside the build.
# usage: tests/fuzz/run.sh PROGRAM NAME
set -euo pipefail
program=$1 name=$2
corpus=$(cd "$(dirname "$0")" && pwd)/corpus/$name
[ -x "$program" ] || { echo "no $program: build the preset fuzz first" >&2; exit 1; }
[ -n "$(ls -A "$corpus" 2>/dev/null)" ] || { echo "no corpus in $corpus" >&2; exit 1; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failures=$(dirname "$program")/failures/$name
mkdir -p "$failures"
"$program" -runs=0 "$corpus" >"$scratch/replay" 2>&1 || { cat "$scratch/replay"; exit 1; }
mkdir "$scratch/new"
"$program" -max_total_time="${WORKPROOF_FUZZ_SECONDS:-5}" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
	-artifact_prefix="$failures/" "$scratch/new" "$corpus" >"$scratch/fuzz" 2>&1 || { tail -n 60 "$scratch/fuzz"; exit 1; }
grep -E '^stat::number_of_executed_units|decode|rate' "$scratch/fuzz" || true
