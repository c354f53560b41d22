// Every daemon is killed once (SIGKILL) while a paid verification runs: it still ends in the right verdict,
// charged once, attested once (O3, P5, C4).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { account, chain, paymentV2, request, tokenBalance } from '../system/suite/agents.mjs';
import { ended, sha256, sleep, stock, until, up, verification } from '../system/suite/stack.mjs';

let stack;
before(() => { stack = up(); }, { timeout: 120_000 });
after(() => stack?.down());

// About two seconds of work, so that the kill falls into the run.
const program = (n) => `let s = ${n}; for (let i = 0; i < 2e7; i++) s = (s * 31 + i) % 1000003; console.log(s)`;
function expected(n) {
	let s = n;
	for (let i = 0; i < 2e7; i++) s = (s * 31 + i) % 1000003;
	return sha256(`${s}\n`);
}

// The answer to a payment, presented again as long as the service is away.
const present = (body, payment) => until(40, 'answer to the payment', async () => {
	const reply = await fetch(`${stack.GATEWAY_URL}/v1/verifications`, request(body, payment)).catch(() => null);
	return reply && reply.status < 500 ? reply : null;
});

async function attestationsOf(id) {
	const { parseAbiItem } = await stock('viem');
	return chain(stack).getLogs({
		address: stack.REGISTRY_ADDRESS, fromBlock: 0n, args: { id },
		event: parseAbiItem('event ReceiptAttested(address indexed verifier, bytes16 indexed id, bytes32 indexed taskHash, bytes32 attestationId, uint8 verdict, bytes32 receiptDigest)'),
	});
}

// The moment a verification reaches one of these states (before it is admitted there is none).
const reach = (id, ...states) => until(60, states[0], async () => {
	const now = await verification(stack, id).catch(() => null);
	return now && states.includes(now.status);
});
const moments = {
	PENDING: (id) => reach(id, 'PENDING', 'PAID', 'RUNNING'),
	RUNNING: (id) => reach(id, 'RUNNING'),
	DONE: (id) => reach(id, 'DONE'),
};

const { keccak256, encodeAbiParameters } = await stock('viem');
function idOf(payment) {
	const { payload } = JSON.parse(Buffer.from(Object.values(payment)[0], 'base64'));
	return keccak256(encodeAbiParameters(
		[{ type: 'uint256' }, { type: 'address' }, { type: 'address' }, { type: 'bytes32' }],
		[BigInt(stack.CHAIN_ID), stack.TOKEN_ADDRESS, account(stack).address, payload.authorization.nonce])).slice(0, 34);
}

let number = 0;
for (const [service, when] of [
	['gateway', 'PENDING'], ['payment-verifier', 'PENDING'], ['chain-writer', 'PENDING'],
	['vm-orchestrator', 'RUNNING'], ['log-streamer', 'RUNNING'], ['reaper', 'RUNNING'],
	['chain-writer', 'RUNNING'], ['chain-writer', 'DONE'], ['redis', 'RUNNING'],
])
	test(`kill -9 of ${service} while ${when}`, { timeout: 120_000 }, async () => {
		const n = ++number;
		const body = { taskType: 'code-execution', code: program(n), expectedHash: expected(n) };
		const payment = await paymentV2(stack, body);
		const id = idOf(payment);
		const before = await tokenBalance(stack, stack.PAYMENT_WALLET);
		const answer = present(body, payment);
		await moments[when](id);
		process.kill(stack.pid(service), 'SIGKILL');
		const reply = await answer;
		assert.equal(reply.status, 202, await reply.clone().text());
		assert.equal((await reply.json()).id, id);

		await sleep(1000);
		const end = await until(90, 'end', () => ended(stack, id, null, 60).catch(() => null));
		assert.equal(end.verdict, 'VALID');
		assert.equal(await tokenBalance(stack, stack.PAYMENT_WALLET), before + 10000n, 'charged once');
		assert.equal((await attestationsOf(id)).length, 1, 'attested once');
	});
