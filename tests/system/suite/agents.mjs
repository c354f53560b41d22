// Agents as they are out there: the stock x402 clients, in their default configuration.
import { stock } from './stack.mjs';

const { privateKeyToAccount } = await stock('viem/accounts');
const { createPublicClient, http, parseAbi } = await stock('viem');

export const account = (stack) => privateKeyToAccount(stack.AGENT_PRIVATE_KEY);

export async function agentV1(stack) {
	const { wrapFetchWithPayment, createSigner } = await stock('x402-fetch');
	return wrapFetchWithPayment(fetch, await createSigner('base-sepolia', stack.AGENT_PRIVATE_KEY));
}

export async function agentV2(stack) {
	const { wrapFetchWithPaymentFromConfig } = await stock('@x402/fetch');
	const { ExactEvmScheme } = await stock('@x402/evm');
	return wrapFetchWithPaymentFromConfig(fetch, {
		schemes: [{ network: 'eip155:*', client: new ExactEvmScheme(account(stack)) }],
	});
}

// One signed payment as the v2 client makes it, to be presented by hand.
export async function paymentV2(stack, body) {
	const { x402Client, x402HTTPClient } = await stock('@x402/fetch');
	const { ExactEvmScheme } = await stock('@x402/evm');
	const core = new x402Client().register('eip155:*', new ExactEvmScheme(account(stack)));
	const client = new x402HTTPClient(core);
	const unpaid = await fetch(`${stack.GATEWAY_URL}/v1/verifications`, request(body));
	const required = client.getPaymentRequiredResponse((name) => unpaid.headers.get(name), await unpaid.json());
	const payload = await client.createPaymentPayload(required);
	return client.encodePaymentSignatureHeader(payload);
}

export const request = (body, headers = {}) => ({
	method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body),
});

export const chain = (stack) => createPublicClient({ transport: http(stack.RPC_URL), pollingInterval: 100 });

export const tokenBalance = (stack, address) => chain(stack).readContract({
	address: stack.TOKEN_ADDRESS, abi: parseAbi(['function balanceOf(address) view returns (uint256)']),
	functionName: 'balanceOf', args: [address],
});
