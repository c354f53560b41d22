#!/usr/bin/env node
// A local chain with the test token and the registry on it.
//   node tests/chain/local-chain.mjs --out DIR [--chain-id 84532] [--block-time S] [--port 0]
//        [--fund 0xADDRESS]… [--mint 0xADDRESS=AMOUNT]…
// Block time 0 mines each transaction at once. Port 0 takes a free one. --fund gives ETH, --mint
// gives atomic token units. When everything is in place DIR/chain.json appears, in one piece, and
// its path is printed; then this process stays until SIGTERM or SIGINT and takes the node with it,
// also when it is killed. It exits with status 1 if the node dies by itself. Needs contracts/build.sh to have run.
import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { deployRegistry } from '../../contracts/deploy.mjs';
import { rpcClient } from '../../contracts/tools/chain.mjs';

const CONTRACTS = fileURLToPath(new URL('../../contracts/', import.meta.url));
const ANVIL = `${CONTRACTS}node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil`;
const TOKEN_ADDRESS = '0x036CbD53842c5426634e7929541eC2318f3dCF7e';
const START_TIMEOUT_MS = 20_000;
const FUND_WEI = 1000n * 10n ** 18n;
const AGENT_TOKENS = 1_000_000n * 10n ** 6n;

// Accounts 0 and 1 of the well-known test mnemonic, which the node funds. Worth nothing elsewhere.
const DEPLOYER = {
	address: '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266',
	privateKey: '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80',
};
const AGENT = {
	address: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
	privateKey: '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d',
};

const hex = (value) => `0x${BigInt(value).toString(16)}`;
const word = (value) => BigInt(value).toString(16).padStart(64, '0');

function settings() {
	const { values } = parseArgs({ options: {
		out: { type: 'string' },
		'chain-id': { type: 'string', default: '84532' },
		'block-time': { type: 'string', default: '0' },
		port: { type: 'string', default: '0' },
		fund: { type: 'string', multiple: true, default: [] },
		mint: { type: 'string', multiple: true, default: [] },
	} });
	if (!values.out) throw new Error('--out is needed');
	const mint = values.mint.map((text) => {
		if (!/^0x[0-9a-fA-F]{40}=[0-9]+$/.test(text)) throw new Error(`--mint ${text}`);
		const [address, amount] = text.split('=');
		return { address, amount: BigInt(amount) };
	});
	for (const address of values.fund) {
		if (!/^0x[0-9a-fA-F]{40}$/.test(address)) throw new Error(`--fund ${address}`);
	}
	return {
		out: values.out, chainId: Number(values['chain-id']), blockTime: Number(values['block-time']),
		port: values.port, fund: values.fund, mint,
	};
}

// setpriv asks the kernel to kill the node when this process is gone for whatever reason.
function startNode({ out, chainId, blockTime, port }) {
	const logFile = `${out}/anvil.log`;
	const log = openSync(logFile, 'w');
	const options = ['--host', '127.0.0.1', '--port', port, '--chain-id', String(chainId),
		'--slots-in-an-epoch', '1'];
	if (blockTime > 0) options.push('--block-time', String(blockTime));
	const node = spawn('setpriv', ['--pdeathsig', 'KILL', ANVIL, ...options],
		{ stdio: ['ignore', log, log] });
	return { node, logFile };
}

async function rpcUrlOf({ node, logFile }) {
	const end = Date.now() + START_TIMEOUT_MS;
	while (Date.now() < end) {
		const listening = /Listening on (127\.0\.0\.1:\d+)/.exec(readFileSync(logFile, 'utf8'));
		if (listening) return `http://${listening[1]}`;
		if (node.exitCode !== null) break;
		await sleep(5);
	}
	throw new Error(`the node did not start, see ${logFile}`);
}

async function placeToken(rpc, { mint, fund }) {
	const artifact = readFileSync(`${CONTRACTS}out/TestToken.sol/TestToken.json`);
	await rpc('anvil_setCode', TOKEN_ADDRESS, JSON.parse(artifact).deployedBytecode.object);
	for (const address of fund) await rpc('anvil_setBalance', address, hex(FUND_WEI));
	for (const { address, amount } of [{ address: AGENT.address, amount: AGENT_TOKENS }, ...mint]) {
		// mint(address,uint256)
		const data = `0x40c10f19${word(address)}${word(amount)}`;
		await rpc('eth_sendTransaction', { from: DEPLOYER.address, to: TOKEN_ADDRESS, data });
	}
}

async function prepare(rpcUrl, wanted) {
	const rpc = rpcClient(rpcUrl);
	await rpc('anvil_setLoggingEnabled', false);
	await placeToken(rpc, wanted);
	const registry = await deployRegistry({
		rpcUrl, privateKey: DEPLOYER.privateKey, chainId: wanted.chainId,
		onSent: () => (wanted.blockTime > 0 ? rpc('evm_mine') : null),
	});
	const genesis = await rpc('eth_getBlockByNumber', '0x0', false);
	return {
		registryAddress: registry.address, registryTransaction: registry.transaction,
		genesisHash: genesis.hash,
	};
}

async function main() {
	const wanted = settings();
	mkdirSync(wanted.out, { recursive: true });
	const chainFile = `${wanted.out}/chain.json`;
	rmSync(chainFile, { force: true });

	const started = startNode(wanted);
	const { node } = started;
	let stopping = false;
	for (const signal of ['SIGTERM', 'SIGINT']) {
		process.on(signal, () => {
			stopping = true;
			node.kill('SIGTERM');
		});
	}
	node.on('exit', () => {
		rmSync(chainFile, { force: true });
		process.exit(stopping ? 0 : 1);
	});
	node.on('error', () => {
		console.error('local-chain: setpriv (util-linux) is missing');
		process.exit(1);
	});

	try {
		const rpcUrl = await rpcUrlOf(started);
		const prepared = await prepare(rpcUrl, wanted);
		const chain = {
			rpcUrl, chainId: wanted.chainId, tokenAddress: TOKEN_ADDRESS, ...prepared,
			agentAddress: AGENT.address, agentPrivateKey: AGENT.privateKey, pid: node.pid,
		};
		writeFileSync(`${chainFile}.new`, `${JSON.stringify(chain, null, '\t')}\n`, { mode: 0o600 });
		renameSync(`${chainFile}.new`, chainFile);
		console.log(chainFile);
	} catch (error) {
		console.error(`local-chain: ${error.message}`);
		node.kill('SIGTERM');
	}
}

main().catch((error) => {
	console.error(`local-chain: ${error.message}`);
	process.exit(1);
});
