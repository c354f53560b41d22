// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.30;

import { IWorkProofRegistry } from "../src/IWorkProofRegistry.sol";
import { WorkProofRegistry } from "../src/WorkProofRegistry.sol";
import { Vm } from "./Vm.sol";

/// @dev Assertions and ready-made receipts for a registry.
abstract contract Helpers {
	Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

	string internal constant METHOD = "reexecution-v1-code-execution";
	uint256 internal constant START = 1_800_000_000;
	uint256 internal constant SIGNER_KEY = 0xA11CE;
	uint256 internal constant ORDER =
		0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

	WorkProofRegistry internal registry;

	/// @dev A receipt with values as long as those of real ones.
	function receiptOf(bytes16 id, bytes32 taskHash, uint8 verdict)
		internal
		pure
		returns (IWorkProofRegistry.Receipt memory receipt)
	{
		receipt.id = id;
		receipt.taskHash = taskHash;
		receipt.codeHash = keccak256("code");
		receipt.inputHash = keccak256("input");
		receipt.outputHash = keccak256("output");
		receipt.verdict = verdict;
		receipt.engine = "quickjs@2025-04-26";
		receipt.guestDigest = keccak256("guest");
		receipt.driver = "process";
		receipt.isolation = "process";
		receipt.runs = 1;
		receipt.timeoutMs = 30_000;
		receipt.memoryLimitBytes = 268_435_456;
		receipt.outputLimitBytes = 1_048_576;
		receipt.timeMs = 12;
		receipt.memoryPeakBytes = 4_194_304;
		receipt.payment =
			"eip155:84532/0x036CbD53842c5426634e7929541eC2318f3dCF7e/0x8f4525d6512cd9930aff07682aa60ff5e9cbc64a59f2064137da36d1a342308e/17";
		receipt.charged = true;
		receipt.issuedAt = uint64(START);
	}

	function signatureOf(uint256 key, IWorkProofRegistry.Receipt memory receipt)
		internal
		view
		returns (bytes memory)
	{
		(uint8 v, bytes32 r, bytes32 s) = vm.sign(key, registry.receiptDigest(receipt));
		return abi.encodePacked(r, s, v);
	}

	function isTrue(bool condition, string memory what) internal pure {
		require(condition, what);
	}

	function same(uint256 left, uint256 right, string memory what) internal pure {
		require(
			left == right,
			string.concat(what, ": ", vm.toString(left), " is not ", vm.toString(right))
		);
	}

	function same(bytes32 left, bytes32 right, string memory what) internal pure {
		require(left == right, what);
	}

	function same(address left, address right, string memory what) internal pure {
		require(left == right, what);
	}

	function same(string memory left, string memory right, string memory what) internal pure {
		require(keccak256(bytes(left)) == keccak256(bytes(right)), what);
	}
}

/// @dev A test with a registry of its own.
abstract contract TestBase is Helpers {
	address internal signer;

	function setUp() public virtual {
		vm.warp(START);
		registry = new WorkProofRegistry();
		signer = vm.addr(SIGNER_KEY);
	}
}
