// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.30;

import { IWorkProofRegistry } from "../src/IWorkProofRegistry.sol";
import { WorkProofRegistry } from "../src/WorkProofRegistry.sol";
import { Helpers, TestBase } from "./TestBase.sol";

/// @dev Attests at random, by few verifiers about few tasks, and remembers what must be true.
contract Handler is Helpers {
	struct Made {
		bytes32 id;
		bytes32 taskHash;
		address verifier;
		bytes32 content;
	}

	uint256 internal constant TASKS = 4;
	uint256 internal constant KEYS = 3;
	uint256 internal constant IDS = 6;

	Made[] internal made;
	mapping(bytes32 id => uint256) public timesMade;
	mapping(address verifier => uint256) public total;
	mapping(address verifier => uint256) public successful;
	mapping(address signer => mapping(bytes16 id => bytes32)) internal attested;

	constructor(WorkProofRegistry target) {
		registry = target;
	}

	/// @dev Three of the four differ in their last three bytes only.
	function taskAt(uint256 index) public pure returns (bytes32) {
		index = index % TASKS;
		return index == 0 ? keccak256("apart") : bytes32(uint256(keccak256("task")) ^ (index - 1));
	}

	function verifierAt(uint256 index) public pure returns (address) {
		return vm.addr(index % KEYS + 1);
	}

	function count() external view returns (uint256) {
		return made.length;
	}

	function at(uint256 index) external view returns (Made memory) {
		return made[index];
	}

	function validate(uint256 verifier, uint256 task, bool result, bytes32 proof) external {
		bytes32 taskHash = taskAt(task);
		vm.prank(verifierAt(verifier));
		bytes32 id = registry.attestValidation(taskHash, METHOD, result, abi.encodePacked(proof));
		remember(id, taskHash, verifierAt(verifier), result);
	}

	function receipt(uint256 verifier, uint256 task, uint256 number, uint8 verdict) external {
		address who = verifierAt(verifier);
		bytes16 id = bytes16(uint128(number % IDS));
		verdict = verdict % 6 + 1;
		IWorkProofRegistry.Receipt memory data = receiptOf(id, taskAt(task), verdict);
		bytes memory signature = signatureOf(verifier % KEYS + 1, data);
		bytes32 before = attested[who][id];
		try registry.attestReceipt(data, signature) returns (bytes32 attestationId) {
			isTrue(before == 0, "attested a second time");
			attested[who][id] = attestationId;
			remember(attestationId, data.taskHash, who, verdict == 1);
		} catch {
			isTrue(before != 0, "refused the first");
		}
		same(registry.attestationIdOf(who, id), attested[who][id], "attestationIdOf");
	}

	function pass(uint16 time) external {
		vm.warp(block.timestamp + time);
	}

	function remember(bytes32 id, bytes32 taskHash, address verifier, bool result) internal {
		bytes32 content = keccak256(abi.encode(registry.getAttestation(id)));
		made.push(Made(id, taskHash, verifier, content));
		++timesMade[id];
		++total[verifier];
		if (result) ++successful[verifier];
	}
}

contract InvariantsTest is TestBase {
	uint256 internal constant TASKS = 4;
	uint256 internal constant KEYS = 3;

	Handler internal handler;

	function setUp() public override {
		super.setUp();
		handler = new Handler(registry);
	}

	/// @dev How forge learns which contract to call at random.
	function targetContracts() external view returns (address[] memory targets) {
		targets = new address[](1);
		targets[0] = address(handler);
	}

	function invariant_C1_idsAreUniqueAndContentNeverChanges() external view {
		for (uint256 i = 0; i < handler.count(); ++i) {
			Handler.Made memory made = handler.at(i);
			same(handler.timesMade(made.id), 1, "an id made twice");
			same(
				keccak256(abi.encode(registry.getAttestation(made.id))), made.content, "it changed"
			);
		}
	}

	function invariant_C1_statsAreTheCounts() external view {
		uint256 sum = 0;
		for (uint256 i = 0; i < KEYS; ++i) {
			address verifier = handler.verifierAt(i);
			IWorkProofRegistry.VerifierStats memory stats = registry.getVerifierStats(verifier);
			same(stats.totalAttestations, handler.total(verifier), "total");
			same(stats.successfulAttestations, handler.successful(verifier), "successful");
			isTrue(stats.firstAttestationTime <= stats.lastAttestationTime, "first after last");
			sum += stats.totalAttestations;
		}
		same(sum, handler.count(), "sum");
	}

	/// @dev The list of each task, and the latest of each verifier in it, as made.
	function invariant_C1_listsAndLatestAreAsMade() external view {
		for (uint256 i = 0; i < TASKS; ++i) {
			bytes32 taskHash = handler.taskAt(i);
			bytes32[] memory list = registry.getAttestationsForTask(taskHash);
			uint256 found = 0;
			bytes32[] memory latest = new bytes32[](KEYS);
			for (uint256 j = 0; j < handler.count(); ++j) {
				Handler.Made memory made = handler.at(j);
				if (made.taskHash != taskHash) continue;
				same(list[found++], made.id, "list");
				for (uint256 k = 0; k < KEYS; ++k) {
					if (made.verifier == handler.verifierAt(k)) latest[k] = made.id;
				}
			}
			same(list.length, found, "length");
			for (uint256 k = 0; k < KEYS; ++k) {
				same(
					registry.latestAttestationId(taskHash, handler.verifierAt(k)),
					latest[k],
					"latest"
				);
			}
		}
	}
}
