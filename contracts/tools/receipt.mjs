// The receipt's EIP-712 type for the JavaScript side of tools and tests.

const FIELDS = `bytes16 id,bytes32 taskHash,bytes32 codeHash,bytes32 inputHash,bytes32 outputHash,
uint8 verdict,string engine,bytes32 guestDigest,string driver,string isolation,uint8 runs,
uint64 timeoutMs,uint64 memoryLimitBytes,uint64 outputLimitBytes,uint64 timeMs,
uint64 memoryPeakBytes,string payment,bool charged,uint64 issuedAt`.replaceAll('\n', '');

export const RECEIPT_TYPE = `Receipt(${FIELDS})`;

export const RECEIPT_TYPES = {
	Receipt: FIELDS.split(',').map((field) => {
		const [type, name] = field.split(' ');
		return { type, name };
	}),
};

export function receiptDomain(chainId, registryAddress) {
	return { name: 'WorkProof', version: '1', chainId, verifyingContract: registryAddress };
}

// Decimal strings of uint64 fields become bigints, as the typed-data and ABI encoders want them.
export function receiptMessage(receipt) {
	return Object.fromEntries(RECEIPT_TYPES.Receipt.map(({ type, name }) => [
		name, type === 'uint64' ? BigInt(receipt[name]) : receipt[name],
	]));
}
