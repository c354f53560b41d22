#!/usr/bin/env bash
# Bundles the prelude with node-inspect-extracted into one script.
# Usage: bundle.sh WORKER_IMAGE_DIR NODE_MODULES OUT.js
set -euo pipefail
here=$1 modules=$2 out=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$here/prelude" "$work/prelude"
mkdir -p "$work/node_modules"
cp -r "$modules/node-inspect-extracted" "$work/node_modules/"
node "$here/tools/node20.mjs" "$work/node_modules/node-inspect-extracted/dist/inspect.js"
# names of files become part of the bundle: they must not depend on where it is made
cd "$work"
"$modules/@esbuild/linux-x64/bin/esbuild" prelude/main.js --bundle --format=iife --target=es2023 --charset=utf8 \
	--log-level=warning --outfile="$out"
