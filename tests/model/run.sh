#!/usr/bin/env bash
# Checks the protocol models: what must hold holds, every planted defect is found.
# usage: tests/model/run.sh [--long]      needs spin and gcc; ends with "N passed, N failed"
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
long=${WORKPROOF_LONG:-}
[ "${1:-}" != --long ] || long=yes
limit=${WORKPROOF_MODEL_SECONDS:-300}

# check MODEL PROPERTY DEFINES: prints the number of errors found, or nothing if it could not tell.
check() {
	local work mode run
	work=$(mktemp -d)
	cp "$here/$1.pml" "$work" && cd "$work" || return
	if [ "$2" = safe ]; then mode=-DSAFETY run=''; else mode='' run='-a -f'; fi
	# shellcheck disable=SC2086
	spin -a $3 "$1.pml" >/dev/null 2>&1 &&
		gcc -O2 -w -DVECTORSZ=4096 -DNFAIR=4 -DMEMLIM=9000 -DCOLLAPSE $mode -o pan pan.c &&
		timeout "$limit" ./pan -m3000000 -w24 $run -N "$2" >out 2>&1
	if grep -qE 'max search depth too small|memory limit|out of memory' out 2>/dev/null; then
		echo "incomplete"
	else
		sed -n 's/.*errors: \([0-9]*\).*/\1/p' out | head -n 1
	fi
	cd / && rm -rf "$work"
}

passed=0 failed=0
while read -r model property kind when defines; do
	case $model in '' | '#'*) continue ;; esac
	[ "$when" = quick ] || [ -n "$long" ] || continue
	start=$SECONDS
	errors=$(check "$model" "$property" "$defines")
	if { [ "$kind" = hold ] && [ "$errors" = 0 ]; } || { [ "$kind" = defect ] && [[ $errors =~ ^[1-9] ]]; }; then
		passed=$((passed + 1)) word=ok
	else
		failed=$((failed + 1)) word=FAILED
	fi
	printf '%-6s %-6s %-4s %-6s errors=%-3s %3ds %s\n' "$word" "$model" "$property" "$kind" "${errors:-?}" $((SECONDS - start)) "$defines"
done <"$here/cases.txt"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
