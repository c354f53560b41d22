#!/usr/bin/env bash
# Starts the whole suite on 127.0.0.1 in the background and returns when it is ready: Redis, a local EVM
# chain with the token and the registry, HAProxy, the six daemons, each under a small supervisor.
# usage: ops/up.sh [--chain-id N] [--block-time S] [--driver D] [--scale SERVICE=N]… [--faults]
#   --chain-id N    of the local chain (84532)
#   --block-time S  seconds between blocks (1); 0 mines at once and waits for one confirmation
#   --driver D      isolates: process (default) or null
#   --scale S=N     N instances of a daemon
#   --faults        pass WP_CRASH_AT on to the daemons (builds with faults: preset dev)
# WORKPROOF_RUN_DIR (.run) holds logs, pids and stack.env; WORKPROOF_PRESET (release) the build.
set -euo pipefail
. "$(dirname "$0")/common.sh"

chain_id=84532 block_time=1 driver=process faults=
declare -A scale
for service in "${SERVICES[@]}"; do scale[$service]=1; done
while [ $# -gt 0 ]; do
	case $1 in
	--chain-id) chain_id=${2:?--chain-id N}; shift 2 ;;
	--block-time) block_time=${2:?--block-time S}; shift 2 ;;
	--driver) driver=${2:?--driver D}; shift 2 ;;
	--scale)
		service=${2%%=*} count=${2#*=}
		[ -n "${scale[$service]:-}" ] && [[ $count =~ ^[1-9][0-9]?$ ]] || die "--scale $2: SERVICE=N, N from 1 to 99"
		scale[$service]=$count
		shift 2
		;;
	--rate-limit) die "--rate-limit: this release has no rate limit" ;;
	--faults) faults=yes; shift ;;
	-h | --help) sed -n '2,/^set /s/^# \{0,1\}//p' "$0" | sed '$d'; exit 0 ;;
	*) die "unknown option $1 (see --help)" ;;
	esac
done
[[ $chain_id =~ ^[0-9]+$ && $block_time =~ ^[0-9]+$ ]] || die "--chain-id and --block-time are whole numbers"

run_dir=${WORKPROOF_RUN_DIR:-$ROOT/.run}
mkdir -p "$run_dir"
run_dir=$(cd "$run_dir" && pwd)
[ ! -f "$run_dir/stack.env" ] || die "a stack runs in $run_dir: ops/down.sh first"

bin=$ROOT/build/$PRESET/bin
build "$PRESET"
"$ROOT/contracts/build.sh" >"$run_dir/contracts.log" 2>&1 || die "building the contracts failed: $run_dir/contracts.log"

# Sockets live in a short path: a unix socket's name holds 107 bytes.
socket_dir=$(mktemp -d "${TMPDIR:-/tmp}/wp.XXXXXX")
echo "$socket_dir" >"$run_dir/socket-dir"
mkdir -p "$socket_dir/bus"
started=
trap '[ -n "$started" ] || { say "starting failed, stopping what was started; logs are in $run_dir"; WORKPROOF_RUN_DIR=$run_dir "$ROOT/ops/down.sh"; }' EXIT

# supervise NAME COMMAND…: in the background, in a session of its own, with a clean environment.
supervise() {
	local name=$1
	shift
	rm -f "$run_dir/$name.pid"
	setsid env -i PATH="$PATH" HOME="$HOME" TMPDIR="${TMPDIR:-/tmp}" \
		"$ROOT/ops/supervise.sh" "$run_dir" "$name" "$@" >/dev/null 2>&1 </dev/null &
	echo $! >"$run_dir/$name.supervisor"
}

start_redis() {
	mkdir -p "$run_dir/redis"
	supervise redis redis-server "$ROOT/ops/redis.conf" --unixsocket "$socket_dir/redis.sock" --dir "$run_dir/redis"
	wait_for 20 "answer of Redis" redis-cli -s "$socket_dir/redis.sock" ping
}

init_keys() {
	[ -f "$run_dir/keys/public.env" ] ||
		"$bin/workproof" admin init --dir "$run_dir/keys" >"$run_dir/keys.log" || die "making keys failed: $run_dir/keys.log"
	. "$run_dir/keys/public.env"
}

start_chain() {
	rm -f "$run_dir/chain/chain.json"
	mkdir -p "$run_dir/chain"
	supervise chain node "$ROOT/tests/chain/local-chain.mjs" --out "$run_dir/chain" --chain-id "$chain_id" \
		--block-time "$block_time" --fund "$SETTLE_ADDRESS" --fund "$ATTEST_ADDRESS" --fund "$REFUND_ADDRESS" \
		--mint "$PAYMENT_WALLET=1000000000"
	wait_for 30 "local chain" test -f "$run_dir/chain/chain.json"
	chain() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$run_dir/chain/chain.json" "$1"; }
	rpc_url=$(chain rpcUrl) token=$(chain tokenAddress) registry=$(chain registryAddress)
	genesis=$(chain genesisHash) agent_key=$(chain agentPrivateKey)
	confirmations=2 block_ms=${block_time}s
	[ "$block_time" != 0 ] || confirmations=1 block_ms=0ms
}

# daemon SERVICE SETTING=VALUE…: starts its instances with the common settings and its own.
daemon() {
	local service=$1 n name crash=()
	shift
	[ -z "$faults" ] || crash=(WP_CRASH_AT="${WP_CRASH_AT:-}" WP_CRASH_MARK="$run_dir/crash-mark")
	for ((n = 1; n <= scale[$service]; n++)); do
		name=$service
		[ "$n" = 1 ] || name=$service-$n
		supervise "$name" env "${crash[@]}" \
			WORKPROOF_REDIS="$socket_dir/redis.sock" WORKPROOF_BUS_DIRECTORY="$socket_dir/bus" \
			WORKPROOF_ADMIN_LISTEN="unix:$socket_dir/$name.admin" WORKPROOF_INSTANCE="$name" \
			"${@//@NAME@/$name}" "$bin/wp-$service"
	done
}

start_daemons() {
	local chain_settings=(WORKPROOF_CHAIN_ID="$chain_id" WORKPROOF_TOKEN_ADDRESS="$token"
		WORKPROOF_TOKEN_NAME=USDC WORKPROOF_TOKEN_VERSION=2 WORKPROOF_PRICE=10000)
	local rpc_settings=("${chain_settings[@]}" WORKPROOF_RPC_URL="$rpc_url" WORKPROOF_GENESIS_HASH="$genesis"
		WORKPROOF_CONFIRMATIONS="$confirmations" WORKPROOF_FINALITY=confirmations WORKPROOF_BLOCK_TIME="$block_ms")
	local keys=$run_dir/keys
	daemon chain-writer "${rpc_settings[@]}" WORKPROOF_REGISTRY_ADDRESS="$registry" \
		WORKPROOF_VERIFIER_KEY_FILE="$keys/verifier.key" WORKPROOF_SETTLE_KEY_FILE="$keys/settle.key" \
		WORKPROOF_ATTEST_KEY_FILE="$keys/attest.key" WORKPROOF_REFUND_KEY_FILE="$keys/refund.key" \
		WORKPROOF_WALLET_KEY_FILE="$keys/wallet.key" \
		WORKPROOF_PAYMENT_STATEMENT_KEY="$PAYMENT_STATEMENT_KEY" \
		WORKPROOF_VERDICT_STATEMENT_KEY="$VERDICT_STATEMENT_KEY"
	daemon payment-verifier "${rpc_settings[@]}" WORKPROOF_PAYMENT_WALLET="$PAYMENT_WALLET" \
		WORKPROOF_STATEMENT_KEY_FILE="$keys/payment-statement.key"
	daemon log-streamer WORKPROOF_RESULT_KEY_FILE="$keys/result.key" \
		WORKPROOF_STATEMENT_KEY_FILE="$keys/verdict-statement.key"
	daemon vm-orchestrator WORKPROOF_DRIVER="$driver" WORKPROOF_INSTALLATION="$installation" \
		WORKPROOF_RESULT_KEY_FILE="$keys/result.key"
	daemon reaper WORKPROOF_DRIVER="$driver" WORKPROOF_INSTALLATION="$installation"
	daemon gateway "${chain_settings[@]}" WORKPROOF_LISTEN="unix:$socket_dir/@NAME@.http" \
		WORKPROOF_PUBLIC_URL="http://127.0.0.1:$http_port" WORKPROOF_PAYMENT_WALLET="$PAYMENT_WALLET" \
		WORKPROOF_REGISTRY_ADDRESS="$registry" WORKPROOF_VERIFIER_ADDRESS="$VERIFIER_ADDRESS" \
		WORKPROOF_OUTPUT_TOKEN_KEY_FILE="$keys/output-token.key"
}

# The edge: ops/haproxy.cfg.in with this stack's ports and sockets, and a front for the admin listeners.
start_edge() {
	local n name
	if [ ! -f "$run_dir/edge.pem" ]; then
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=127.0.0.1 \
			-addext subjectAltName=IP:127.0.0.1,DNS:localhost -keyout "$run_dir/edge.key" -out "$run_dir/edge.crt" 2>/dev/null
		cat "$run_dir/edge.crt" "$run_dir/edge.key" >"$run_dir/edge.pem"
		chmod 600 "$run_dir/edge.pem" "$run_dir/edge.key"
	fi
	sed -e "s|@HTTP_PORT@|$http_port|g" -e "s|@HTTPS_PORT@|$https_port|g" -e "s|@CERT@|$run_dir/edge.pem|g" \
		-e "s|@RUN_DIR@|$run_dir|g" -e "s|@GATEWAY_SOCKET@|$socket_dir/gateway.http|g" \
		"$ROOT/ops/haproxy.cfg.in" >"$run_dir/haproxy.cfg"
	for ((n = 2; n <= scale[gateway]; n++)); do
		# More gateways: one more server line like the first, with its own name and socket.
		sed -i "/^[[:space:]]*server gateway-1 /{p;s|gateway-1|gateway-$n|;s|gateway.http|gateway-$n.http|}" "$run_dir/haproxy.cfg"
	done
	{
		printf 'frontend admin\n\tmode http\n\tbind 127.0.0.1:%s\n' "$admin_port"
		for service in "${SERVICES[@]}"; do
			for ((n = 1; n <= scale[$service]; n++)); do
				name=$service
				[ "$n" = 1 ] || name=$service-$n
				printf '\tuse_backend admin-%s if { path_beg /%s/ }\n' "$name" "$name"
			done
		done
		for service in "${SERVICES[@]}"; do
			for ((n = 1; n <= scale[$service]; n++)); do
				name=$service
				[ "$n" = 1 ] || name=$service-$n
				printf 'backend admin-%s\n\tmode http\n\thttp-request replace-path /%s(/.*) \\1\n\tserver admin unix@%s\n' \
					"$name" "$name" "$socket_dir/$name.admin"
			done
		done
	} >"$run_dir/haproxy-admin.cfg"
	supervise haproxy haproxy -W -db -f "$run_dir/haproxy.cfg" -f "$run_dir/haproxy-admin.cfg"
}

write_stack_env() {
	local service n name file=$run_dir/stack.env.new
	{
		echo "GATEWAY_URL=http://127.0.0.1:$http_port"
		echo "GATEWAY_TLS_URL=https://127.0.0.1:$https_port"
		echo "ADMIN_URL=http://127.0.0.1:$admin_port"
		echo "RPC_URL=$rpc_url"
		echo "CHAIN_ID=$chain_id"
		echo "PAYMENT_WALLET=$PAYMENT_WALLET"
		echo "TOKEN_ADDRESS=$token"
		echo "REGISTRY_ADDRESS=$registry"
		echo "VERIFIER_ADDRESS=$VERIFIER_ADDRESS"
		echo "AGENT_PRIVATE_KEY=$agent_key"
		echo "REDIS_SOCKET=$socket_dir/redis.sock"
		echo "RUN_DIR=$run_dir"
		for service in "${SERVICES[@]}"; do
			for ((n = 1; n <= scale[$service]; n++)); do
				name=$service
				[ "$n" = 1 ] || name=$service-$n
				echo "PID_$(tr 'a-z-' 'A-Z_' <<<"$name")=$(cat "$run_dir/$name.pid")"
			done
		done
	} >"$file"
	mv "$file" "$run_dir/stack.env"
}

all_ready() {
	local service n name
	for service in "${SERVICES[@]}"; do
		for ((n = 1; n <= scale[$service]; n++)); do
			name=$service
			[ "$n" = 1 ] || name=$service-$n
			curl -fsS --max-time 2 "http://127.0.0.1:$admin_port/$name/readyz" || return 1
		done
	done
}

installation=wp-$(basename "$socket_dir" | tr -dc 'a-zA-Z0-9' | tr 'A-Z' 'a-z')
start_redis
init_keys
start_chain
http_port=$(port_free) https_port=$(port_free) admin_port=$(port_free)
start_daemons
start_edge
wait_for 30 "readiness of every daemon" all_ready
write_stack_env
started=yes
say "ready: http://127.0.0.1:$http_port (logs and stack.env in $run_dir)"
