// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.30;

import { IWorkProofRegistry } from "../src/IWorkProofRegistry.sol";
import { WorkProofRegistry } from "../src/WorkProofRegistry.sol";
import { TestBase } from "./TestBase.sol";
import { Vm } from "./Vm.sol";

/// @dev C1: attestations in the sender's own name, lists, the latest, statistics.
contract RegistryTest is TestBase {
	bytes32 internal constant TASK = keccak256("task");
	/// @dev Differs from TASK in the last three bytes only, so the two share a list.
	bytes32 internal constant NEIGHBOUR = bytes32(uint256(TASK) ^ 0x010203);
	uint256 internal constant SEARCHED_POSITIONS = 8;

	function attestAs(address verifier, bytes32 task) internal returns (bytes32) {
		vm.prank(verifier);
		return registry.attestValidation(task, METHOD, true, "");
	}

	function refuses(bytes memory reason, bytes32 task, string memory method) internal {
		vm.expectRevert(reason);
		registry.attestValidation(task, method, true, "");
	}

	function test_C1_attestationIsReadBack() public {
		bytes memory proof = "{\"outputHash\":\"0x00\"}";
		bytes32 id = registry.attestValidation(TASK, METHOD, true, proof);
		IWorkProofRegistry.Attestation memory got = registry.getAttestation(id);
		same(got.taskHash, TASK, "taskHash");
		same(got.verifier, address(this), "verifier");
		same(got.verificationMethod, METHOD, "verificationMethod");
		isTrue(got.result, "result");
		same(got.timestamp, START, "timestamp");
		same(got.proofData.length, 32, "commitment length");
		same(bytes32(got.proofData), keccak256(proof), "commitment");
		same(registry.getVerdict(id), 0, "verdict");
	}

	function test_C1_eventCarriesTheProof() public {
		bytes memory proof = "the whole proof";
		vm.recordLogs();
		bytes32 id = registry.attestValidation(TASK, METHOD, false, proof);
		Vm.Log[] memory logs = vm.getRecordedLogs();
		same(logs.length, 1, "one event");
		same(logs[0].topics.length, 4, "topics");
		same(logs[0].topics[0], IWorkProofRegistry.Attested.selector, "topic 0");
		same(logs[0].topics[1], id, "attestationId");
		same(logs[0].topics[2], TASK, "taskHash");
		same(logs[0].topics[3], bytes32(uint256(uint160(address(this)))), "verifier");
		(string memory method, bool result, bytes memory data) =
			abi.decode(logs[0].data, (string, bool, bytes));
		same(method, METHOD, "verificationMethod");
		isTrue(!result, "result");
		same(string(data), string(proof), "proofData");
	}

	function test_C1_zeroTaskHashIsRefused() public {
		refuses(abi.encodeWithSelector(IWorkProofRegistry.ZeroTaskHash.selector), 0, METHOD);
	}

	function test_C1_methodLengths() public {
		bytes memory reason = abi.encodeWithSelector(IWorkProofRegistry.InvalidMethod.selector);
		refuses(reason, TASK, "");
		refuses(reason, TASK, string(new bytes(1)));
		refuses(reason, TASK, "zero at the end\x00");
		bytes memory text = new bytes(registry.MAX_METHOD_BYTES() + 1);
		for (uint256 i = 0; i < text.length; ++i) {
			text[i] = "m";
		}
		refuses(reason, TASK, string(text));
		uint256[5] memory lengths = [uint256(64), 33, 32, 31, 1];
		for (uint256 i = 0; i < lengths.length; ++i) {
			uint256 length = lengths[i];
			assembly ("memory-safe") {
				mstore(text, length)
			}
			bytes32 id = registry.attestValidation(TASK, string(text), true, "");
			string memory got = registry.getAttestation(id).verificationMethod;
			same(got, string(text), "another method is read back");
		}
		same(registry.RECEIPT_METHOD(), METHOD, "the usual method");
	}

	function test_C1_usualMethodTakesNoSlot() public {
		bytes32 id = registry.attestValidation(TASK, METHOD, true, "");
		bytes32 slot = keccak256(abi.encode(id, uint256(5)));
		same(vm.load(address(registry), slot), 0, "method slot of the usual method");
		id = registry.attestValidation(TASK, "another", true, "");
		slot = keccak256(abi.encode(id, uint256(5)));
		same(vm.load(address(registry), slot), bytes32("another"), "method slot of another");
	}

	function test_C1_unknownAttestationReverts() public {
		bytes32 unknown = registry.attestValidation(TASK, METHOD, true, "");
		unknown = bytes32(uint256(unknown) + 1);
		bytes memory reason =
			abi.encodeWithSelector(IWorkProofRegistry.UnknownAttestation.selector, unknown);
		vm.expectRevert(reason);
		registry.getAttestation(unknown);
		vm.expectRevert(reason);
		registry.getVerdict(unknown);
	}

	function test_C1_stats() public {
		IWorkProofRegistry.VerifierStats memory stats = registry.getVerifierStats(address(this));
		same(stats.totalAttestations + stats.firstAttestationTime, 0, "nothing attested yet");
		registry.attestValidation(TASK, METHOD, true, "");
		vm.warp(START + 5);
		registry.attestValidation(TASK, METHOD, false, "");
		vm.warp(START + 9);
		registry.attestValidation(keccak256("second"), METHOD, true, "");
		stats = registry.getVerifierStats(address(this));
		same(stats.totalAttestations, 3, "total");
		same(stats.successfulAttestations, 2, "successful");
		same(stats.firstAttestationTime, START, "first");
		same(stats.lastAttestationTime, START + 9, "last");
		same(registry.getVerifierStats(signer).totalAttestations, 0, "another verifier");
	}

	function test_C1_idsDifferPerRegistryAndChain() public {
		bytes32 id = registry.attestValidation(TASK, METHOD, true, "");
		WorkProofRegistry second = new WorkProofRegistry();
		isTrue(id != second.attestValidation(TASK, METHOD, true, ""), "another registry");
		vm.chainId(8453);
		bytes32 next = registry.attestValidation(TASK, METHOD, true, "");
		same(next, bytes32(uint256(id) + 1), "ids stay when the chain takes another number");
	}

	function test_C1_listAndPages() public {
		same(registry.getAttestationsForTask(TASK).length, 0, "no attestation yet");
		bytes32[] memory made = new bytes32[](5);
		for (uint256 i = 0; i < made.length; ++i) {
			made[i] = attestAs(address(uint160(0x100 + i)), TASK);
		}
		pagesAre(TASK, made);
	}

	function test_C1_neighbourTasksDoNotMix() public {
		bytes32[] memory ours = new bytes32[](3);
		bytes32[] memory theirs = new bytes32[](3);
		for (uint256 i = 0; i < ours.length; ++i) {
			ours[i] = attestAs(signer, TASK);
			same(registry.getAttestationsForTask(NEIGHBOUR).length, i, "before the neighbour's");
			theirs[i] = attestAs(address(this), NEIGHBOUR);
			same(registry.getAttestation(ours[i]).taskHash, TASK, "ours");
			same(registry.getAttestation(theirs[i]).taskHash, NEIGHBOUR, "theirs");
		}
		pagesAre(TASK, ours);
		pagesAre(NEIGHBOUR, theirs);
		same(registry.latestAttestationId(TASK, signer), ours[2], "latest of ours");
		same(registry.latestAttestationId(NEIGHBOUR, signer), 0, "not of the neighbour");
		same(registry.latestAttestationId(TASK, address(this)), 0, "not of ours");
		bytes32 third = bytes32(uint256(TASK) ^ 0xff0000);
		same(registry.getAttestationsForTask(third).length, 0, "a third task");
	}

	/// @dev Every page of every size, and those past the end.
	function pagesAre(bytes32 task, bytes32[] memory expected) internal view {
		uint256 count = expected.length;
		bytes32[] memory all = registry.getAttestationsForTask(task);
		same(keccak256(abi.encode(all)), keccak256(abi.encode(expected)), "whole list");
		for (uint256 offset = 0; offset <= count + 1; ++offset) {
			for (uint256 limit = 0; limit <= count + 1; ++limit) {
				bytes32[] memory page = registry.getAttestationsForTask(task, offset, limit);
				uint256 room = offset < count ? count - offset : 0;
				same(page.length, limit < room ? limit : room, "page length");
				for (uint256 i = 0; i < page.length; ++i) {
					same(page[i], expected[offset + i], "page");
				}
			}
		}
		uint256 most = type(uint256).max;
		same(registry.getAttestationsForTask(task, 0, most).length, count, "largest limit");
		same(registry.getAttestationsForTask(task, most, most).length, 0, "largest offset");
	}

	function test_C1_latest() public {
		vm.expectRevert(
			abi.encodeWithSelector(IWorkProofRegistry.NoAttestation.selector, TASK, signer)
		);
		registry.getLatestAttestation(TASK, signer);
		registry.attestValidation(TASK, METHOD, true, "first");
		registry.attestValidation(TASK, METHOD, false, "second");
		attestAs(signer, TASK);
		IWorkProofRegistry.Attestation memory got =
			registry.getLatestAttestation(TASK, address(this));
		same(bytes32(got.proofData), keccak256("second"), "the newer of two");
		isTrue(!got.result, "the newer result");
	}

	function indexOf(address verifier) internal view returns (uint256) {
		bytes32 ofTask = keccak256(abi.encode(TASK, uint256(4)));
		return uint256(vm.load(address(registry), keccak256(abi.encode(verifier, ofTask))));
	}

	/// @dev At the last searched position and one past it, and whatever others add meanwhile.
	function test_C1_latestAroundTheSearchedPositions() public {
		for (uint256 i = 1; i < SEARCHED_POSITIONS; ++i) {
			attestAs(address(0x111), TASK);
		}
		bytes32 searched = attestAs(signer, TASK);
		bytes32 beyond = attestAs(address(this), TASK);
		for (uint256 i = 0; i < 20; ++i) {
			attestAs(address(0x111), TASK);
		}
		same(indexOf(signer), 0, "position 8 is searched, not indexed");
		same(indexOf(address(this)), 9, "position 9 is indexed");
		same(registry.latestAttestationId(TASK, signer), searched, "position 8");
		same(registry.latestAttestationId(TASK, address(this)), beyond, "position 9");
		bytes32 later = attestAs(signer, TASK);
		same(registry.latestAttestationId(TASK, signer), later, "searched, then indexed");
		same(registry.latestAttestationId(TASK, address(0x222)), 0, "of one who never attested");
		attestAs(signer, NEIGHBOUR);
		same(registry.latestAttestationId(TASK, signer), later, "the neighbour's is not ours");
	}

	function test_C1_fullTask() public {
		bytes32 id = registry.attestValidation(TASK, METHOD, true, "");
		uint256 most = registry.MAX_ATTESTATIONS_PER_TASK();
		bytes32 slot = keccak256(abi.encode(id, uint256(0)));
		uint256 record = uint256(vm.load(address(registry), slot));
		// The list's length stands at bit 224.
		vm.store(address(registry), slot, bytes32(record + ((most - 2) << 224)));
		bytes32 last = registry.attestValidation(TASK, METHOD, true, "last");
		same(uint256(last) & most, most, "the last position");
		same(registry.getAttestation(last).taskHash, TASK, "the last is of the task");
		same(registry.latestAttestationId(TASK, address(this)), last, "the latest is the last");
		refuses(abi.encodeWithSelector(IWorkProofRegistry.TaskFull.selector, TASK), TASK, METHOD);
	}

	function testFuzz_C1_attestationIsReadBack(
		address verifier,
		bytes32 task,
		bool result,
		bytes calldata proof,
		uint40 time
	) public {
		vm.assume(task != 0 && verifier != address(0) && time != 0);
		vm.warp(time);
		vm.prank(verifier);
		bytes32 id = registry.attestValidation(task, METHOD, result, proof);
		IWorkProofRegistry.Attestation memory got = registry.getAttestation(id);
		same(got.taskHash, task, "taskHash");
		same(got.verifier, verifier, "verifier");
		isTrue(got.result == result, "result");
		same(got.timestamp, time, "timestamp");
		same(bytes32(got.proofData), keccak256(proof), "commitment");
		same(registry.getAttestationsForTask(task)[0], id, "listed");
		same(registry.latestAttestationId(task, verifier), id, "latest");
	}

	/// @dev An id is never 0, not even of the task hash that would make it so.
	function test_C1_noTaskHashMakesAZeroId() public {
		bytes32 id = registry.attestValidation(TASK, METHOD, true, "");
		bytes32 crafted = bytes32(uint256(id) ^ uint256(TASK));
		isTrue(registry.attestValidation(crafted, METHOD, true, "") != 0, "a zero id");
	}
}
