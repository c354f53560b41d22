// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.30;

import { IWorkProofRegistry } from "./IWorkProofRegistry.sol";

/// @title WorkProofRegistry
/// @notice See IWorkProofRegistry for what each function promises, and README.md for the layout.
/// @dev One attestation is one slot: its id carries the task hash but for the last three bytes,
/// which hold the position in the task's list; the three bytes left out are in the slot. Tasks
/// that differ in nothing but those bytes share a list. They arise only on purpose, and then the
/// list is filtered (FLAG_MIXED); nobody's attestation is hidden or refused by it.
contract WorkProofRegistry is IWorkProofRegistry {
	/// @notice The method of receipts.
	string public constant RECEIPT_METHOD = "reexecution-v1-code-execution";
	bytes32 internal constant RECEIPT_METHOD_HASH = keccak256("reexecution-v1-code-execution");
	/// @notice The longest verificationMethod.
	uint256 public constant MAX_METHOD_BYTES = 64;
	/// @notice The most attestations one task can have: positions 1 … 2^24 - 1.
	uint256 public constant MAX_ATTESTATIONS_PER_TASK = POSITION_MASK;

	/// @dev Positions up to this one are searched for a verifier's latest attestation, later ones
	/// are indexed: a new task costs no index slot and the search has a bound.
	uint256 internal constant SEARCHED_POSITIONS = 8;

	/// @dev A record is one word: verifier 160 bits, block time 40, last three bytes of the task
	/// hash 24, length of the list 24 (position 1 only), flags 8, from the low end.
	uint256 internal constant TIME_SHIFT = 160;
	uint256 internal constant TIME_MASK = type(uint40).max;
	uint256 internal constant TAIL_SHIFT = 200;
	uint256 internal constant COUNT_SHIFT = 224;
	uint256 internal constant ONE_COUNT = 1 << 224;
	uint256 internal constant POSITION_MASK = type(uint24).max;
	uint256 internal constant VERDICT_SHIFT = 248; // 3 bits, of a receipt; 0: attestValidation
	uint256 internal constant VERDICT_MASK = 7;
	uint256 internal constant FLAG_RESULT = 1 << 251;
	uint256 internal constant FLAG_OTHER_METHOD = 1 << 252; // it is in _methods
	uint256 internal constant FLAG_MIXED = 1 << 253; // position 1 only: other tasks in the list
	// Bits 254 and 255 are free, e.g. for attestations whose commitment is a batch's.

	uint256 internal constant VERDICT_VALID = 1;
	uint256 internal constant VERDICT_TIMEOUT = 6;

	/// @dev Half the order of secp256k1; a larger s is the malleable twin of a signature.
	uint256 internal constant HALF_ORDER =
		0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

	bytes32 internal constant DOMAIN_TYPEHASH = keccak256(
		"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
	);
	bytes32 internal constant RECEIPT_TYPEHASH = keccak256(
		"Receipt(bytes16 id,bytes32 taskHash,bytes32 codeHash,bytes32 inputHash,bytes32 outputHash,uint8 verdict,string engine,bytes32 guestDigest,string driver,string isolation,uint8 runs,uint64 timeoutMs,uint64 memoryLimitBytes,uint64 outputLimitBytes,uint64 timeMs,uint64 memoryPeakBytes,string payment,bool charged,uint64 issuedAt)"
	);

	/// @dev Differs per chain and registry and is mixed into every id. Fixed at deployment: ids
	/// must not change when a chain takes another number.
	uint256 internal immutable ID_MASK =
		uint256(keccak256(abi.encode(block.chainid, address(this)))) & ~POSITION_MASK;

	mapping(bytes32 attestationId => uint256) internal _records;
	mapping(bytes32 attestationId => bytes32) internal _commitments;
	/// @dev One word: the four numbers of VerifierStats, 64 bits each, from the low end.
	mapping(address verifier => uint256) internal _stats;
	mapping(address signer => mapping(bytes16 id => bytes32 attestationId)) internal _receipts;
	/// @dev Only of positions past SEARCHED_POSITIONS.
	mapping(bytes32 taskHash => mapping(address verifier => uint256 position)) internal _latest;
	/// @dev Only of methods other than RECEIPT_METHOD; padded with zeros, the second word is
	/// written only when the text reaches it.
	mapping(bytes32 attestationId => bytes32[2]) internal _methods;

	/// @inheritdoc IWorkProofRegistry
	function attestValidation(
		bytes32 taskHash,
		string calldata verificationMethod,
		bool result,
		bytes calldata proofData
	) external returns (bytes32 attestationId) {
		bytes calldata method = bytes(verificationMethod);
		uint256 length = method.length;
		if (length == 0 || length > MAX_METHOD_BYTES || method[length - 1] == 0) {
			revert InvalidMethod();
		}
		uint256 flags = result ? FLAG_RESULT : 0;
		bool other = keccak256(method) != RECEIPT_METHOD_HASH;
		if (other) flags |= FLAG_OTHER_METHOD;

		attestationId = _append(taskHash, msg.sender, flags, keccak256(proofData));
		if (other) {
			_methods[attestationId][0] = bytes32(method);
			if (length > 32) _methods[attestationId][1] = bytes32(method[32:]);
		}
		emit Attested(attestationId, taskHash, msg.sender, verificationMethod, result, proofData);
	}

	/// @inheritdoc IWorkProofRegistry
	function attestReceipt(Receipt calldata receipt, bytes calldata signature)
		external
		returns (bytes32 attestationId)
	{
		uint256 verdict = receipt.verdict;
		if (verdict < VERDICT_VALID || verdict > VERDICT_TIMEOUT) {
			revert VerdictNotAttestable(uint8(verdict));
		}
		bytes32 digest = receiptDigest(receipt);
		address signer = _recover(digest, signature);
		bytes16 id = receipt.id;
		bytes32 taskHash = receipt.taskHash;

		attestationId = _receipts[signer][id];
		if (attestationId != 0) {
			if (_commitments[attestationId] == digest) revert AlreadyAttested(attestationId);
			revert ContradictsAttestation(attestationId);
		}
		uint256 flags = verdict << VERDICT_SHIFT;
		if (verdict == VERDICT_VALID) flags |= FLAG_RESULT;
		attestationId = _append(taskHash, signer, flags, digest);
		_receipts[signer][id] = attestationId;
		emit ReceiptAttested(signer, id, taskHash, attestationId, uint8(verdict), digest);
	}

	/// @inheritdoc IWorkProofRegistry
	function getVerdict(bytes32 attestationId) external view returns (uint8) {
		return uint8((_known(attestationId) >> VERDICT_SHIFT) & VERDICT_MASK);
	}

	/// @inheritdoc IWorkProofRegistry
	function getAttestationsForTask(bytes32 taskHash) external view returns (bytes32[] memory) {
		return getAttestationsForTask(taskHash, 0, POSITION_MASK);
	}

	/// @inheritdoc IWorkProofRegistry
	function getLatestAttestation(bytes32 taskHash, address verifier)
		external
		view
		returns (Attestation memory)
	{
		bytes32 attestationId = latestAttestationId(taskHash, verifier);
		if (attestationId == 0) revert NoAttestation(taskHash, verifier);
		return getAttestation(attestationId);
	}

	/// @inheritdoc IWorkProofRegistry
	function attestationIdOf(address signer, bytes16 id) external view returns (bytes32) {
		return _receipts[signer][id];
	}

	/// @inheritdoc IWorkProofRegistry
	function getVerifierStats(address verifier) external view returns (VerifierStats memory) {
		uint256 stats = _stats[verifier];
		return VerifierStats(
			uint64(stats), uint64(stats >> 64), uint64(stats >> 128), uint64(stats >> 192)
		);
	}

	/// @inheritdoc IWorkProofRegistry
	function getAttestation(bytes32 attestationId)
		public
		view
		returns (Attestation memory attestation)
	{
		uint256 record = _known(attestationId);
		attestation.taskHash = bytes32(
			((uint256(attestationId) ^ ID_MASK) & ~POSITION_MASK)
				| ((record >> TAIL_SHIFT) & POSITION_MASK)
		);
		attestation.verifier = address(uint160(record));
		attestation.verificationMethod =
			record & FLAG_OTHER_METHOD == 0 ? RECEIPT_METHOD : _otherMethod(attestationId);
		attestation.result = record & FLAG_RESULT != 0;
		attestation.timestamp = uint64((record >> TIME_SHIFT) & TIME_MASK);
		attestation.proofData = bytes.concat(_commitments[attestationId]);
	}

	/// @inheritdoc IWorkProofRegistry
	function getAttestationsForTask(bytes32 taskHash, uint256 offset, uint256 limit)
		public
		view
		returns (bytes32[] memory ids)
	{
		uint256 first = _records[_idAt(taskHash, 1)];
		uint256 count = (first >> COUNT_SHIFT) & POSITION_MASK;
		bool mixed = first & FLAG_MIXED != 0;
		if (!mixed && !_isOf(first, taskHash)) return ids;

		// Of a mixed list every record is looked at, of any other none before the offset.
		uint256 position = 0;
		if (!mixed) (position, offset) = (offset < count ? offset : count, 0);
		ids = new bytes32[](limit < count - position ? limit : count - position);
		uint256 found = 0;
		while (position < count && found < ids.length) {
			bytes32 attestationId = _idAt(taskHash, ++position);
			if (mixed && !_isOf(_records[attestationId], taskHash)) continue;
			if (offset != 0) --offset;
			else ids[found++] = attestationId;
		}
		assembly ("memory-safe") {
			mstore(ids, found)
		}
	}

	/// @inheritdoc IWorkProofRegistry
	function latestAttestationId(bytes32 taskHash, address verifier) public view returns (bytes32) {
		uint256 position = _latest[taskHash][verifier];
		if (position != 0) return _idAt(taskHash, position);
		position = (_records[_idAt(taskHash, 1)] >> COUNT_SHIFT) & POSITION_MASK;
		if (position > SEARCHED_POSITIONS) position = SEARCHED_POSITIONS;
		for (; position != 0; --position) {
			bytes32 attestationId = _idAt(taskHash, position);
			uint256 record = _records[attestationId];
			if (address(uint160(record)) == verifier && _isOf(record, taskHash)) {
				return attestationId;
			}
		}
		return 0;
	}

	/// @inheritdoc IWorkProofRegistry
	function receiptDigest(Receipt calldata receipt) public view returns (bytes32 digest) {
		bytes32[4] memory texts = [
			keccak256(bytes(receipt.engine)),
			keccak256(bytes(receipt.driver)),
			keccak256(bytes(receipt.isolation)),
			keccak256(bytes(receipt.payment))
		];
		bytes32 typeHash = RECEIPT_TYPEHASH;
		bytes32 domain = keccak256(
			abi.encode(
				DOMAIN_TYPEHASH,
				keccak256("WorkProof"),
				keccak256("1"),
				block.chainid,
				address(this)
			)
		);
		// The 19 words of the receipt are already encoded as EIP-712 wants them, but for the four
		// texts, whose words are offsets. A word with bits outside its type is refused, as the
		// compiler's own decoder would.
		assembly ("memory-safe") {
			let start := mload(0x40)
			let words := add(start, 0x20)
			mstore(start, typeHash)
			calldatacopy(words, receipt, 0x260)
			mstore(add(words, 0xc0), mload(texts))
			mstore(add(words, 0x100), mload(add(texts, 0x20)))
			mstore(add(words, 0x120), mload(add(texts, 0x40)))
			mstore(add(words, 0x200), mload(add(texts, 0x60)))
			let numbers := mload(add(words, 0x240)) // issuedAt
			for { let at := 0x160 } lt(at, 0x200) { at := add(at, 0x20) } {
				numbers := or(numbers, mload(add(words, at))) // timeoutMs … memoryPeakBytes
			}
			let excess := or(shr(64, numbers), shr(1, mload(add(words, 0x220)))) // charged
			excess := or(excess, shr(8, or(mload(add(words, 0xa0)), mload(add(words, 0x140)))))
			excess := or(excess, shl(128, mload(words))) // id
			if excess { revert(0, 0) }
			let structHash := keccak256(start, 0x280)
			mstore(start, hex"1901")
			mstore(add(start, 0x02), domain)
			mstore(add(start, 0x22), structHash)
			digest := keccak256(start, 0x42)
		}
	}

	/// @dev The only writer of records, commitments and stats.
	function _append(bytes32 taskHash, address verifier, uint256 flags, bytes32 commitment)
		internal
		returns (bytes32 attestationId)
	{
		if (taskHash == 0) revert ZeroTaskHash();
		bytes32 firstId = _idAt(taskHash, 1);
		uint256 first = _records[firstId];
		uint256 position = ((first >> COUNT_SHIFT) & POSITION_MASK) + 1;
		uint256 record = flags | uint160(verifier) | (block.timestamp << TIME_SHIFT)
			| ((uint256(taskHash) & POSITION_MASK) << TAIL_SHIFT);
		if (position == 1) {
			record |= ONE_COUNT;
			attestationId = firstId;
		} else {
			if (position > MAX_ATTESTATIONS_PER_TASK) revert TaskFull(taskHash);
			if (!_isOf(first, taskHash)) first |= FLAG_MIXED;
			_records[firstId] = first + ONE_COUNT;
			if (position > SEARCHED_POSITIONS) _latest[taskHash][verifier] = position;
			attestationId = _idAt(taskHash, position);
		}
		_records[attestationId] = record;
		_commitments[attestationId] = commitment;
		_countAttestation(verifier, flags & FLAG_RESULT != 0);
	}

	function _countAttestation(address verifier, bool result) internal {
		uint256 stats = _stats[verifier];
		// Neither count can reach 2^64: nobody can pay for so many transactions.
		unchecked {
			stats += result ? (1 << 64) + 1 : 1;
		}
		if (stats >> 192 == 0) stats |= block.timestamp << 128;
		stats = (stats & type(uint192).max) | (block.timestamp << 192);
		_stats[verifier] = stats;
	}

	function _known(bytes32 attestationId) internal view returns (uint256 record) {
		record = _records[attestationId];
		if (record == 0) revert UnknownAttestation(attestationId);
	}

	function _otherMethod(bytes32 attestationId) internal view returns (string memory method) {
		method = string(bytes.concat(_methods[attestationId][0], _methods[attestationId][1]));
		uint256 length = MAX_METHOD_BYTES;
		while (bytes(method)[length - 1] == 0) --length;
		assembly ("memory-safe") {
			mstore(method, length)
		}
	}

	function _recover(bytes32 digest, bytes calldata signature)
		internal
		pure
		returns (address signer)
	{
		if (signature.length != 65) revert InvalidSignature();
		(bytes32 r, bytes32 s) = abi.decode(signature, (bytes32, bytes32));
		uint8 v = uint8(signature[64]);
		if (v < 27) v += 27;
		// The precompile answers 0 for any v but 27 and 28.
		if (uint256(s) <= HALF_ORDER) signer = ecrecover(digest, v, r, s);
		if (signer == address(0)) revert InvalidSignature();
	}

	/// @dev Never 0, because a position is not.
	function _idAt(bytes32 taskHash, uint256 position) internal view returns (bytes32) {
		return bytes32(((uint256(taskHash) ^ ID_MASK) & ~POSITION_MASK) | position);
	}

	/// @dev Whether this record, found in the task's list, is the task's own.
	function _isOf(uint256 record, bytes32 taskHash) internal pure returns (bool) {
		return ((record >> TAIL_SHIFT) ^ uint256(taskHash)) & POSITION_MASK == 0;
	}
}
