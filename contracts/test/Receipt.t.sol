// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.30;

import { IWorkProofRegistry } from "../src/IWorkProofRegistry.sol";
import { WorkProofRegistry } from "../src/WorkProofRegistry.sol";
import { TestBase } from "./TestBase.sol";
import { Vm } from "./Vm.sol";

/// @dev C1, H3: attestations by signed receipt.
contract ReceiptTest is TestBase {
	bytes32 internal constant TASK = keccak256("task");
	bytes16 internal constant ID = hex"00112233445566778899aabbccddeeff";

	function typical() internal pure returns (IWorkProofRegistry.Receipt memory) {
		return receiptOf(ID, TASK, 1);
	}

	function attest(IWorkProofRegistry.Receipt memory receipt) internal returns (bytes32) {
		bytes memory signature = signatureOf(SIGNER_KEY, receipt);
		return registry.attestReceipt(receipt, signature);
	}

	function refusesSignature(bytes memory signature) internal {
		vm.expectRevert(abi.encodeWithSelector(IWorkProofRegistry.InvalidSignature.selector));
		registry.attestReceipt(typical(), signature);
	}

	function test_C1_verifierIsTheSignerWhoeverSends() public {
		IWorkProofRegistry.Receipt memory receipt = typical();
		bytes memory signature = signatureOf(SIGNER_KEY, receipt);
		vm.prank(address(0x5e1de5));
		bytes32 id = registry.attestReceipt(receipt, signature);
		IWorkProofRegistry.Attestation memory got = registry.getAttestation(id);
		same(got.taskHash, TASK, "taskHash");
		same(got.verifier, signer, "verifier");
		same(got.verificationMethod, METHOD, "verificationMethod");
		isTrue(got.result, "result");
		same(got.timestamp, START, "timestamp");
		same(bytes32(got.proofData), registry.receiptDigest(receipt), "digest");
		same(registry.attestationIdOf(signer, ID), id, "by signer and id");
		same(registry.attestationIdOf(address(0x5e1de5), ID), 0, "not by the sender");
		same(registry.latestAttestationId(TASK, signer), id, "latest");
		same(registry.getVerifierStats(signer).successfulAttestations, 1, "statistics");
		same(registry.getVerifierStats(address(0x5e1de5)).totalAttestations, 0, "of the sender");
	}

	function test_C1_eventIsFoundBySignerAndId() public {
		IWorkProofRegistry.Receipt memory receipt = typical();
		bytes32 digest = registry.receiptDigest(receipt);
		vm.recordLogs();
		bytes32 attestationId = attest(receipt);
		Vm.Log[] memory logs = vm.getRecordedLogs();
		same(logs.length, 1, "one event");
		same(logs[0].topics[0], IWorkProofRegistry.ReceiptAttested.selector, "topic 0");
		same(logs[0].topics[1], bytes32(uint256(uint160(signer))), "verifier");
		same(logs[0].topics[2], bytes32(ID), "id");
		same(logs[0].topics[3], TASK, "taskHash");
		same(logs[0].data, abi.encode(attestationId, uint8(1), digest), "data");
	}

	function same(bytes memory left, bytes memory right, string memory what) internal pure {
		require(keccak256(left) == keccak256(right), what);
	}

	function test_C1_verdicts() public {
		for (uint256 verdict = 1; verdict <= 6; ++verdict) {
			bytes16 id = bytes16(uint128(verdict));
			bytes32 made = attest(receiptOf(id, TASK, uint8(verdict)));
			isTrue(registry.getAttestation(made).result == (verdict == 1), "result");
			same(registry.getVerdict(made), verdict, "verdict");
		}
		same(registry.getVerifierStats(signer).totalAttestations, 6, "total");
		same(registry.getVerifierStats(signer).successfulAttestations, 1, "successful");
	}

	function test_C1_verdictsThatSayNothingAreRefused() public {
		uint8[3] memory refused = [0, 7, 255];
		for (uint256 i = 0; i < refused.length; ++i) {
			IWorkProofRegistry.Receipt memory receipt = receiptOf(ID, TASK, refused[i]);
			bytes memory signature = signatureOf(SIGNER_KEY, receipt);
			vm.expectRevert(
				abi.encodeWithSelector(IWorkProofRegistry.VerdictNotAttestable.selector, refused[i])
			);
			registry.attestReceipt(receipt, signature);
		}
	}

	function test_C1_zeroTaskHashIsRefused() public {
		IWorkProofRegistry.Receipt memory receipt = receiptOf(ID, 0, 1);
		bytes memory signature = signatureOf(SIGNER_KEY, receipt);
		vm.expectRevert(abi.encodeWithSelector(IWorkProofRegistry.ZeroTaskHash.selector));
		registry.attestReceipt(receipt, signature);
	}

	function test_C1_sameReceiptTwiceIsRefused() public {
		IWorkProofRegistry.Receipt memory receipt = typical();
		bytes memory signature = signatureOf(SIGNER_KEY, receipt);
		bytes32 id = registry.attestReceipt(receipt, signature);
		bytes memory reason =
			abi.encodeWithSelector(IWorkProofRegistry.AlreadyAttested.selector, id);
		vm.expectRevert(reason);
		registry.attestReceipt(receipt, signature);
		vm.prank(address(0x5e1de5));
		vm.expectRevert(reason);
		registry.attestReceipt(receipt, signature);
		same(registry.getAttestationsForTask(TASK).length, 1, "one attestation");
	}

	function test_C1_contradictionIsRefused() public {
		bytes32 id = attest(typical());
		bytes memory reason =
			abi.encodeWithSelector(IWorkProofRegistry.ContradictsAttestation.selector, id);
		IWorkProofRegistry.Receipt[3] memory others;
		others[0] = receiptOf(ID, TASK, 2);
		others[1] = receiptOf(ID, keccak256("another task"), 1);
		others[2] = typical();
		others[2].outputHash = keccak256("another output");
		for (uint256 i = 0; i < others.length; ++i) {
			bytes memory signature = signatureOf(SIGNER_KEY, others[i]);
			vm.expectRevert(reason);
			registry.attestReceipt(others[i], signature);
		}
		same(registry.getVerifierStats(signer).totalAttestations, 1, "one attestation");
	}

	function test_C1_otherSignersMayUseTheSameId() public {
		bytes32 first = attest(typical());
		bytes memory signature = signatureOf(0xB0B, typical());
		bytes32 second = registry.attestReceipt(typical(), signature);
		isTrue(first != second, "own attestation");
		same(registry.attestationIdOf(vm.addr(0xB0B), ID), second, "by the second signer");
		same(registry.attestationIdOf(signer, ID), first, "by the first signer");
	}

	function test_C1_signatureForms() public {
		(uint8 v, bytes32 r, bytes32 s) = vm.sign(SIGNER_KEY, registry.receiptDigest(typical()));
		refusesSignature("");
		refusesSignature(abi.encodePacked(r, s));
		refusesSignature(abi.encodePacked(r, s, v, uint8(0)));
		refusesSignature(abi.encodePacked(r, s, uint8(2)));
		refusesSignature(abi.encodePacked(r, s, uint8(26)));
		refusesSignature(abi.encodePacked(r, s, uint8(29)));
		refusesSignature(abi.encodePacked(r, s, uint8(255)));
		refusesSignature(abi.encodePacked(bytes32(0), s, v));
		refusesSignature(abi.encodePacked(r, bytes32(0), v));
		refusesSignature(abi.encodePacked(bytes32(ORDER), s, v));
		bytes32 id = registry.attestReceipt(typical(), abi.encodePacked(r, s, v - 27));
		same(registry.getAttestation(id).verifier, signer, "v of 0 or 1");
	}

	function test_C1_highSIsRefused() public {
		(uint8 v, bytes32 r, bytes32 s) = vm.sign(SIGNER_KEY, registry.receiptDigest(typical()));
		bytes32 twin = bytes32(ORDER - uint256(s));
		same(ecrecover(registry.receiptDigest(typical()), 55 - v, r, twin), signer, "a twin");
		refusesSignature(abi.encodePacked(r, twin, 55 - v));
		// At the limit the signature is well-formed, one past it it is not.
		uint256 half = ORDER / 2;
		registry.attestReceipt(typical(), abi.encodePacked(r, half, v));
		refusesSignature(abi.encodePacked(r, half + 1, v));
	}

	function test_H3_digestIsBoundToChainAndRegistry() public {
		bytes32 digest = registry.receiptDigest(typical());
		isTrue(new WorkProofRegistry().receiptDigest(typical()) != digest, "another registry");
		vm.chainId(8453);
		isTrue(registry.receiptDigest(typical()) != digest, "another chain");
	}

	/// @dev Bits outside a field's type are refused, like by the compiler's own decoder.
	function test_H3_valuesOutsideTheirTypeAreRefused() public view {
		bytes memory data = abi.encodeCall(registry.receiptDigest, (typical()));
		uint256[10] memory bits = [uint256(127), 8, 8, 64, 64, 64, 64, 64, 1, 64];
		uint256[10] memory words = [uint256(0), 5, 10, 11, 12, 13, 14, 15, 17, 18];
		for (uint256 i = 0; i < words.length; ++i) {
			uint256 at = 0x20 + 4 + 0x20 + words[i] * 0x20;
			uint256 flip = 1 << bits[i];
			assembly ("memory-safe") {
				mstore(add(data, at), xor(mload(add(data, at)), flip))
			}
			(bool accepted,) = address(registry).staticcall(data);
			isTrue(!accepted, "a value outside its type");
			assembly ("memory-safe") {
				mstore(add(data, at), xor(mload(add(data, at)), flip))
			}
		}
		(bool asBefore, bytes memory digest) = address(registry).staticcall(data);
		isTrue(asBefore, "refused as it was");
		same(bytes32(digest), registry.receiptDigest(typical()), "digest");
	}

	function test_H3_truncatedReceiptIsRefused() public view {
		bytes memory data = abi.encodeCall(registry.receiptDigest, (typical()));
		for (uint256 length = 4; length + 32 <= data.length; length += 32) {
			assembly ("memory-safe") {
				mstore(data, length)
			}
			(bool accepted,) = address(registry).staticcall(data);
			isTrue(!accepted, "a truncated receipt");
		}
	}

	/// @dev The digest as the compiler's own encoder makes it.
	function testFuzz_H3_digest(IWorkProofRegistry.Receipt memory receipt) public view {
		bytes memory head = abi.encode(
			keccak256(
				"Receipt(bytes16 id,bytes32 taskHash,bytes32 codeHash,bytes32 inputHash,bytes32 outputHash,uint8 verdict,string engine,bytes32 guestDigest,string driver,string isolation,uint8 runs,uint64 timeoutMs,uint64 memoryLimitBytes,uint64 outputLimitBytes,uint64 timeMs,uint64 memoryPeakBytes,string payment,bool charged,uint64 issuedAt)"
			),
			receipt.id,
			receipt.taskHash,
			receipt.codeHash,
			receipt.inputHash,
			receipt.outputHash,
			receipt.verdict,
			keccak256(bytes(receipt.engine)),
			receipt.guestDigest,
			keccak256(bytes(receipt.driver))
		);
		bytes memory rest = abi.encode(
			keccak256(bytes(receipt.isolation)),
			receipt.runs,
			receipt.timeoutMs,
			receipt.memoryLimitBytes,
			receipt.outputLimitBytes,
			receipt.timeMs,
			receipt.memoryPeakBytes,
			keccak256(bytes(receipt.payment)),
			receipt.charged,
			receipt.issuedAt
		);
		bytes32 domain = keccak256(
			abi.encode(
				keccak256(
					"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
				),
				keccak256("WorkProof"),
				keccak256("1"),
				block.chainid,
				address(registry)
			)
		);
		bytes32 structHash = keccak256(bytes.concat(head, rest));
		same(
			registry.receiptDigest(receipt),
			keccak256(abi.encodePacked(hex"1901", domain, structHash)),
			"digest"
		);
	}

	function testFuzz_C1_receiptIsReadBack(IWorkProofRegistry.Receipt memory receipt, uint256 key)
		public
	{
		vm.assume(receipt.taskHash != 0);
		receipt.verdict = receipt.verdict % 6 + 1;
		key = key % (ORDER - 1) + 1;
		bytes memory signature = signatureOf(key, receipt);
		bytes32 id = registry.attestReceipt(receipt, signature);
		IWorkProofRegistry.Attestation memory got = registry.getAttestation(id);
		same(got.taskHash, receipt.taskHash, "taskHash");
		same(got.verifier, vm.addr(key), "verifier");
		isTrue(got.result == (receipt.verdict == 1), "result");
		same(registry.attestationIdOf(vm.addr(key), receipt.id), id, "by signer and id");
	}

	/// @dev A changed receipt or signature is never the signer's attestation.
	function testFuzz_C1_damagedSignatureIsNotTheSigners(uint256 bit) public {
		IWorkProofRegistry.Receipt memory receipt = typical();
		bytes memory signature = signatureOf(SIGNER_KEY, receipt);
		bit = bit % (64 * 8);
		signature[bit / 8] ^= bytes1(uint8(1 << (bit % 8)));
		try registry.attestReceipt(receipt, signature) { } catch { }
		same(registry.attestationIdOf(signer, ID), 0, "damaged signature");
	}
}
