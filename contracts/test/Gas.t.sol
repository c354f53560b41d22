// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.30;

import { IWorkProofRegistry } from "../src/IWorkProofRegistry.sol";
import { WorkProofRegistry } from "../src/WorkProofRegistry.sol";
import { TestBase } from "./TestBase.sol";

/// @dev C6: what a sender pays for a whole transaction, committed in snapshots/Registry.json.
/// Steady state means the verifier has attested before; the proof and the hashes have no zero
/// bytes to speak of.
contract GasTest is TestBase {
	uint256 internal constant ATTEST_LIMIT = 85_000;
	uint256 internal constant RECEIPT_LIMIT = 115_000;
	uint256 internal constant DEPLOY_LIMIT = 1_400_000;
	uint256 internal constant TRANSACTION = 21_000;

	string internal constant GROUP = "Registry";

	function setUp() public override {
		super.setUp();
		registry.attestValidation(keccak256("earlier"), METHOD, true, "");
		attest("earlier", 1);
	}

	function attest(string memory name, uint8 verdict) internal {
		bytes32 hash = keccak256(bytes(name));
		IWorkProofRegistry.Receipt memory receipt = receiptOf(bytes16(hash), hash, verdict);
		bytes memory signature = signatureOf(SIGNER_KEY, receipt);
		registry.attestReceipt(receipt, signature);
	}

	function proofOf(uint256 length) internal pure returns (bytes memory proof) {
		proof = new bytes(length);
		for (uint256 i = 0; i < length; ++i) {
			proof[i] = bytes1(uint8(i % 255 + 1));
		}
	}

	function test_C6_attestValidation() public {
		registry.attestValidation(keccak256("task 0"), METHOD, true, "");
		vm.snapshotGasLastCall(GROUP, "attestValidation, no proof");
		registry.attestValidation(keccak256("task 256"), METHOD, true, proofOf(256));
		uint256 used = vm.snapshotGasLastCall(GROUP, "attestValidation, 256-byte proof");
		isTrue(used <= ATTEST_LIMIT, "attestValidation is over its limit");
		registry.attestValidation(keccak256("task 1024"), METHOD, true, proofOf(1024));
		vm.snapshotGasLastCall(GROUP, "attestValidation, 1024-byte proof");
		registry.attestValidation(keccak256("task 256"), METHOD, true, proofOf(256));
		vm.snapshotGasLastCall(GROUP, "attestValidation, 256-byte proof, task has one");
		registry.attestValidation(keccak256("other"), "another-method-v1", true, proofOf(256));
		vm.snapshotGasLastCall(GROUP, "attestValidation, 256-byte proof, another method");
		vm.prank(address(0x0abc));
		registry.attestValidation(keccak256("first"), METHOD, true, proofOf(256));
		vm.snapshotGasLastCall(GROUP, "attestValidation, 256-byte proof, new verifier");
	}

	function test_C6_attestReceipt() public {
		attest("receipt", 1);
		uint256 used = vm.snapshotGasLastCall(GROUP, "attestReceipt");
		isTrue(used <= RECEIPT_LIMIT, "attestReceipt is over its limit");
	}

	function test_C6_reads() public {
		bytes32 task = keccak256("read");
		bytes32 id = registry.attestValidation(task, METHOD, true, proofOf(256));
		registry.getAttestation(id);
		vm.snapshotGasLastCall(GROUP, "getAttestation, call");
		registry.getLatestAttestation(task, address(this));
		vm.snapshotGasLastCall(GROUP, "getLatestAttestation of the only one, call");
		for (uint256 i = 1; i < 40; ++i) {
			vm.prank(address(uint160(0x1000 + i)));
			registry.attestValidation(task, METHOD, true, "");
		}
		registry.getLatestAttestation(task, address(this));
		vm.snapshotGasLastCall(GROUP, "getLatestAttestation, 39 of others since, call");
		registry.getVerifierStats(address(this));
		vm.snapshotGasLastCall(GROUP, "getVerifierStats, call");
	}

	/// forge-config: default.isolate = false
	function test_C6_deploy() public {
		bytes memory code = type(WorkProofRegistry).creationCode;
		uint256 used = TRANSACTION + 2 * ((code.length + 31) / 32);
		for (uint256 i = 0; i < code.length; ++i) {
			used += code[i] == 0 ? 4 : 16;
		}
		uint256 before = gasleft();
		address created;
		assembly ("memory-safe") {
			created := create(0, add(code, 0x20), mload(code))
		}
		used += before - gasleft();
		isTrue(created != address(0), "not deployed");
		vm.snapshotValue(GROUP, "deploy", used);
		isTrue(used <= DEPLOY_LIMIT, "deploying is over its limit");
	}
}
