// The command line as an agent's developer uses it (H3, H4): hash, submit, status, receipt get and check.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { command, root, sha256, up } from './stack.mjs';

let stack, folder;
const file = (name) => join(folder, name);
const workproof = (...args) => command(join(root, 'build', stack.preset, 'bin', 'workproof'), args);
before(() => {
	stack = up();
	folder = mkdtempSync(join(tmpdir(), 'workproof-cli-'));
	writeFileSync(file('key'), `${stack.AGENT_PRIVATE_KEY}\n`, { mode: 0o600 });
	writeFileSync(file('job.js'), 'console.log(input.toUpperCase())');
	writeFileSync(file('input'), 'shout');
}, { timeout: 120_000 });
after(() => {
	stack?.down();
	if (folder) rmSync(folder, { recursive: true });
});

test('hash tells the expected hash without paying (H4)', async () => {
	const run = await workproof('hash', file('job.js'), '--input', file('input'));
	assert.equal(run.status, 0, run.stderr);
	assert.equal(run.stdout.trim(), sha256('SHOUT\n'));
});

test('submit without a key names the price and exits 3', async () => {
	const run = await workproof('submit', file('job.js'), '--url', stack.GATEWAY_URL);
	assert.equal(run.status, 3);
	assert.match(run.stderr, /costs money/);
});

test('submit above --max-amount pays nothing and exits 3', async () => {
	const run = await workproof('submit', file('job.js'), '--url', stack.GATEWAY_URL, '--key-file', file('key'), '--max-amount', '9999');
	assert.equal(run.status, 3);
	assert.match(run.stderr, /above --max-amount/);
});

test('submit, status, receipt get, receipt check', { timeout: 60_000 }, async () => {
	const run = await workproof('submit', file('job.js'), '--input', file('input'), '--expect', sha256('SHOUT\n'),
		'--key-file', file('key'), '--url', stack.GATEWAY_URL, '--wait', '--json');
	assert.equal(run.status, 0, run.stderr);
	const end = JSON.parse(run.stdout);
	assert.equal(end.verdict, 'VALID');
	assert.equal(end.stdout, 'SHOUT\n');

	const status = await workproof('status', end.id, '--url', stack.GATEWAY_URL);
	assert.equal(status.status, 0);
	assert.match(status.stdout, /^verdict +VALID$/m);

	const got = await workproof('receipt', 'get', end.id, '--url', stack.GATEWAY_URL);
	assert.equal(got.status, 0, got.stderr);
	writeFileSync(file('receipt'), got.stdout);
	const check = (receipt, signer, code = 'job.js') => workproof('receipt', 'check', file(receipt),
		'--code', file(code), '--input', file('input'), '--signer', signer);
	const good = await check('receipt', stack.VERIFIER_ADDRESS);
	assert.equal(good.status, 0, good.stderr);

	const stranger = await check('receipt', stack.PAYMENT_WALLET);
	assert.equal(stranger.status, 1, 'an unknown signer');
	writeFileSync(file('other.js'), 'console.log(input.toLowerCase())');
	assert.equal((await check('receipt', stack.VERIFIER_ADDRESS, 'other.js')).status, 1, 'another program');
	const forged = JSON.parse(readFileSync(file('receipt'), 'utf8'));
	forged.message.outputHash = `0x${sha256('forged')}`;
	writeFileSync(file('forged'), JSON.stringify(forged));
	assert.equal((await check('forged', stack.VERIFIER_ADDRESS)).status, 1, 'another output');
});

test('a false claim ends INVALID and exits 1', { timeout: 60_000 }, async () => {
	const run = await workproof('submit', file('job.js'), '--input', file('input'), '--expect', sha256('quiet\n'),
		'--key-file', file('key'), '--url', stack.GATEWAY_URL, '--wait');
	assert.equal(run.status, 1, run.stderr);
	assert.match(run.stdout, /^verdict +INVALID$/m);
});

test('bad arguments exit 64 and say so', async () => {
	for (const args of [['submit'], ['nonsense'], ['status', 'x', '--what'], ['receipt', 'bend', 'x']])
		assert.equal((await workproof(...args)).status, 64, args.join(' '));
});
