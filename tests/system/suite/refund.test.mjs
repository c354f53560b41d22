// A run that fails through our own fault is refunded, once, to the payer (V1 FAILED, P8, X9).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { account, agentV2, chain, request, tokenBalance } from './agents.mjs';
import { ended, stock, until, up, verification } from './stack.mjs';

let stack;
before(() => { stack = up(); }, { timeout: 120_000 });
after(() => stack?.down());

test('three lost isolates end in FAILED and one refund', { timeout: 150_000 }, async () => {
	const { parseAbiItem } = await stock('viem');
	const payer = account(stack).address;
	const before = await tokenBalance(stack, payer);
	const pay = await agentV2(stack);
	const reply = await pay(`${stack.GATEWAY_URL}/v1/verifications`,
		request({ taskType: 'code-execution', code: 'for (;;) {}', timeoutSeconds: 60 }));
	assert.equal(reply.status, 202, await reply.clone().text());
	const { id } = await reply.json();
	assert.equal(await tokenBalance(stack, payer), before - 10000n);

	const started = () => stack.log('vm-orchestrator').split('\n')
		.filter((line) => line.includes(id) && line.includes('"msg":"isolate started"')).length;
	for (let attempt = 1; attempt <= 3; attempt++) {
		await until(40, `attempt ${attempt}`, () => started() >= attempt);
		process.kill(stack.pid('vm-orchestrator'), 'SIGKILL');
	}
	const end = await ended(stack, id, null, 90);
	assert.equal(end.status, 'REFUNDED');
	assert.equal(end.verdict, 'FAILED');
	assert.match(end.refund.transaction, /^0x[0-9a-f]{64}$/);
	assert.equal(await tokenBalance(stack, payer), before, 'the money is back');

	const transfers = await chain(stack).getLogs({
		address: stack.TOKEN_ADDRESS, fromBlock: 0n, args: { from: stack.PAYMENT_WALLET, to: payer },
		event: parseAbiItem('event Transfer(address indexed from, address indexed to, uint256 value)'),
	});
	assert.equal(transfers.length, 1, 'one refund');
	assert.equal(transfers[0].args.value, 10000n);
	assert.equal(started(), 3, 'three attempts and no more');
	const receipt = await fetch(`${stack.GATEWAY_URL}/v1/verifications/${id}/receipt`);
	assert.equal(receipt.status, 404, 'a failed run has no receipt');
	assert.equal((await verification(stack, id)).attestation.status, 'none');
});
