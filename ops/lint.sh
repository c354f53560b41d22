#!/usr/bin/env bash
# The rules of CONTRIBUTING.md that a machine can check. Prints every finding, exits 1 if there is one.
# usage: ops/lint.sh [--tidy]     --tidy also runs clang-tidy (minutes)
set -uo pipefail
. "$(dirname "$0")/common.sh"
cd "$ROOT" || exit 1
findings=$(mktemp)
trap 'rm -f "$findings"' EXIT
report() { # report WHAT: standard input is the list of findings
	local lines
	lines=$(cat)
	[ -z "$lines" ] || printf '%s:\n%s\n' "$1" "$lines" | tee -a "$findings"
}
ours() { git ls-files --cached --others --exclude-standard "$@"; }
mapfile -t c_files < <(ours '*.c' '*.h' ':!:*.gen.c' ':!:*.gen.h')
mapfile -t product < <(ours 'services/*.c' 'libcommon/*.c' 'proto/*.c' ':!:*.gen.c')
mapfile -t scripts < <(ours '*.sh' '.ci/run')

clang-format --dry-run -Werror "${c_files[@]}" 2>&1 | grep -oE '^[^:]+' | sort -u | report "not formatted (clang-format -i FILE)"
grep -nE '\b(strcpy|strcat|sprintf|strtok|gets|atoi|alloca|system|popen|rand)[[:space:]]*\(' "${c_files[@]}" | report "banned call"
grep -nE '\b(getenv|environ)\b' "${product[@]}" | grep -vE '^libcommon/(conf|fault)[a-z_]*\.c:' | report "environment read outside conf.c"
grep -nE '\b(clock_gettime|gettimeofday|time)[[:space:]]*\((NULL|&|CLOCK)' "${product[@]}" | grep -v '^libcommon/time.c:' | report "clock read outside time.c"
grep -nE '(ZMQ_|_)(SND|RCV)HWM,? *0\b|set_(snd|rcv)hwm *\([^,]*, *0\)' "${c_files[@]}" | report "unbounded queue"
for file in "${product[@]}"; do
	awk -v f="$file" '/^\{/ {start = NR} /^\}/ {if (start && NR - start > 60) print f ":" start ": " NR - start " lines"; start = 0}' "$file"
done | report "function over 60 lines"
wc -l services/*/main.c 2>/dev/null | awk '$2 != "total" && $1 > 40' | report "main.c over 40 lines"
wc -l "${product[@]}" | awk '$2 != "total" && $1 > 500' | report "file over 500 lines"
# A new enumerator must be found by the compiler: no default where an enum is switched.
grep -nE '^[[:space:]]*default:' "${product[@]}" | report "default: in a switch"
grep -rnE '\b(TODO|FIXME|XXX|HACK)\b' "${c_files[@]}" "${scripts[@]}" | grep -v '^ops/lint.sh' | report "unfinished"
shellcheck -S warning -x -P SCRIPTDIR "${scripts[@]}" 2>&1 | grep -E '^(In|.*\^--)' | report "shellcheck"
cppcheck --quiet --enable=warning,portability --inline-suppr --std=c11 --suppress=missingIncludeSystem \
	--suppress=nullPointerRedundantCheck --suppress=unknownMacro --suppress=varFuncNullUB -I. -j2 "${product[@]}" 2>&1 | grep -E ': (error|warning|portability):' | report "cppcheck"
if [ "${1:-}" = --tidy ]; then
	clang-tidy --quiet -p build/clang "${product[@]}" 2>/dev/null | grep -E 'warning:|error:' | report "clang-tidy"
fi
[ ! -s "$findings" ] || exit 1
echo "lint: nothing found in ${#c_files[@]} C files and ${#scripts[@]} scripts"
