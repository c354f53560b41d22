// Stock x402 clients pay a whole stack on the local chain (P1, P4, P5, A6, A7, A8, C1, V1).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { account, agentV1, agentV2, chain, paymentV2, request, tokenBalance } from './agents.mjs';
import { ended, root, sha256, up, verification } from './stack.mjs';

const PRICE = 10000n;
let stack;
before(() => { stack = up(); }, { timeout: 120_000 });
after(() => stack?.down());

const answer = 'console.log(2 + 2)';
const cases = [
	{ verdict: 'VALID', body: { code: answer, expectedHash: sha256('4\n') }, attested: true },
	{ verdict: 'INVALID', body: { code: answer, expectedHash: sha256('5\n') }, attested: false },
	{ verdict: 'COMPUTED', body: { code: `${answer} // no claim` }, attested: null },
	{ verdict: 'ERROR', body: { code: 'console.log(1); null.x', expectedHash: sha256('1\n') }, attested: null },
	{ verdict: 'TIMEOUT', body: { code: 'for (;;) {}', timeoutSeconds: 5 }, attested: null },
];

async function registryEntry(attestationId) {
	const { abi } = { abi: JSON.parse(readFileSync(join(root, 'contracts', 'abi', 'WorkProofRegistry.json'), 'utf8')) };
	return chain(stack).readContract({
		address: stack.REGISTRY_ADDRESS, abi: abi.abi ?? abi, functionName: 'getAttestation', args: [attestationId],
	});
}

for (const [version, make] of [['v1', agentV1], ['v2', agentV2]])
	for (const { verdict, body, attested } of cases)
		test(`${version} client pays and gets ${verdict}`, { timeout: 90_000 }, async () => {
			const pay = await make(stack);
			const before = await tokenBalance(stack, stack.PAYMENT_WALLET);
			const reply = await pay(`${stack.GATEWAY_URL}/v1/verifications`,
				request({ taskType: 'code-execution', ...body, clockMs: version === 'v1' ? 1 : 2 }));
			assert.equal(reply.status, 202, await reply.clone().text());
			const receiptHeader = reply.headers.get(version === 'v1' ? 'x-payment-response' : 'payment-response');
			const settled = JSON.parse(Buffer.from(receiptHeader, 'base64'));
			assert.equal(settled.success, true);
			assert.equal(settled.payer.toLowerCase(), account(stack).address.toLowerCase());
			const { id, outputToken } = await reply.json();
			assert.equal(reply.headers.get('location'), `/v1/verifications/${id}`);

			const end = await ended(stack, id, outputToken);
			assert.equal(end.status, 'DONE');
			assert.equal(end.verdict, verdict);
			assert.equal(end.payment.transaction, settled.transaction);
			assert.equal(await tokenBalance(stack, stack.PAYMENT_WALLET), before + PRICE, 'charged once');
			const onChain = await chain(stack).getTransactionReceipt({ hash: settled.transaction });
			assert.equal(onChain.status, 'success');

			const open = await verification(stack, id);
			assert.equal(open.stdout, null, 'output is the presenter’s');
			if (verdict === 'VALID') assert.equal(end.stdout, '4\n');
			if (attested === null) {
				assert.equal(end.attestation.status, 'none');
			} else {
				const entry = await registryEntry(end.attestation.id);
				assert.equal(entry.taskHash, end.taskHash);
				assert.equal(entry.result, attested);
				assert.equal(entry.verifier.toLowerCase(), stack.VERIFIER_ADDRESS.toLowerCase());
			}
			const receipt = await (await fetch(`${stack.GATEWAY_URL}/v1/verifications/${id}/receipt`)).json();
			assert.equal(receipt.message.outputHash, `0x${end.outputHash}`);
			assert.equal(receipt.verifier.toLowerCase(), stack.VERIFIER_ADDRESS.toLowerCase());
		});

test('one authorization presented 20 times at once runs once and charges once (P5)', { timeout: 60_000 }, async () => {
	const body = { taskType: 'code-execution', code: 'console.log("race")' };
	const payment = await paymentV2(stack, body);
	const before = await tokenBalance(stack, stack.PAYMENT_WALLET);
	const send = () => fetch(`${stack.GATEWAY_URL}/v1/verifications`, request(body, payment));
	const replies = await Promise.all(Array.from({ length: 20 }, send));
	const ids = new Set();
	for (const reply of replies) {
		assert.equal(reply.status, 202, await reply.clone().text());
		ids.add((await reply.json()).id);
	}
	assert.equal(ids.size, 1);
	const [id] = ids;
	await ended(stack, id);
	assert.equal(await tokenBalance(stack, stack.PAYMENT_WALLET), before + PRICE);
	const again = await send();
	assert.equal((await again.json()).id, id, 'the same verification afterwards too (A8)');
	const starts = stack.log('vm-orchestrator').split('\n').filter((line) => line.includes(id) && line.includes('"msg":"isolate started"'));
	assert.equal(starts.length, 1, 'one run');
});

test('the same authorization with another request is a conflict (A8)', { timeout: 60_000 }, async () => {
	const body = { taskType: 'code-execution', code: 'console.log("first")' };
	const payment = await paymentV2(stack, body);
	const first = await fetch(`${stack.GATEWAY_URL}/v1/verifications`, request(body, payment));
	assert.equal(first.status, 202);
	const other = await fetch(`${stack.GATEWAY_URL}/v1/verifications`, request({ ...body, code: 'console.log("second")' }, payment));
	assert.equal(other.status, 409);
	assert.match(other.headers.get('content-type'), /^application\/problem\+json/);
});

test('Prefer: wait gives 200 with the verdict (A7)', { timeout: 60_000 }, async () => {
	const body = { taskType: 'code-execution', code: 'console.log("wait")' };
	const payment = await paymentV2(stack, body);
	const reply = await fetch(`${stack.GATEWAY_URL}/v1/verifications`, request(body, { ...payment, prefer: 'wait=20' }));
	assert.equal(reply.status, 200, await reply.clone().text());
	const done = await reply.json();
	assert.equal(done.verdict, 'COMPUTED');
	assert.equal(done.stdout, 'wait\n');
	assert.equal(done.outputHash.replace(/^0x/, ''), sha256('wait\n'));
});
