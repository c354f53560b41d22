// The examples of README.md run as they stand there, and print what it says (… stands for anything).
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { command, root, up } from './stack.mjs';

const examples = [...readFileSync(join(root, 'README.md'), 'utf8')
	.matchAll(/<!-- example -->\n```sh\n(.*?)```\n```text\n(.*?)```/gs)].map(([, script, output]) => ({ script, output }));
let stack, folder;
before(() => {
	stack = up();
	folder = mkdtempSync(join(tmpdir(), 'workproof-readme-'));
}, { timeout: 120_000 });
after(() => {
	stack?.down();
	if (folder) rmSync(folder, { recursive: true });
});

test('README has examples', () => assert.ok(examples.length >= 3));

for (const [i, { script, output }] of examples.entries())
	test(`example ${i + 1}`, { timeout: 90_000 }, async () => {
		const env = { ...process.env, ...stack, PATH: `${join(root, 'build', stack.preset, 'bin')}:${process.env.PATH}` };
		for (const name of ['log', 'pid', 'down', 'directory', 'preset']) delete env[name];
		const run = await command('bash', ['-c', script], { cwd: folder, env });
		const pattern = output.split('…').map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^\\n]*');
		assert.match(run.stdout, new RegExp(`^${pattern}$`), run.stderr);
	});
