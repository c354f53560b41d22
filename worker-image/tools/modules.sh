#!/usr/bin/env bash
# Installs the pinned npm packages where they are missing. Usage: modules.sh WORKER_IMAGE_DIR
set -euo pipefail
cd "$1"
exec 9> "${TMPDIR:-/tmp}/workproof-modules.lock"
flock 9
[ -d node_modules/node-inspect-extracted ] && [ -x node_modules/@esbuild/linux-x64/bin/esbuild ] ||
	npm ci --no-audit --no-fund --silent
