// A small JSON-RPC client for tools and tests: one request at a time, no retries, no caching.
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 20;

export class RpcError extends Error {
	constructor(method, error) {
		super(`${method}: ${error.message}`);
		this.code = error.code;
		this.data = error.data;
	}
}

// rpc(method, ...params) of the node at this URL; rejects with RpcError when the node refuses.
export function rpcClient(url) {
	let id = 0;
	return async (method, ...params) => {
		const answer = await fetch(url, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ jsonrpc: '2.0', id: ++id, method, params }),
		});
		if (!answer.ok) throw new Error(`${method}: the node answered HTTP ${answer.status}`);
		const { result, error } = await answer.json();
		if (error) throw new RpcError(method, error);
		return result;
	};
}

// The receipt of a mined transaction. A node may answer null although it has just accepted it.
export async function minedReceipt(rpc, hash, timeoutMs = 60_000) {
	const end = Date.now() + timeoutMs;
	for (;;) {
		const receipt = await rpc('eth_getTransactionReceipt', hash);
		if (receipt) return receipt;
		if (Date.now() > end) throw new Error(`${hash} is not mined after ${timeoutMs} ms`);
		await sleep(POLL_MS);
	}
}
