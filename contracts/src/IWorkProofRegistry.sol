// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.30;

/// @title The public record of what was re-executed, and with which result
/// @notice Anyone may attest; nobody may change or remove an attestation. A reader decides which
/// verifiers it trusts. The contract has no owner, no proxy and no upgrade.
interface IWorkProofRegistry {
	/// @notice One attestation, as it is read back.
	/// @param taskHash what was verified
	/// @param verifier who answers for it: the sender of attestValidation, the receipt's signer
	/// @param verificationMethod how it was verified
	/// @param result true when the claim held; for a receipt, verdict == VALID
	/// @param timestamp block time of the attestation, seconds
	/// @param proofData the 32-byte commitment to the proof, not the proof itself:
	/// keccak256(proofData) as given to attestValidation, whose bytes are in the event Attested;
	/// the EIP-712 digest of the receipt for attestReceipt
	struct Attestation {
		bytes32 taskHash;
		address verifier;
		string verificationMethod;
		bool result;
		uint64 timestamp;
		bytes proofData;
	}

	/// @notice What one verifier has attested so far. Times are block times in seconds.
	struct VerifierStats {
		uint64 totalAttestations;
		uint64 successfulAttestations;
		uint64 firstAttestationTime;
		uint64 lastAttestationTime;
	}

	/// @notice The EIP-712 receipt a verifier signs. Its domain is {name "WorkProof", version "1",
	/// chainId, verifyingContract: this registry}.
	/// @param id the verification; one signer attests one id once
	/// @param verdict 1 VALID, 2 INVALID, 3 COMPUTED, 4 NONDETERMINISTIC, 5 ERROR, 6 TIMEOUT;
	/// 0 NONE and 7 FAILED exist off chain and are refused here
	/// @param runs number of runs that agreed
	/// @param payment what paid for it, e.g. eip155:84532/0x<asset>/0x<transaction>/<log>
	/// @param charged false when the payment was refunded
	/// @param issuedAt seconds since the epoch, by the signer's clock
	struct Receipt {
		bytes16 id;
		bytes32 taskHash;
		bytes32 codeHash;
		bytes32 inputHash;
		bytes32 outputHash;
		uint8 verdict;
		string engine;
		bytes32 guestDigest;
		string driver;
		string isolation;
		uint8 runs;
		uint64 timeoutMs;
		uint64 memoryLimitBytes;
		uint64 outputLimitBytes;
		uint64 timeMs;
		uint64 memoryPeakBytes;
		string payment;
		bool charged;
		uint64 issuedAt;
	}

	/// @notice Every attestValidation emits this, and nothing else does.
	/// @param proofData the whole proof; the contract stores only its keccak256
	event Attested(
		bytes32 indexed attestationId,
		bytes32 indexed taskHash,
		address indexed verifier,
		string verificationMethod,
		bool result,
		bytes proofData
	);

	/// @notice Every attestReceipt emits this, and nothing else does: a reader of all attestations
	/// follows both events.
	event ReceiptAttested(
		address indexed verifier,
		bytes16 indexed id,
		bytes32 indexed taskHash,
		bytes32 attestationId,
		uint8 verdict,
		bytes32 receiptDigest
	);

	/// @notice A task hash of zero names no task.
	error ZeroTaskHash();
	/// @notice The method is empty, longer than MAX_METHOD_BYTES or ends in a zero byte.
	error InvalidMethod();
	/// @notice This verdict says nothing about the task (NONE, FAILED) or is not defined.
	error VerdictNotAttestable(uint8 verdict);
	/// @notice Not 65 bytes, v not 27/28/0/1, s in the upper half, or nobody's signature.
	error InvalidSignature();
	/// @notice This very receipt is attested already. A sender that lost track may count it as done.
	error AlreadyAttested(bytes32 attestationId);
	/// @notice The signer has attested another receipt under the same id.
	error ContradictsAttestation(bytes32 attestationId);
	/// @notice The task has MAX_ATTESTATIONS_PER_TASK attestations.
	error TaskFull(bytes32 taskHash);
	/// @notice There is no attestation with this id.
	error UnknownAttestation(bytes32 attestationId);
	/// @notice The verifier has attested nothing about this task.
	error NoAttestation(bytes32 taskHash, address verifier);

	/// @notice Attests in the sender's own name. A verifier may attest a task again; the history
	/// stays, getLatestAttestation tells the newest.
	/// @param verificationMethod 1 to 64 bytes of text; "reexecution-v1-code-execution" is the
	/// cheapest, any other costs one storage slot per 32 bytes more
	/// @return attestationId unique over all chains and registries
	function attestValidation(
		bytes32 taskHash,
		string calldata verificationMethod,
		bool result,
		bytes calldata proofData
	) external returns (bytes32 attestationId);

	/// @notice Attests in the name of the receipt's signer, whoever sends it; the method is
	/// "reexecution-v1-code-execution". Whoever sends a signed receipt first only pays the gas.
	/// @param signature 65 bytes r, s, v over receiptDigest(receipt). A damaged signature or
	/// receipt recovers to an address nobody holds: a sender compares the signer beforehand
	/// @return attestationId unique over all chains and registries
	function attestReceipt(Receipt calldata receipt, bytes calldata signature)
		external
		returns (bytes32 attestationId);

	/// @notice The attestation, or UnknownAttestation.
	function getAttestation(bytes32 attestationId) external view returns (Attestation memory);

	/// @notice The verdict of an attested receipt; 0 for one made by attestValidation, whose
	/// result is all there is. Distinguishes COMPUTED from INVALID, which both have result false.
	function getVerdict(bytes32 attestationId) external view returns (uint8);

	/// @notice All attestation ids of a task, oldest first. Anyone may add to this list, so a
	/// contract uses the paged form.
	function getAttestationsForTask(bytes32 taskHash) external view returns (bytes32[] memory);

	/// @notice At most limit attestation ids of a task from position offset on, oldest first;
	/// fewer only at the end, none past it.
	function getAttestationsForTask(bytes32 taskHash, uint256 offset, uint256 limit)
		external
		view
		returns (bytes32[] memory);

	/// @notice The newest attestation of a verifier about a task, or NoAttestation. Its cost has a
	/// bound that no third party can raise.
	function getLatestAttestation(bytes32 taskHash, address verifier)
		external
		view
		returns (Attestation memory);

	/// @notice Like getLatestAttestation: its id, or 0 when there is none.
	function latestAttestationId(bytes32 taskHash, address verifier) external view returns (bytes32);

	/// @notice The attestation of (signer, receipt id), or 0 when there is none.
	function attestationIdOf(address signer, bytes16 id) external view returns (bytes32);

	/// @notice All zero for an address that has attested nothing.
	function getVerifierStats(address verifier) external view returns (VerifierStats memory);

	/// @notice What a verifier signs: the EIP-712 digest of the receipt for this chain and registry.
	function receiptDigest(Receipt calldata receipt) external view returns (bytes32);
}
