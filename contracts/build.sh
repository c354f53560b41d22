#!/bin/sh
# Compiles the registry and the test token into contracts/out. Quick when nothing changed.
set -eu
cd "$(dirname "$0")"
exec node_modules/@foundry-rs/forge-linux-amd64/bin/forge build --quiet \
	src/WorkProofRegistry.sol ../tests/chain/src/TestToken.sol
