// Known answers for proto/task.h, from other implementations than ours: node:crypto's SHA-256 and viem's
// keccak-256 and ABI encoder. RFC 8785 needs no library here: the members are sorted by hand and hold
// nothing but ASCII texts, integers and null.
//   cd tests/clients && npm ci && node ../vectors/generate-task.mjs
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { writeFileSync } from "node:fs";

const require = createRequire(new URL("../clients/package.json", import.meta.url));
const { keccak256, encodeAbiParameters, toBytes } = require("viem");

const sha256 = (...parts) => {
	const hash = createHash("sha256");
	for (const part of parts) hash.update(part);
	return "0x" + hash.digest("hex");
};

function task({ code, input = null, salt = "", expected = null, timeoutSeconds = 30, clockMs = 1767225600000 }) {
	const saltBytes = Buffer.from(salt, "utf8");
	const codeHash = sha256(saltBytes, code);
	const inputHash = input === null ? null : sha256(saltBytes, input);
	const text =
		`{"clockMs":${clockMs},"codeHash":"${codeHash}","engine":"quickjs@2025-04-26",` +
		`"expectedHash":${expected === null ? "null" : `"${expected}"`},` +
		`"inputHash":${inputHash === null ? "null" : `"${inputHash}"`},` +
		`"limits":{"memoryBytes":268435456,"outputBytes":1048576,"timeoutSeconds":${timeoutSeconds}},` +
		`"salt":${salt === "" ? "null" : `"0x${saltBytes.toString("hex")}"`},"taskType":"code-execution"}`;
	const seedInput = inputHash === null ? Buffer.alloc(32) : Buffer.from(inputHash.slice(2), "hex");
	return {
		code, input, salt, expected, timeoutSeconds, clockMs, codeHash, inputHash, text,
		taskHash: keccak256(toBytes(text)),
		seed: sha256(Buffer.from(codeHash.slice(2), "hex"), seedInput),
	};
}

function payment(chainId, asset, payer, nonce) {
	const encoded = encodeAbiParameters(
		[{ type: "uint256" }, { type: "address" }, { type: "address" }, { type: "bytes32" }],
		[BigInt(chainId), asset, payer, nonce]);
	return { chainId, asset, payer, nonce, id: keccak256(encoded).slice(0, 34) };
}

const answer = sha256("42\n");
const vectors = {
	tasks: [
		task({ code: "console.log(6 * 7)" }),
		task({ code: "console.log(6 * 7)", expected: answer }),
		task({ code: "console.log(input)", input: "a\u00e4\u{1f600}" }),
		task({ code: "console.log(input)", input: "" }),
		task({ code: "", timeoutSeconds: 5, clockMs: 0 }),
		task({ code: "1", salt: "s", input: "x", expected: answer, timeoutSeconds: 60, clockMs: 4102444800000 }),
		task({ code: "1", salt: "x".repeat(64) }),
	],
	payments: [
		payment(84532, "0x036CbD53842c5426634e7929541eC2318f3dCF7e", "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "0x" + "11".repeat(32)),
		payment(8453, "0x0000000000000000000000000000000000000000", "0x00000000000000000000000000000000000000ff", "0x" + "00".repeat(31) + "01"),
		payment(1, "0xffffffffffffffffffffffffffffffffffffffff", "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "0x" + "ff".repeat(32)),
	],
};
writeFileSync(new URL("task.json", import.meta.url), JSON.stringify(vectors, null, "\t") + "\n");
