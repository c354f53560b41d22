#!/usr/bin/env node
// P1, C1, C6 on a real node: starts the local chain with block time 0 and 1, pays by
// authorization, attests, reads back, and stops it in both ways.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { minedReceipt, rpcClient } from '../../contracts/tools/chain.mjs';
import { RECEIPT_TYPES, receiptDomain, receiptMessage } from '../../contracts/tools/receipt.mjs';
import {
	decodeErrorResult, decodeFunctionResult, encodeFunctionData, generatePrivateKey, keccak256, pad,
	parseAbi, parseSignature, privateKeyToAccount, stringToHex, toEventSelector, toHex,
} from '../../contracts/tools/viem.mjs';

const LOCAL_CHAIN = fileURLToPath(new URL('local-chain.mjs', import.meta.url));
const DEPLOY = fileURLToPath(new URL('../../contracts/deploy.mjs', import.meta.url));
const ABI = JSON.parse(readFileSync(
	new URL('../../contracts/abi/WorkProofRegistry.json', import.meta.url),
));
const TOKEN_ABI = parseAbi([
	'function balanceOf(address) view returns (uint256)',
	'function authorizationState(address,bytes32) view returns (bool)',
	'function transferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce,uint8 v,bytes32 r,bytes32 s)',
]);
const AUTHORIZATION_TYPES = { TransferWithAuthorization: [
	{ name: 'from', type: 'address' }, { name: 'to', type: 'address' },
	{ name: 'value', type: 'uint256' }, { name: 'validAfter', type: 'uint256' },
	{ name: 'validBefore', type: 'uint256' }, { name: 'nonce', type: 'bytes32' },
] };
const ATTEST_LIMIT = 85_000;
const RECEIPT_LIMIT = 115_000;
const DEPLOY_LIMIT = 1_400_000;
const GONE_TIMEOUT_MS = 5_000;

const verifier = privateKeyToAccount(generatePrivateKey());
const sender = privateKeyToAccount(generatePrivateKey());
const wallet = privateKeyToAccount(generatePrivateKey()).address;
const directory = mkdtempSync(`${tmpdir()}/chain-test-`);

async function startChain(blockTime) {
	const child = spawn(process.execPath, [LOCAL_CHAIN, '--out', directory,
		'--block-time', String(blockTime), '--fund', sender.address, '--mint', `${wallet}=42`],
	{ stdio: ['ignore', 'pipe', 'inherit'] });
	const lines = createInterface({ input: child.stdout });
	const [file] = await Promise.race([
		once(lines, 'line'),
		once(child, 'exit').then(() => { throw new Error('the local chain did not start'); }),
	]);
	const chain = JSON.parse(readFileSync(file));
	return { child, file, ...chain, rpc: rpcClient(chain.rpcUrl) };
}

async function sendTransaction(chain, to, data) {
	const nonce = Number(await chain.rpc('eth_getTransactionCount', sender.address, 'pending'));
	const signed = await sender.signTransaction({
		type: 'eip1559', chainId: chain.chainId, nonce, gas: 400_000n, to, data,
		maxPriorityFeePerGas: 10n ** 9n, maxFeePerGas: 10n ** 10n,
	});
	return minedReceipt(chain.rpc, await chain.rpc('eth_sendRawTransaction', signed));
}

async function read(chain, to, abi, functionName, args) {
	const data = encodeFunctionData({ abi, functionName, args });
	return decodeFunctionResult({
		abi, functionName, data: await chain.rpc('eth_call', { to, data }, 'latest'),
	});
}

async function checkStart(chain) {
	const { rpc, tokenAddress } = chain;
	assert.equal(chain.chainId, 84532);
	assert.equal(Number(await rpc('eth_chainId')), 84532);
	assert.equal((await rpc('eth_getBlockByNumber', '0x0', false)).hash, chain.genesisHash);
	assert.equal(tokenAddress, '0x036CbD53842c5426634e7929541eC2318f3dCF7e');
	assert.ok(BigInt(await rpc('eth_getBalance', sender.address, 'latest')) > 0n);
	assert.equal(await read(chain, tokenAddress, TOKEN_ABI, 'balanceOf', [wallet]), 42n);
}

async function checkPayment(chain) {
	const agent = privateKeyToAccount(chain.agentPrivateKey);
	const message = {
		from: agent.address, to: wallet, value: 10_000n, validAfter: 0n,
		validBefore: BigInt(Math.floor(Date.now() / 1000) + 300), nonce: generatePrivateKey(),
	};
	const { r, s, v } = parseSignature(await agent.signTypedData({
		domain: {
			name: 'USDC', version: '2', chainId: chain.chainId, verifyingContract: chain.tokenAddress,
		},
		types: AUTHORIZATION_TYPES, primaryType: 'TransferWithAuthorization', message,
	}));
	const receipt = await sendTransaction(chain, chain.tokenAddress, encodeFunctionData({
		abi: TOKEN_ABI, functionName: 'transferWithAuthorization',
		args: [...Object.values(message), Number(v), r, s],
	}));
	assert.equal(receipt.status, '0x1');
	assert.deepEqual(receipt.logs.map(({ topics }) => topics), [
		[toEventSelector('AuthorizationUsed(address,bytes32)'), pad(agent.address).toLowerCase(),
			message.nonce],
		[toEventSelector('Transfer(address,address,uint256)'), pad(agent.address).toLowerCase(),
			pad(wallet).toLowerCase()],
	]);
	assert.equal(BigInt(receipt.logs[1].data), 10_000n);
	assert.equal(Number(receipt.logs[1].logIndex), Number(receipt.logs[0].logIndex) + 1);
	assert.equal(await read(chain, chain.tokenAddress, TOKEN_ABI, 'balanceOf', [wallet]), 10_042n);
	return `eip155:${chain.chainId}/${chain.tokenAddress}/${receipt.transactionHash}/${
		Number(receipt.logs[1].logIndex)}`;
}

async function signedReceipt(chain, payment) {
	const hash = (text) => keccak256(stringToHex(text));
	const message = receiptMessage({
		id: toHex(BigInt(generatePrivateKey()) >> 128n, { size: 16 }),
		taskHash: generatePrivateKey(), codeHash: hash('code'), inputHash: hash('input'),
		outputHash: hash('output'), verdict: 1, engine: 'quickjs@2025-04-26',
		guestDigest: hash('guest'), driver: 'process', isolation: 'process', runs: 1,
		timeoutMs: '30000', memoryLimitBytes: '268435456', outputLimitBytes: '1048576', timeMs: '12',
		memoryPeakBytes: '4194304', payment, charged: true,
		issuedAt: String(Math.floor(Date.now() / 1000)),
	});
	const typedData = {
		domain: receiptDomain(chain.chainId, chain.registryAddress), types: RECEIPT_TYPES,
		primaryType: 'Receipt', message,
	};
	return { message, signature: await verifier.signTypedData(typedData) };
}

async function checkReceipt(chain, payment) {
	const { registryAddress } = chain;
	const { message, signature } = await signedReceipt(chain, payment);
	const data = encodeFunctionData({
		abi: ABI, functionName: 'attestReceipt', args: [message, signature],
	});
	const mined = await sendTransaction(chain, registryAddress, data);
	assert.equal(mined.status, '0x1');
	const attestationId = await read(chain, registryAddress, ABI, 'attestationIdOf',
		[verifier.address, message.id]);
	const attestation = await read(chain, registryAddress, ABI, 'getAttestation', [attestationId]);
	assert.equal(attestation.verifier, verifier.address);
	assert.equal(attestation.taskHash, message.taskHash);
	assert.equal(attestation.verificationMethod, 'reexecution-v1-code-execution');
	assert.equal(attestation.result, true);
	assert.equal(attestation.proofData,
		await read(chain, registryAddress, ABI, 'receiptDigest', [message]));

	const logs = await chain.rpc('eth_getLogs', {
		address: registryAddress, fromBlock: '0x0', toBlock: 'latest', topics: [
			toEventSelector('ReceiptAttested(address,bytes16,bytes32,bytes32,uint8,bytes32)'),
			pad(verifier.address), pad(message.id, { dir: 'right', size: 32 }),
		],
	});
	assert.deepEqual(logs.map(({ transactionHash }) => transactionHash), [mined.transactionHash]);

	const refused = await chain.rpc('eth_call', { to: registryAddress, data }, 'latest')
		.then(() => assert.fail('attested twice'), (error) => error);
	const reason = decodeErrorResult({ abi: ABI, data: refused.data });
	assert.deepEqual([reason.errorName, reason.args], ['AlreadyAttested', [attestationId]]);
	return Number(mined.gasUsed);
}

async function checkValidation(chain, taskHash) {
	const proof = toHex(Uint8Array.from({ length: 256 }, (_, i) => i % 255 + 1));
	const mined = await sendTransaction(chain, chain.registryAddress, encodeFunctionData({
		abi: ABI, functionName: 'attestValidation',
		args: [taskHash, 'reexecution-v1-code-execution', true, proof],
	}));
	assert.equal(mined.status, '0x1');
	const got = await read(chain, chain.registryAddress, ABI, 'getLatestAttestation',
		[taskHash, sender.address]);
	assert.equal(got.proofData, keccak256(proof));
	return Number(mined.gasUsed);
}

// `safe` is one block behind the head, `finalized` two.
async function checkFinality(chain) {
	const number = async (tag) => Number(
		(await chain.rpc('eth_getBlockByNumber', tag, false)).number);
	const before = await number('latest');
	const [finalized, safe, latest] = [
		await number('finalized'), await number('safe'), await number('latest'),
	];
	assert.ok(before - 2 <= finalized && finalized <= safe && safe <= latest - 1);
}

async function checkDeploy(chain) {
	const keyFile = `${directory}/key`;
	writeFileSync(keyFile, `${generatePrivateKey()}\n`, { mode: 0o600 });
	const deploy = (...options) => promisify(execFile)(process.execPath,
		[DEPLOY, '--rpc', chain.rpcUrl, '--key-file', keyFile, ...options]);
	assert.deepEqual(JSON.parse((await deploy()).stdout), {
		address: chain.registryAddress, transaction: null, gasUsed: null, chainId: chain.chainId,
	});
	await assert.rejects(deploy('--chain-id', '1'), /the node's chain is 84532, not 1/);
	const byFactory = await chain.rpc('eth_getTransactionReceipt', chain.registryTransaction);

	// Without the factory: an ordinary creation, by an account that can pay.
	await chain.rpc('anvil_setCode', '0x4e59b44847b379578588920cA78FbF26c0B4956C', '0x');
	writeFileSync(keyFile, chain.agentPrivateKey.slice(2), { mode: 0o600 });
	const plain = JSON.parse((await deploy('--chain-id', '84532')).stdout);
	assert.notEqual(plain.address, chain.registryAddress);
	const method = await read(chain, plain.address, ABI, 'RECEIPT_METHOD', []);
	assert.equal(method, 'reexecution-v1-code-execution');
	chmodSync(keyFile, 0o640);
	await assert.rejects(deploy(), /readable by others/);
	rmSync(keyFile);
	return [plain.gasUsed, Number(byFactory.gasUsed)];
}

// A node that is gone refuses connections; its number may still be listed as a zombie.
async function waitUntilGone(chain) {
	const end = Date.now() + GONE_TIMEOUT_MS;
	while (await chain.rpc('eth_chainId').then(() => true, () => false)) {
		assert.ok(Date.now() < end, 'the node outlives its parent');
		await sleep(5);
	}
}

async function checkChain(blockTime, signal) {
	const chain = await startChain(blockTime);
	try {
		await checkStart(chain);
		const payment = await checkPayment(chain);
		await checkReceipt(chain, payment);
		await checkValidation(chain, generatePrivateKey());
		const receiptGas = await checkReceipt(chain, payment);
		const validationGas = await checkValidation(chain, generatePrivateKey());
		await checkFinality(chain);
		const [plainGas, factoryGas] = await checkDeploy(chain);
		console.log(`block time ${blockTime}: attestReceipt ${receiptGas} gas, attestValidation with `
			+ `256-byte proof ${validationGas}, deploy ${plainGas}, by the factory ${factoryGas}`);
		assert.ok(receiptGas <= RECEIPT_LIMIT);
		assert.ok(validationGas <= ATTEST_LIMIT);
		assert.ok(plainGas <= DEPLOY_LIMIT && factoryGas <= DEPLOY_LIMIT);
	} finally {
		chain.child.kill(signal);
	}
	const [code] = await once(chain.child, 'exit');
	if (signal === 'SIGTERM') {
		assert.equal(code, 0);
		assert.ok(!existsSync(chain.file));
	}
	await waitUntilGone(chain);
}

try {
	await checkChain(0, 'SIGTERM');
	await checkChain(1, 'SIGKILL');
	console.log('ok');
} finally {
	rmSync(directory, { recursive: true, force: true });
}
