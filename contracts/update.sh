#!/bin/sh
# Writes again what is committed and derives from the sources: ABI, storage layout, vectors, gas.
set -eu
cd "$(dirname "$0")"
./build.sh
node tools/artifacts.mjs
node tools/vectors.mjs
FORGE_SNAPSHOT_EMIT=true node_modules/@foundry-rs/forge-linux-amd64/bin/forge test --quiet \
	--match-contract GasTest
