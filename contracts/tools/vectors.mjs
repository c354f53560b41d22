#!/usr/bin/env node
// Known-answer receipts: what an independent EIP-712 library (viem) makes of them. Read by the
// forge tests and by the tests of the C encoder.
//   node tools/vectors.mjs [--check]
import { readFileSync, writeFileSync } from 'node:fs';
import {
	encodeAbiParameters, encodeFunctionData, hashDomain, hashStruct, hashTypedData,
	keccak256, parseSignature, stringToHex, toHex,
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { RECEIPT_TYPE, RECEIPT_TYPES, receiptDomain, receiptMessage } from './receipt.mjs';

const FILE = new URL('../test/vectors/receipt.json', import.meta.url);
const PRIVATE_KEY = '0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318';
const DOMAIN_TYPES = [
	{ name: 'name', type: 'string' }, { name: 'version', type: 'string' },
	{ name: 'chainId', type: 'uint256' }, { name: 'verifyingContract', type: 'address' },
];
const abi = JSON.parse(readFileSync(new URL('../abi/WorkProofRegistry.json', import.meta.url)));
const account = privateKeyToAccount(PRIVATE_KEY);
const hash = (text) => keccak256(stringToHex(text));

const typical = {
	id: '0x00112233445566778899aabbccddeeff',
	taskHash: hash('task'), codeHash: hash('code'), inputHash: hash('input'),
	outputHash: hash('output'), verdict: 1, engine: 'quickjs@2025-04-26', guestDigest: hash('guest'),
	driver: 'kvm', isolation: 'vm', runs: 2, timeoutMs: '30000', memoryLimitBytes: '268435456',
	outputLimitBytes: '1048576', timeMs: '7', memoryPeakBytes: '1310720',
	payment: `eip155:84532/0x036CbD53842c5426634e7929541eC2318f3dCF7e/${hash('transaction')}/17`,
	charged: true, issuedAt: '1800000000',
};
const zero32 = `0x${'00'.repeat(32)}`;
const ones32 = `0x${'ff'.repeat(32)}`;
const max64 = String(2n ** 64n - 1n);

const baseSepolia = receiptDomain(84532, '0x5FbDB2315678afecb367f032d93F642f64180aa3');
const base = receiptDomain(8453, '0xABcdEFABcdEFabcdEfAbCdefabcdeFABcDEFabCD');

const cases = [
	['typical', baseSepolia, typical],
	['invalid, refunded', baseSepolia, {
		...typical, id: `0x${'ab'.repeat(16)}`, verdict: 2, charged: false, outputHash: hash('no'),
	}],
	['another chain and registry', base, typical],
	['zero values and empty texts', baseSepolia, {
		id: `0x${'00'.repeat(16)}`, taskHash: `0x${'00'.repeat(31)}01`, codeHash: zero32,
		inputHash: zero32, outputHash: zero32, verdict: 3, engine: '', guestDigest: zero32, driver: '',
		isolation: '', runs: 0, timeoutMs: '0', memoryLimitBytes: '0', outputLimitBytes: '0',
		timeMs: '0', memoryPeakBytes: '0', payment: '', charged: false, issuedAt: '0',
	}],
	['largest values', base, {
		id: `0x${'ff'.repeat(16)}`, taskHash: ones32, codeHash: ones32, inputHash: ones32,
		outputHash: ones32, verdict: 6, engine: 'e'.repeat(32), guestDigest: ones32,
		driver: 'd'.repeat(33), isolation: 'i'.repeat(31), runs: 255, timeoutMs: max64,
		memoryLimitBytes: max64, outputLimitBytes: max64, timeMs: max64, memoryPeakBytes: max64,
		payment: 'p'.repeat(256), charged: true, issuedAt: max64,
	}],
	['texts beyond ASCII', baseSepolia, {
		...typical, verdict: 5, engine: 'quickjs@naïve-日本-🔒', driver: 'process', isolation: 'process',
	}],
	['nondeterministic, one run', baseSepolia, { ...typical, verdict: 4, runs: 1 }],
];

async function vector([name, domain, receipt]) {
	const message = receiptMessage(receipt);
	const types = RECEIPT_TYPES;
	const typedData = { domain, types, primaryType: 'Receipt', message };
	const signature = await account.signTypedData(typedData);
	const { r, s, v } = parseSignature(signature);
	const idMask = BigInt(keccak256(encodeAbiParameters(
		[{ type: 'uint256' }, { type: 'address' }], [BigInt(domain.chainId), domain.verifyingContract],
	)));
	const position = 0xffffffn;
	return {
		name,
		domain,
		domainSeparator: hashDomain({ domain, types: { EIP712Domain: DOMAIN_TYPES } }),
		receipt,
		structHash: hashStruct({ data: message, primaryType: 'Receipt', types }),
		digest: hashTypedData(typedData),
		signature, r, s, v: Number(v),
		// The id it gets when it is the first attestation of its task.
		attestationId: toHex(
			(BigInt(receipt.taskHash) ^ idMask) & ~position & (2n ** 256n - 1n) | 1n, { size: 32 },
		),
		attestReceiptCalldata: encodeFunctionData({
			abi, functionName: 'attestReceipt', args: [message, signature],
		}),
		attestationIdOfCalldata: encodeFunctionData({
			abi, functionName: 'attestationIdOf', args: [account.address, receipt.id],
		}),
	};
}

// Fixed-width r and s: encoders that treat them as numbers drop a leading zero byte.
async function vectorWithZeroByte(part) {
	for (let issuedAt = 1_800_000_000; ; issuedAt++) {
		const receipt = { ...typical, issuedAt: String(issuedAt) };
		const made = await vector([`${part} starts with a zero byte`, baseSepolia, receipt]);
		if (made[part].startsWith('0x00')) return made;
	}
}

const vectors = await Promise.all(cases.map(vector));
vectors.push(await vectorWithZeroByte('r'), await vectorWithZeroByte('s'));
const text = `${JSON.stringify({
	type: RECEIPT_TYPE,
	typeHash: hash(RECEIPT_TYPE),
	domainTypeHash: hash(
		'EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)',
	),
	privateKey: PRIVATE_KEY,
	signer: account.address,
	vectors,
}, null, '\t')}\n`;

if (!process.argv.includes('--check')) {
	writeFileSync(FILE, text);
} else if (readFileSync(FILE, 'utf8') !== text) {
	console.error('test/vectors/receipt.json is stale: run contracts/update.sh and commit it');
	process.exitCode = 1;
}
