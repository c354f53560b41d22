// Two instances of every daemon share the work: nothing is stuck, done twice or charged twice (O4, P5, C4).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { agentV2, request, tokenBalance } from './agents.mjs';
import { ended, sha256, up } from './stack.mjs';

const services = ['gateway', 'payment-verifier', 'vm-orchestrator', 'log-streamer', 'chain-writer', 'reaper'];
const COUNT = 12;
let stack;
before(() => { stack = up(['--block-time', '0', ...services.flatMap((name) => ['--scale', `${name}=2`])]); }, { timeout: 120_000 });
after(() => stack?.down());

test(`${COUNT} verifications at once`, { timeout: 90_000 }, async () => {
	const pay = await agentV2(stack);
	const before = await tokenBalance(stack, stack.PAYMENT_WALLET);
	const results = await Promise.all(Array.from({ length: COUNT }, async (_, n) => {
		let reply;
		do {
			// At most eight authorizations of one payer are under way; the ninth is told to come again.
			reply = await pay(`${stack.GATEWAY_URL}/v1/verifications`,
				request({ taskType: 'code-execution', code: `console.log(${n})`, expectedHash: sha256(`${n}\n`) }));
		} while (reply.status === 503);
		assert.equal(reply.status, 202, await reply.clone().text());
		const { id } = await reply.json();
		return ended(stack, id, null, 60);
	}));
	for (const { status, verdict } of results) assert.deepEqual([status, verdict], ['DONE', 'VALID']);
	assert.equal(new Set(results.map(({ attestation }) => attestation.id)).size, COUNT);
	assert.equal(await tokenBalance(stack, stack.PAYMENT_WALLET), before + 10000n * BigInt(COUNT));
	const served = ['chain-writer', 'chain-writer-2'].map((name) => stack.log(name).includes('"msg":"moved"'));
	assert.ok(served.includes(true));
});
