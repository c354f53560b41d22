#!/bin/sh
# Everything there is to know about the contracts, offline: they build without warnings, are
# formatted, pass their tests, cost what the committed snapshot says, and the committed ABI,
# storage layout and vectors are theirs. Exit status 0 or 1.
set -u
cd "$(dirname "$0")" || exit 1
forge=node_modules/@foundry-rs/forge-linux-amd64/bin/forge

failed=0
step() {
	name=$1
	shift
	if "$@"; then
		echo "ok: $name"
	else
		echo "FAILED: $name" >&2
		failed=1
	fi
}

step "build" "$forge" build --quiet
[ "$failed" = 0 ] || exit 1
step "format" "$forge" fmt --check . "$PWD/../tests/chain/src"
step "tests, gas snapshot" env FORGE_SNAPSHOT_CHECK=true FORGE_SNAPSHOT_EMIT=false \
	"$forge" test
step "ABI, storage layout" node tools/artifacts.mjs --check
step "vectors" node tools/vectors.mjs --check
exit "$failed"
