#!/usr/bin/env bash
# The main job from nothing: installs what is missing, builds, starts the whole suite on 127.0.0.1, pays for
# and runs one verification as an agent would, checks the receipt offline and reads the attestation back
# from the chain; then the same with a wrong claim. Stops everything it started.
# usage: ops/demo.sh
set -euo pipefail
"$(dirname "$0")/setup.sh" --demo
. "$(dirname "$0")/common.sh"

work=$(mktemp -d "${TMPDIR:-/tmp}/workproof-demo.XXXXXX")
export WORKPROOF_RUN_DIR=$work/run
trap 'status=$?; "$ROOT/ops/down.sh"; rm -rf "$work"; exit $status' EXIT

"$ROOT/ops/up.sh"
. "$work/run/stack.env"
workproof=$ROOT/build/$PRESET/bin/workproof

# The agent: a funded account on the local chain, a program, and what somebody claims it prints.
(umask 077 && printf '%s\n' "$AGENT_PRIVATE_KEY" >"$work/agent.key")
cat >"$work/primes.js" <<'JS'
const primes = [];
for (let n = 2; primes.length < 10; n++)
	if (primes.every((p) => n % p)) primes.push(n);
console.log(primes, primes.reduce((a, b) => a + b));
JS
claim=$("$workproof" hash "$work/primes.js")

field() { python3 -c 'import json, sys
value = json.load(open(sys.argv[1]))
for name in sys.argv[2].split("."): value = value[name]
print(value)' "$work/$1.json" "$2"; }

# verify NAME CLAIM: pays, waits for the end, checks everything that can be checked from outside.
verify() {
	local name=$1 claimed=$2 status=0
	"$workproof" submit "$work/primes.js" --expect "$claimed" --key-file "$work/agent.key" \
		--url "$GATEWAY_URL" --wait --json >"$work/$name.json" || status=$?
	[ $status -le 1 ] || die "the verification did not end with a verdict (exit $status)"
	"$workproof" receipt get "$(field "$name" id)" --url "$GATEWAY_URL" >"$work/$name-receipt.json"
	echo "verdict      $(field "$name" verdict)"
	echo "outputHash   $(field "$name" outputHash)"
	echo "paid by      $(field "$name" payment.transaction)"
	"$workproof" receipt check "$work/$name-receipt.json" --code "$work/primes.js" --signer "$VERIFIER_ADDRESS"
	"$workproof" attestation "$(field "$name" attestation.id)" --rpc "$RPC_URL" --registry "$REGISTRY_ADDRESS" |
		tee "$work/$name-attestation"
	echo
}

echo "== a true claim"
verify true "$claim"
echo "== a false claim"
verify false "$(printf %064d 0)"

[ "$(field true verdict)" = VALID ] || die "the true claim ended $(field true verdict)"
[ "$(field false verdict)" = INVALID ] || die "the false claim ended $(field false verdict)"
grep -q '^result *true$' "$work/true-attestation" || die "the true claim is not attested true"
grep -q '^result *false$' "$work/false-attestation" || die "the false claim is not attested false"
echo "demo: both claims were decided, signed and attested"
