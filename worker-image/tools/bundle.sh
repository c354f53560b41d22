#!/usr/bin/env bash
# Bundles the prelude with node-inspect-extracted into one script.
# Usage: bundle.sh WORKER_IMAGE_DIR NODE_MODULES OUT.js
# The package asks JavaScript what Node asks C++; its two modules of such questions (499: types,
# 727: util) are overlaid with prelude/bindings.js where the bundle starts its first module.
set -euo pipefail
here=$1 modules=$2 out=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$here/prelude" "$work/prelude"
mkdir -p "$work/node_modules"
cp -r "$modules/node-inspect-extracted" "$work/node_modules/"
start='return function n(r){const o=e[r]'
bundle=$work/node_modules/node-inspect-extracted/dist/inspect.js
[ "$(grep -o -F "$start" "$bundle" | wc -l)" = 1 ] || { echo "bundle.sh: node-inspect-extracted is not the expected one" >&2; exit 1; }
hook='for(const[k,v]of[[499,"types"],[727,"util"]]){const f=t[k];t[k]=(m,x,n)=>{f(m,x,n);m.exports=Object.assign({},m.exports,globalThis.__bindings[v])}}'
node -e '
const fs = require("fs"), [file, start, hook] = process.argv.slice(1)
fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace(start, () => hook + start))' "$bundle" "$start" "$hook"
"$modules/@esbuild/linux-x64/bin/esbuild" "$work/prelude/main.js" --bundle --format=iife --target=es2023 --charset=utf8 \
	--log-level=warning --outfile="$out"
