// The client library for scripts outside this directory, which have no node_modules of their own.
export * from 'viem';
export { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
