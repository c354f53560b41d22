// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.30;

import { IWorkProofRegistry } from "../src/IWorkProofRegistry.sol";
import { WorkProofRegistry } from "../src/WorkProofRegistry.sol";
import { TestBase } from "./TestBase.sol";

/// @dev H3: the contract agrees with test/vectors/receipt.json, which an independent library wrote.
contract VectorsTest is TestBase {
	uint256 internal constant VECTORS = 9;

	string internal json;

	function setUp() public override {
		super.setUp();
		json = vm.readFile("test/vectors/receipt.json");
	}

	function key(uint256 index, string memory name) internal pure returns (string memory) {
		return string.concat(".vectors[", vm.toString(index), "].", name);
	}

	function number(uint256 index, string memory name) internal view returns (uint256) {
		return vm.parseJsonUint(json, key(index, string.concat("receipt.", name)));
	}

	function hash(uint256 index, string memory name) internal view returns (bytes32) {
		return vm.parseJsonBytes32(json, key(index, string.concat("receipt.", name)));
	}

	function text(uint256 index, string memory name) internal view returns (string memory) {
		return vm.parseJsonString(json, key(index, string.concat("receipt.", name)));
	}

	function receiptAt(uint256 index)
		internal
		view
		returns (IWorkProofRegistry.Receipt memory receipt)
	{
		receipt.id = bytes16(vm.parseJsonBytes(json, key(index, "receipt.id")));
		receipt.taskHash = hash(index, "taskHash");
		receipt.codeHash = hash(index, "codeHash");
		receipt.inputHash = hash(index, "inputHash");
		receipt.outputHash = hash(index, "outputHash");
		receipt.verdict = uint8(number(index, "verdict"));
		receipt.engine = text(index, "engine");
		receipt.guestDigest = hash(index, "guestDigest");
		receipt.driver = text(index, "driver");
		receipt.isolation = text(index, "isolation");
		receipt.runs = uint8(number(index, "runs"));
		receipt.timeoutMs = uint64(number(index, "timeoutMs"));
		receipt.memoryLimitBytes = uint64(number(index, "memoryLimitBytes"));
		receipt.outputLimitBytes = uint64(number(index, "outputLimitBytes"));
		receipt.timeMs = uint64(number(index, "timeMs"));
		receipt.memoryPeakBytes = uint64(number(index, "memoryPeakBytes"));
		receipt.payment = text(index, "payment");
		receipt.charged = vm.parseJsonBool(json, key(index, "receipt.charged"));
		receipt.issuedAt = uint64(number(index, "issuedAt"));
	}

	/// @dev A registry with the vector's chain and address, ids included.
	function placeRegistry(uint256 index) internal returns (WorkProofRegistry placed) {
		vm.chainId(vm.parseJsonUint(json, key(index, "domain.chainId")));
		address where = vm.parseJsonAddress(json, key(index, "domain.verifyingContract"));
		bytes memory code = type(WorkProofRegistry).creationCode;
		vm.etch(where, code);
		(bool deployed, bytes memory runtime) = where.call("");
		isTrue(deployed, "not deployed");
		vm.etch(where, runtime);
		return WorkProofRegistry(where);
	}

	function test_H3_vectors() public {
		for (uint256 index = 0; index < VECTORS; ++index) {
			uint256 state = vm.snapshotState();
			WorkProofRegistry placed = placeRegistry(index);
			IWorkProofRegistry.Receipt memory receipt = receiptAt(index);
			same(
				placed.receiptDigest(receipt),
				vm.parseJsonBytes32(json, key(index, "digest")),
				"digest"
			);
			bytes memory signature = vm.parseJsonBytes(json, key(index, "signature"));
			same(
				keccak256(abi.encodeCall(placed.attestReceipt, (receipt, signature))),
				keccak256(vm.parseJsonBytes(json, key(index, "attestReceiptCalldata"))),
				"calldata"
			);
			bytes32 id = placed.attestReceipt(receipt, signature);
			same(id, vm.parseJsonBytes32(json, key(index, "attestationId")), "attestationId");
			same(placed.getAttestation(id).verifier, vm.parseJsonAddress(json, ".signer"), "signer");
			isTrue(vm.revertToState(state), "state");
		}
	}

	function test_H3_vectorsAreAllRead() public view {
		isTrue(vm.keyExistsJson(json, key(VECTORS - 1, "name")), "fewer vectors");
		isTrue(!vm.keyExistsJson(json, key(VECTORS, "name")), "more vectors");
	}
}
