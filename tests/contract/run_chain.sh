#!/bin/sh
# The local chain's smoke test, with its artifacts up to date.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
"$root/contracts/build.sh"
exec node "$root/tests/chain/test_chain.mjs"
