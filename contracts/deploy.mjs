#!/usr/bin/env node
// Deploys the registry.
//   node contracts/deploy.mjs --rpc URL --key-file FILE [--chain-id N]
// prints {address, transaction, gasUsed, chainId}. Where the CREATE2 factory exists (it does on all
// common chains) the address follows from the code alone, and a second run finds the contract that
// is there: transaction and gasUsed are null then. The key file holds one hex private key and must
// be readable by its owner only.
import { readFileSync, statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { concat, getContractAddress, getCreate2Address, pad } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { minedReceipt, rpcClient } from './tools/chain.mjs';

const FACTORY = '0x4e59b44847b379578588920cA78FbF26c0B4956C';
const SALT = pad('0x', { size: 32 });
const ARTIFACT = new URL('out/WorkProofRegistry.sol/WorkProofRegistry.json', import.meta.url);

export async function deployRegistry({ rpcUrl, privateKey, chainId, onSent = async () => {} }) {
	const rpc = rpcClient(rpcUrl);
	const initCode = JSON.parse(readFileSync(ARTIFACT)).bytecode.object;
	const account = privateKeyToAccount(privateKey);
	const actualChainId = Number(await rpc('eth_chainId'));
	if (chainId !== undefined && chainId !== actualChainId) {
		throw new Error(`the node's chain is ${actualChainId}, not ${chainId}`);
	}
	const hasFactory = (await rpc('eth_getCode', FACTORY, 'latest')) !== '0x';
	const nonce = Number(await rpc('eth_getTransactionCount', account.address, 'pending'));
	const address = hasFactory
		? getCreate2Address({ from: FACTORY, salt: SALT, bytecode: initCode })
		: getContractAddress({ from: account.address, nonce: BigInt(nonce) });
	if ((await rpc('eth_getCode', address, 'latest')) !== '0x') {
		return { address, transaction: null, gasUsed: null, chainId: actualChainId };
	}

	const call = hasFactory ? { to: FACTORY, data: concat([SALT, initCode]) } : { data: initCode };
	const gas = await rpc('eth_estimateGas', { from: account.address, ...call });
	const { baseFeePerGas } = await rpc('eth_getBlockByNumber', 'latest', false);
	const tip = BigInt(await rpc('eth_maxPriorityFeePerGas'));
	const transaction = await rpc('eth_sendRawTransaction', await account.signTransaction({
		type: 'eip1559', chainId: actualChainId, nonce, gas: BigInt(gas) * 11n / 10n,
		maxPriorityFeePerGas: tip, maxFeePerGas: 2n * BigInt(baseFeePerGas) + tip, ...call,
	}));
	await onSent(transaction);
	const receipt = await minedReceipt(rpc, transaction);
	if (receipt.status !== '0x1' || (await rpc('eth_getCode', address, 'latest')) === '0x') {
		throw new Error(`transaction ${transaction} did not create the contract`);
	}
	return { address, transaction, gasUsed: Number(receipt.gasUsed), chainId: actualChainId };
}

function readKey(file) {
	if (statSync(file).mode & 0o077) throw new Error(`${file} is readable by others: chmod 600 it`);
	const key = readFileSync(file, 'utf8').trim();
	if (!/^(0x)?[0-9a-fA-F]{64}$/.test(key)) throw new Error(`${file} holds no hex private key`);
	return key.startsWith('0x') ? key : `0x${key}`;
}

async function main() {
	const { values } = parseArgs({ options: {
		rpc: { type: 'string' }, 'key-file': { type: 'string' }, 'chain-id': { type: 'string' },
	} });
	if (!values.rpc || !values['key-file']) throw new Error('--rpc and --key-file are needed');
	const deployed = await deployRegistry({
		rpcUrl: values.rpc,
		privateKey: readKey(values['key-file']),
		chainId: values['chain-id'] === undefined ? undefined : Number(values['chain-id']),
	});
	console.log(JSON.stringify(deployed));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
	main().catch((error) => {
		console.error(`deploy: ${error.message}`);
		process.exitCode = 1;
	});
}
