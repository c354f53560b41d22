#!/usr/bin/env node
// Writes what is committed beside the contract and derives from it: its ABI and storage layout.
//   node tools/artifacts.mjs [--check]     --check only compares; exit 1 says what is stale
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const artifact = JSON.parse(readFileSync(`${root}out/WorkProofRegistry.sol/WorkProofRegistry.json`));

function storageLayout() {
	const { storage, types } = artifact.storageLayout;
	return storage.map(({ label, slot, offset, type }) => ({
		label, slot, offset, type: types[type].label,
	}));
}

const outputs = {
	'abi/WorkProofRegistry.json': artifact.abi,
	'abi/storage.json': storageLayout(),
};

let stale = 0;
for (const [file, value] of Object.entries(outputs)) {
	const wanted = `${JSON.stringify(value, null, '\t')}\n`;
	let present = '';
	try {
		present = readFileSync(root + file, 'utf8');
	} catch {
		// Absent counts as stale.
	}
	if (present === wanted) continue;
	if (process.argv.includes('--check')) {
		console.error(`${file} is stale: run contracts/update.sh and commit it`);
		stale = 1;
	} else {
		mkdirSync(dirname(root + file), { recursive: true });
		writeFileSync(root + file, wanted);
	}
}
process.exitCode = stale;
