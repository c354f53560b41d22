// Known answers made by viem 2.57.1 (Ethereum) and by V8 (ECMAScript number texts).
// Usage, from a folder in which viem 2.57.1 is installed:
//   node …/tests/vectors/generate.mjs evm > …/tests/vectors/evm.json
//   node …/tests/vectors/generate.mjs numbers > …/tests/vectors/numbers.json
// Deterministic: pseudo-random values come from keccak-256 of a counter.
import { createRequire } from "node:module";

const require = createRequire(process.cwd() + "/");
const { encodeAbiParameters, encodeFunctionData, getAddress, hashTypedData, keccak256,
	numberToHex, pad, parseAbi, parseAbiParameters, parseTransaction, serializeTransaction,
	stringToHex, toRlp } = require("viem");
const { privateKeyToAccount, sign } = require("viem/accounts");

let counter = 0;
const random = () => keccak256(numberToHex(++counter, { size: 32 }));
const bytes = (length) => {
	let hex = "0x";
	while (hex.length < 2 + 2 * length)
		hex += random().slice(2);
	return hex.slice(0, 2 + 2 * length);
};
const address = () => getAddress(bytes(20));
const MAX = 2n ** 256n - 1n;

async function signed(tx, key) {
	const unsigned = serializeTransaction(tx);
	const signature = await sign({ hash: keccak256(unsigned), privateKey: key });
	const envelope = serializeTransaction(tx, signature);
	if (parseTransaction(envelope).to?.toLowerCase() !== tx.to.toLowerCase())
		throw new Error("does not parse back");
	return { digest: keccak256(unsigned), r: signature.r, s: signature.s,
		yParity: signature.yParity, signed: envelope, hash: keccak256(envelope) };
}

// The first nonce from which the signature fulfils want.
async function search(tx, key, want) {
	for (let nonce = tx.nonce;; nonce++) {
		const result = await signed({ ...tx, nonce }, key);
		if (want(result))
			return { tx: { ...tx, nonce }, result };
	}
}

const zeros = (count) => (hex) => pad(hex, { size: 32 }).startsWith("0x" + "00".repeat(count));

async function transactions() {
	const base = { type: "eip1559", chainId: 84532, nonce: 0, maxPriorityFeePerGas: 1_000_000n,
		maxFeePerGas: 50_000_000n, gas: 120_000n, value: 0n, data: "0x" };
	const list = [];
	const add = async (name, changes, want = () => true) => {
		const key = random();
		const { tx, result } = await search({ ...base, to: address(), ...changes }, key, want);
		list.push({ name, privateKey: key, from: privateKeyToAccount(key).address,
			chainId: tx.chainId, nonce: String(tx.nonce),
			maxPriorityFee: String(tx.maxPriorityFeePerGas), maxFee: String(tx.maxFeePerGas),
			gasLimit: String(tx.gas), to: tx.to, value: String(tx.value), data: tx.data,
			...result });
	};
	await add("all small", {});
	await add("zero fees", { maxPriorityFeePerGas: 0n, maxFeePerGas: 0n });
	await add("fees of 2^256-1", { maxPriorityFeePerGas: MAX, maxFeePerGas: MAX });
	await add("value of 2^256-1", { value: MAX });
	await add("value of 1 ether", { value: 10n ** 18n });
	await add("value 127", { value: 127n });
	await add("value 128", { value: 128n });
	await add("value 255", { value: 255n });
	await add("value 256", { value: 256n });
	await add("fees above 64 bits", { maxPriorityFeePerGas: 2n ** 64n, maxFeePerGas: 2n ** 65n });
	await add("largest safe nonce", { nonce: Number.MAX_SAFE_INTEGER });
	await add("gas of 2^64-1", { gas: 2n ** 64n - 1n });
	await add("chain 1", { chainId: 1 });
	await add("chain 31337", { chainId: 31337 });
	await add("to zero bytes at both ends", { to: "0x00000000000000000000000000000000000000ff" });
	for (const [name, data] of [["one zero byte", "0x00"], ["byte 0x7f", "0x7f"], ["byte 0x80", "0x80"],
		["55 bytes", bytes(55)], ["56 bytes", bytes(56)], ["255 bytes", bytes(255)],
		["256 bytes", bytes(256)], ["1000 bytes", bytes(1000)]])
		await add("data of " + name, { data });
	await add("r with one leading zero byte", {}, ({ r }) => zeros(1)(r));
	await add("s with one leading zero byte", {}, ({ s }) => zeros(1)(s));
	await add("r with two leading zero bytes", {}, ({ r }) => zeros(2)(r));
	await add("s with two leading zero bytes", {}, ({ s }) => zeros(2)(s));
	await add("r and s with leading zero bytes", {}, ({ r, s }) => zeros(1)(r) && zeros(1)(s));
	await add("parity 0", {}, ({ yParity }) => yParity === 0);
	await add("parity 1", {}, ({ yParity }) => yParity === 1);
	return list;
}

// keccak-256 of length bytes 0, 1, 2, … (mod 256).
function hashes() {
	const lengths = [0, 1, 3, 31, 32, 64, 134, 135, 136, 137, 271, 272, 273, 1000];
	return lengths.map((length) => ({ length, hash: keccak256(
		Uint8Array.from({ length }, (_, i) => i % 256)) }));
}

function abi() {
	const who = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
	const hash = "0x" + "a1".repeat(32);
	const encode = (types, values) => encodeAbiParameters(parseAbiParameters(types), values);
	const call = (signature, functionName, args) =>
		encodeFunctionData({ abi: parseAbi(["function " + signature]), functionName, args });
	return {
		statics: encode("uint256,address,bool,bytes32,bytes4", [7n, who, true, hash, "0xdeadbeef"]),
		zeros: encode("uint256,address,bool,bytes,string",
			[0n, "0x0000000000000000000000000000000000000000", false, "0x", ""]),
		bytes31: encode("bytes", ["0x" + "b2".repeat(31)]),
		bytes32: encode("bytes", ["0x" + "b2".repeat(32)]),
		bytes33: encode("bytes", ["0x" + "b2".repeat(33)]),
		mixed: encode("uint256,string,uint256,bytes", [MAX, "Grüße", 2n, "0x0102"]),
		staticTuple: encode("(uint256,address),string", [[5n, who], "tail"]),
		dynamicTuple: encode("uint256,(string,uint256,(bytes,bool)),uint256",
			[1n, ["inner", 2n, ["0xabcdef", true]], 3n]),
		tupleFirst: encode("(string,uint256),bytes,(bytes,string)",
			[["first", 1n], "0x0102", ["0x03", "last"]]),
		emptyTuple: encode("string,(string,string)", ["a", ["", ""]]),
		attest: call("attestValidation(bytes32,string,bool,bytes)", "attestValidation",
			[hash, "reexecution-v1-code-execution", true, stringToHex("{\"k\":1}")]),
		respond: call("validationResponse(bytes32,uint8,string,bytes32,string)",
			"validationResponse", [hash, 100, "https://example.com/r/1", hash, "hard"]),
		transfer: call("transfer(address,uint256)", "transfer", [who, 10_000n]),
	};
}

function rlp() {
	const nested = [[], [[]], [[], [[]]]];
	return [
		{ name: "set of three", encoded: toRlp(nested) },
		...[0, 1, 2, 54, 55, 56, 57, 255, 256, 65535, 65536].map((length) => ({
			name: "string", length, prefix: toRlp(length ? "0x" + "c3".repeat(length) : "0x").slice(0, 12) })),
		...[0, 1, 54, 55, 56, 255, 256, 65536].map((length) => ({
			name: "list", length, prefix: toRlp(Array(length).fill("0x01")).slice(0, 12) })),
	];
}

// A struct with every kind of member, under a domain with every field.
async function typed() {
	const domain = { name: "WorkProof", version: "1", chainId: 84532,
		verifyingContract: "0x5FbDB2315678afecb367f032d93F642f64180aa3" };
	const types = { Sample: [{ name: "text", type: "string" }, { name: "data", type: "bytes" },
		{ name: "hash", type: "bytes32" }, { name: "short", type: "bytes4" },
		{ name: "number", type: "uint256" }, { name: "flag", type: "bool" },
		{ name: "account", type: "address" }] };
	const message = { text: "Grüße", data: "0x00ff", hash: "0x" + "a1".repeat(32),
		short: "0xdeadbeef", number: MAX, flag: true,
		account: "0x70997970C51812dc3A010C7d01b50e0d17dc79C8" };
	const key = random();
	const account = privateKeyToAccount(key);
	const typedData = { domain, types, primaryType: "Sample", message };
	return { digest: hashTypedData(typedData), signature: await account.signTypedData(typedData),
		privateKey: key, signer: account.address };
}

function numbers() {
	const list = [];
	const view = new DataView(new ArrayBuffer(8));
	const add = (bits) => {
		view.setBigUint64(0, BigInt.asUintN(64, bits));
		const value = view.getFloat64(0);
		if (Number.isFinite(value))
			list.push([bits.toString(16).padStart(16, "0"), JSON.stringify(value)]);
	};
	for (let exponent = 0n; exponent < 2047n; exponent += 23n) {
		add(exponent << 52n); // a power of two: neighbours at unequal distances
		add((exponent << 52n) + 1n);
		add((exponent << 52n) - 1n & 2n ** 63n - 1n);
	}
	for (const value of [2 ** -44, 2 ** -1074, 9.5e-7, 1e-6, 1e-7, 123456789012345680000, 1e20, 1e21,
		1e22, 0.1, 0.3, 1 / 3, 5e-324, 1.7976931348623157e308, 9007199254740991, 9007199254740993,
		1e15, 1e16, 1e17, -1.5, 100, 1000000, 4.35, 2.2250738585072014e-308]) {
		view.setFloat64(0, value);
		add(view.getBigUint64(0));
	}
	for (let i = 0; i < 200; i++)
		add(BigInt(random()) & 2n ** 64n - 1n);
	return list;
}

const print = (value) => process.stdout.write(JSON.stringify(value, null, 1) + "\n");
if (process.argv[2] === "numbers")
	print(numbers());
else
	print({ madeBy: "viem 2.57.1", transactions: await transactions(), keccak256: hashes(),
		abi: abi(), rlp: rlp(), typed: await typed() });
