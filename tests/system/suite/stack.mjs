// A whole stack for a test: ops/up.sh in a run directory of its own, ops/down.sh at the end.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const require = createRequire(join(root, 'tests', 'clients', 'package.json'));
// The stock packages of tests/clients, from wherever the test stands.
export const stock = async (name) => import(pathToFileURL(require.resolve(name)));

const environment = (directory, preset, more = {}) => ({
	...process.env, WORKPROOF_RUN_DIR: directory, WORKPROOF_PRESET: preset, ...more,
});

export function up(options = [], { preset = 'release', env = {} } = {}) {
	const directory = mkdtempSync(join(tmpdir(), 'workproof-suite-'));
	const shell = environment(directory, preset, env);
	try {
		execFileSync(join(root, 'ops', 'up.sh'), options, { env: shell, stdio: ['ignore', 'inherit', 'inherit'] });
	} catch (error) {
		for (const name of ['gateway', 'payment-verifier', 'vm-orchestrator', 'log-streamer', 'chain-writer', 'reaper', 'haproxy', 'chain'])
			try {
				console.error(`--- ${name}.log\n${readFileSync(join(directory, `${name}.log`), 'utf8').slice(-1500)}`);
			} catch {}
		throw error;
	}
	const settings = Object.fromEntries(readFileSync(join(directory, 'stack.env'), 'utf8').trim().split('\n')
		.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
	return {
		...settings, directory, preset,
		log: (service) => readFileSync(join(directory, `${service}.log`), 'utf8'),
		pid: (service) => Number(readFileSync(join(directory, `${service}.pid`), 'utf8')),
		down() {
			execFileSync(join(root, 'ops', 'down.sh'), [], { env: shell, stdio: ['ignore', 'inherit', 'inherit'] });
			if (!process.env.WORKPROOF_KEEP) rmSync(directory, { recursive: true, force: true });
		},
	};
}

export const sha256 = (text) => createHash('sha256').update(text).digest('hex');

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Asks until the answer satisfies, at most so many seconds.
export async function until(seconds, what, ask) {
	const end = Date.now() + seconds * 1000;
	for (;;) {
		const answer = await ask();
		if (answer) return answer;
		if (Date.now() > end) throw new Error(`no ${what} after ${seconds} s`);
		await sleep(50);
	}
}

export async function verification(stack, id, token) {
	const headers = token ? { authorization: `Bearer ${token}` } : {};
	const answer = await fetch(`${stack.GATEWAY_URL}/v1/verifications/${id}`, { headers });
	if (!answer.ok) throw new Error(`GET ${id}: ${answer.status} ${await answer.text()}`);
	return answer.json();
}

// Waits for a state that does not change any more: attested as far as it will be, or refunded.
export const ended = (stack, id, token, seconds = 60) => until(seconds, `end of ${id}`, async () => {
	const now = await verification(stack, id, token);
	const attested = now.attestation?.status !== 'pending';
	return (now.status === 'DONE' && attested) || ['REFUNDED', 'REJECTED'].includes(now.status) ? now : null;
});

export const command = (program, args, options = {}) => new Promise((resolve) => {
	const child = spawn(program, args, options);
	let stdout = '', stderr = '';
	child.stdout.on('data', (data) => { stdout += data; });
	child.stderr.on('data', (data) => { stderr += data; });
	child.on('close', (status) => resolve({ status, stdout, stderr }));
});
