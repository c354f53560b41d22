// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.30;

import { TestToken } from "chain/TestToken.sol";
import { Helpers } from "./TestBase.sol";
import { Vm } from "./Vm.sol";

/// @dev A wallet contract that says yes to every signature (ERC-1271).
contract Wallet {
	function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
		return 0x1626ba7e;
	}
}

/// @dev P1, P4: the test token does what USDC does, so that what holds here holds there.
contract TestTokenTest is Helpers {
	uint256 internal constant KEY = 0xA11CE;
	address internal constant PAYEE = address(0xBEEF);
	bytes32 internal constant NONCE = keccak256("nonce");

	TestToken internal token;
	address internal payer;

	struct Authorization {
		bytes32 typeHash;
		uint256 value;
		uint256 validAfter;
		uint256 validBefore;
	}

	function setUp() public {
		vm.warp(START);
		token = new TestToken();
		payer = vm.addr(KEY);
		token.mint(payer, 1_000_000);
	}

	function transferOf(uint256 value) internal view returns (Authorization memory) {
		return Authorization(token.TRANSFER_WITH_AUTHORIZATION_TYPEHASH(), value, 0, START + 60);
	}

	function sign(bytes32 structHash) internal view returns (uint8 v, bytes32 r, bytes32 s) {
		bytes32 domain = token.DOMAIN_SEPARATOR();
		return vm.sign(KEY, keccak256(abi.encodePacked(hex"1901", domain, structHash)));
	}

	function sign(Authorization memory wish) internal view returns (uint8 v, bytes32 r, bytes32 s) {
		return sign(
			keccak256(
				abi.encode(
					wish.typeHash,
					payer,
					PAYEE,
					wish.value,
					wish.validAfter,
					wish.validBefore,
					NONCE
				)
			)
		);
	}

	function send(Authorization memory wish) internal {
		(uint8 v, bytes32 r, bytes32 s) = sign(wish);
		send(wish, v, r, s);
	}

	function send(Authorization memory wish, uint8 v, bytes32 r, bytes32 s) internal {
		token.transferWithAuthorization(
			payer, PAYEE, wish.value, wish.validAfter, wish.validBefore, NONCE, v, r, s
		);
	}

	function refuses(Authorization memory wish, string memory reason) internal {
		(uint8 v, bytes32 r, bytes32 s) = sign(wish);
		vm.expectRevert(abi.encodeWithSignature("Error(string)", reason));
		send(wish, v, r, s);
	}

	function test_P1_describesItselfAsUsdc() public view {
		same(token.name(), "USDC", "name");
		same(token.symbol(), "USDC", "symbol");
		same(token.version(), "2", "version");
		same(token.decimals(), 6, "decimals");
		same(
			token.TRANSFER_WITH_AUTHORIZATION_TYPEHASH(),
			0x7c7c6cdb67a18743f49ec6fa9b35f50d52ed05cbed4cc592e13b44501c1a2267,
			"type hash"
		);
	}

	/// @dev The domain of USDC on Base Sepolia, as clients compute it.
	function test_P1_domainAtUsdcAddress() public {
		address usdc = 0x036CbD53842c5426634e7929541eC2318f3dCF7e;
		vm.etch(usdc, address(token).code);
		vm.chainId(84532);
		same(
			TestToken(usdc).DOMAIN_SEPARATOR(),
			0x71f17a3b2ff373b803d70a5a07c046c1a2bc8e89c09ef722fcb047abe94c9818,
			"domain"
		);
	}

	function test_P4_authorizationUsedThenTransfer() public {
		vm.recordLogs();
		send(transferOf(10_000));
		Vm.Log[] memory logs = vm.getRecordedLogs();
		same(logs.length, 2, "two events");
		same(logs[0].topics[0], TestToken.AuthorizationUsed.selector, "first event");
		same(logs[0].topics[1], bytes32(uint256(uint160(payer))), "authorizer");
		same(logs[0].topics[2], NONCE, "nonce");
		same(logs[1].topics[0], TestToken.Transfer.selector, "second event");
		same(logs[1].topics[2], bytes32(uint256(uint160(PAYEE))), "payee");
		same(bytes32(logs[1].data), bytes32(uint256(10_000)), "value");
		same(token.balanceOf(PAYEE), 10_000, "payee's balance");
		same(token.balanceOf(payer), 990_000, "payer's balance");
		isTrue(token.authorizationState(payer, NONCE), "nonce is used");
	}

	function test_P4_signatureAsBytes() public {
		(uint8 v, bytes32 r, bytes32 s) = sign(transferOf(5));
		token.transferWithAuthorization(
			payer, PAYEE, 5, 0, START + 60, NONCE, abi.encodePacked(r, s, v)
		);
		same(token.balanceOf(PAYEE), 5, "payee's balance");
	}

	function test_P4_walletContractPays() public {
		address wallet = address(new Wallet());
		token.mint(wallet, 5);
		token.transferWithAuthorization(wallet, PAYEE, 5, 0, START + 60, NONCE, "any");
		same(token.balanceOf(PAYEE), 5, "payee's balance");
	}

	function test_P4_usedTwice() public {
		send(transferOf(1));
		refuses(transferOf(1), "FiatTokenV2: authorization is used or canceled");
	}

	function test_P4_timeLimits() public {
		Authorization memory wish = transferOf(1);
		wish.validAfter = START;
		refuses(wish, "FiatTokenV2: authorization is not yet valid");
		wish.validAfter = START - 1;
		wish.validBefore = START;
		refuses(wish, "FiatTokenV2: authorization is expired");
		wish.validBefore = START + 1;
		send(wish);
	}

	function test_P4_balanceLimit() public {
		refuses(transferOf(1_000_001), "ERC20: transfer amount exceeds balance");
		send(transferOf(1_000_000));
	}

	function test_P4_signatures() public {
		Authorization memory wish = transferOf(1);
		(uint8 v, bytes32 r, bytes32 s) = sign(wish);
		bytes32 twin = bytes32(ORDER - uint256(s));
		vm.expectRevert(
			abi.encodeWithSignature("Error(string)", "ECRecover: invalid signature 's' value")
		);
		send(wish, 55 - v, r, twin);
		vm.expectRevert(
			abi.encodeWithSignature("Error(string)", "ECRecover: invalid signature 'v' value")
		);
		send(wish, v - 27, r, s);
		wish.value = 2;
		vm.expectRevert(abi.encodeWithSignature("Error(string)", "FiatTokenV2: invalid signature"));
		send(wish, v, r, s);
	}

	function test_P4_receiveOnlyByThePayee() public {
		Authorization memory wish = transferOf(7);
		wish.typeHash = token.RECEIVE_WITH_AUTHORIZATION_TYPEHASH();
		(uint8 v, bytes32 r, bytes32 s) = sign(wish);
		vm.expectRevert(
			abi.encodeWithSignature("Error(string)", "FiatTokenV2: caller must be the payee")
		);
		token.receiveWithAuthorization(payer, PAYEE, 7, 0, START + 60, NONCE, v, r, s);
		vm.prank(PAYEE);
		token.receiveWithAuthorization(payer, PAYEE, 7, 0, START + 60, NONCE, v, r, s);
		same(token.balanceOf(PAYEE), 7, "payee's balance");
	}

	/// @dev A cancelled nonce looks used, though no money moved.
	function test_P4_cancel() public {
		(uint8 v, bytes32 r, bytes32 s) =
			sign(keccak256(abi.encode(token.CANCEL_AUTHORIZATION_TYPEHASH(), payer, NONCE)));
		token.cancelAuthorization(payer, NONCE, v, r, s);
		isTrue(token.authorizationState(payer, NONCE), "nonce is spent");
		same(token.balanceOf(PAYEE), 0, "payee's balance");
		refuses(transferOf(1), "FiatTokenV2: authorization is used or canceled");
		vm.expectRevert(
			abi.encodeWithSignature(
				"Error(string)", "FiatTokenV2: authorization is used or canceled"
			)
		);
		token.cancelAuthorization(payer, NONCE, abi.encodePacked(r, s, v));
	}

	function test_P1_allowance() public {
		vm.prank(payer);
		token.approve(address(this), 3);
		token.transferFrom(payer, PAYEE, 2);
		same(token.allowance(payer, address(this)), 1, "what is left");
		vm.expectRevert(
			abi.encodeWithSignature("Error(string)", "ERC20: transfer amount exceeds allowance")
		);
		token.transferFrom(payer, PAYEE, 2);
		vm.prank(payer);
		token.transfer(PAYEE, 1);
		same(token.balanceOf(PAYEE), 3, "payee's balance");
	}
}
