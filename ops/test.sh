#!/usr/bin/env bash
# Installs what is missing, builds with gcc and clang, and runs every test; ends with ctest's summary.
# usage: ops/test.sh [--long] [ctest options…]      --long adds the soaks
set -euo pipefail
. "$(dirname "$0")/common.sh"
long=
[ "${1:-}" != --long ] || { long=yes; shift; }

"$ROOT/ops/setup.sh"
use_node
"$ROOT/contracts/build.sh"
# gcc with sanitizers runs the tests, the release build the timing-sensitive ones; clang compiles
# everything once more and fuzzes.
for preset in dev release clang fuzz; do
	say "building $preset"
	build "$preset"
done
export WORKPROOF_LONG=$long
ctest --test-dir "$ROOT/build/dev" --output-on-failure --no-tests=error "$@"
