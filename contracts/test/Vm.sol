// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.30;

/// @dev The cheat codes these tests use, at the address forge answers them.
interface Vm {
	struct Log {
		bytes32[] topics;
		bytes data;
		address emitter;
	}

	function addr(uint256 privateKey) external pure returns (address);
	function sign(uint256 privateKey, bytes32 digest)
		external
		pure
		returns (uint8 v, bytes32 r, bytes32 s);
	function prank(address sender) external;
	function warp(uint256 timestamp) external;
	function chainId(uint256 id) external;
	function etch(address target, bytes calldata code) external;
	function store(address target, bytes32 slot, bytes32 value) external;
	function load(address target, bytes32 slot) external view returns (bytes32);
	function assume(bool condition) external pure;
	function expectRevert(bytes calldata data) external;
	function recordLogs() external;
	function getRecordedLogs() external returns (Log[] memory);
	function readFile(string calldata path) external view returns (string memory);
	function parseJsonUint(string calldata json, string calldata key)
		external
		pure
		returns (uint256);
	function parseJsonBytes32(string calldata json, string calldata key)
		external
		pure
		returns (bytes32);
	function parseJsonAddress(string calldata json, string calldata key)
		external
		pure
		returns (address);
	function parseJsonString(string calldata json, string calldata key)
		external
		pure
		returns (string memory);
	function parseJsonBytes(string calldata json, string calldata key)
		external
		pure
		returns (bytes memory);
	function parseJsonBool(string calldata json, string calldata key) external pure returns (bool);
	function keyExistsJson(string calldata json, string calldata key) external view returns (bool);
	function snapshotState() external returns (uint256);
	function revertToState(uint256 state) external returns (bool);
	function toString(uint256 value) external pure returns (string memory);
	function snapshotGasLastCall(string calldata group, string calldata name)
		external
		returns (uint256 gasUsed);
	function snapshotValue(string calldata group, string calldata name, uint256 value) external;
}
