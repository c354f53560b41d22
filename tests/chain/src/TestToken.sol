// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.30;

/// @title TestToken
/// @notice An EIP-3009 token for local chains that behaves like USDC (FiatTokenV2_2): the same
/// domain, selectors, reasons and order of events. Anyone may mint.
/// @dev It has no constructor and no immutables, so its runtime code can be placed at any address.
contract TestToken {
	string public constant name = "USDC";
	string public constant symbol = "USDC";
	string public constant version = "2";
	uint8 public constant decimals = 6;

	bytes32 public constant TRANSFER_WITH_AUTHORIZATION_TYPEHASH = keccak256(
		"TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
	);
	bytes32 public constant RECEIVE_WITH_AUTHORIZATION_TYPEHASH = keccak256(
		"ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
	);
	bytes32 public constant CANCEL_AUTHORIZATION_TYPEHASH =
		keccak256("CancelAuthorization(address authorizer,bytes32 nonce)");

	bytes32 internal constant DOMAIN_TYPEHASH = keccak256(
		"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
	);
	uint256 internal constant HALF_ORDER =
		0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;
	bytes4 internal constant ERC1271_MAGIC = 0x1626ba7e;

	uint256 public totalSupply;
	mapping(address account => uint256) public balanceOf;
	mapping(address owner => mapping(address spender => uint256)) public allowance;
	/// @notice True once the nonce is used or cancelled; it does not tell which.
	mapping(address authorizer => mapping(bytes32 nonce => bool)) public authorizationState;

	event Transfer(address indexed from, address indexed to, uint256 value);
	event Approval(address indexed owner, address indexed spender, uint256 value);
	event AuthorizationUsed(address indexed authorizer, bytes32 indexed nonce);
	event AuthorizationCanceled(address indexed authorizer, bytes32 indexed nonce);

	function mint(address to, uint256 value) external returns (bool) {
		require(to != address(0), "FiatToken: mint to the zero address");
		totalSupply += value;
		balanceOf[to] += value;
		emit Transfer(address(0), to, value);
		return true;
	}

	function transfer(address to, uint256 value) external returns (bool) {
		_transfer(msg.sender, to, value);
		return true;
	}

	function approve(address spender, uint256 value) external returns (bool) {
		require(spender != address(0), "ERC20: approve to the zero address");
		allowance[msg.sender][spender] = value;
		emit Approval(msg.sender, spender, value);
		return true;
	}

	function transferFrom(address from, address to, uint256 value) external returns (bool) {
		require(value <= allowance[from][msg.sender], "ERC20: transfer amount exceeds allowance");
		_transfer(from, to, value);
		allowance[from][msg.sender] -= value;
		return true;
	}

	function transferWithAuthorization(
		address from,
		address to,
		uint256 value,
		uint256 validAfter,
		uint256 validBefore,
		bytes32 nonce,
		uint8 v,
		bytes32 r,
		bytes32 s
	) external {
		transferWithAuthorization(
			from, to, value, validAfter, validBefore, nonce, abi.encodePacked(r, s, v)
		);
	}

	function receiveWithAuthorization(
		address from,
		address to,
		uint256 value,
		uint256 validAfter,
		uint256 validBefore,
		bytes32 nonce,
		uint8 v,
		bytes32 r,
		bytes32 s
	) external {
		receiveWithAuthorization(
			from, to, value, validAfter, validBefore, nonce, abi.encodePacked(r, s, v)
		);
	}

	function cancelAuthorization(address authorizer, bytes32 nonce, uint8 v, bytes32 r, bytes32 s)
		external
	{
		cancelAuthorization(authorizer, nonce, abi.encodePacked(r, s, v));
	}

	function transferWithAuthorization(
		address from,
		address to,
		uint256 value,
		uint256 validAfter,
		uint256 validBefore,
		bytes32 nonce,
		bytes memory signature
	) public {
		_requireValidAuthorization(from, nonce, validAfter, validBefore);
		_requireValidSignature(
			from,
			keccak256(
				abi.encode(
					TRANSFER_WITH_AUTHORIZATION_TYPEHASH,
					from,
					to,
					value,
					validAfter,
					validBefore,
					nonce
				)
			),
			signature
		);
		_useAuthorization(from, nonce);
		_transfer(from, to, value);
	}

	function receiveWithAuthorization(
		address from,
		address to,
		uint256 value,
		uint256 validAfter,
		uint256 validBefore,
		bytes32 nonce,
		bytes memory signature
	) public {
		require(to == msg.sender, "FiatTokenV2: caller must be the payee");
		_requireValidAuthorization(from, nonce, validAfter, validBefore);
		_requireValidSignature(
			from,
			keccak256(
				abi.encode(
					RECEIVE_WITH_AUTHORIZATION_TYPEHASH,
					from,
					to,
					value,
					validAfter,
					validBefore,
					nonce
				)
			),
			signature
		);
		_useAuthorization(from, nonce);
		_transfer(from, to, value);
	}

	function cancelAuthorization(address authorizer, bytes32 nonce, bytes memory signature) public {
		_requireUnusedAuthorization(authorizer, nonce);
		_requireValidSignature(
			authorizer,
			keccak256(abi.encode(CANCEL_AUTHORIZATION_TYPEHASH, authorizer, nonce)),
			signature
		);
		authorizationState[authorizer][nonce] = true;
		emit AuthorizationCanceled(authorizer, nonce);
	}

	function DOMAIN_SEPARATOR() public view returns (bytes32) {
		return keccak256(
			abi.encode(
				DOMAIN_TYPEHASH,
				keccak256(bytes(name)),
				keccak256(bytes(version)),
				block.chainid,
				address(this)
			)
		);
	}

	function _transfer(address from, address to, uint256 value) internal {
		require(from != address(0), "ERC20: transfer from the zero address");
		require(to != address(0), "ERC20: transfer to the zero address");
		require(value <= balanceOf[from], "ERC20: transfer amount exceeds balance");
		balanceOf[from] -= value;
		balanceOf[to] += value;
		emit Transfer(from, to, value);
	}

	function _useAuthorization(address authorizer, bytes32 nonce) internal {
		authorizationState[authorizer][nonce] = true;
		emit AuthorizationUsed(authorizer, nonce);
	}

	function _requireUnusedAuthorization(address authorizer, bytes32 nonce) internal view {
		require(
			!authorizationState[authorizer][nonce], "FiatTokenV2: authorization is used or canceled"
		);
	}

	function _requireValidAuthorization(
		address authorizer,
		bytes32 nonce,
		uint256 validAfter,
		uint256 validBefore
	) internal view {
		require(block.timestamp > validAfter, "FiatTokenV2: authorization is not yet valid");
		require(block.timestamp < validBefore, "FiatTokenV2: authorization is expired");
		_requireUnusedAuthorization(authorizer, nonce);
	}

	function _requireValidSignature(address signer, bytes32 structHash, bytes memory signature)
		internal
		view
	{
		bytes32 digest = keccak256(abi.encodePacked(hex"1901", DOMAIN_SEPARATOR(), structHash));
		bool valid = signer.code.length == 0
			? _recover(digest, signature) == signer
			: _isContractSignature(signer, digest, signature);
		require(valid, "FiatTokenV2: invalid signature");
	}

	function _isContractSignature(address signer, bytes32 digest, bytes memory signature)
		internal
		view
		returns (bool)
	{
		(bool answered, bytes memory answer) =
			signer.staticcall(abi.encodeWithSelector(ERC1271_MAGIC, digest, signature));
		return
			answered && answer.length >= 32
				&& abi.decode(answer, (bytes32)) == bytes32(ERC1271_MAGIC);
	}

	function _recover(bytes32 digest, bytes memory signature) internal pure returns (address) {
		require(signature.length == 65, "ECRecover: invalid signature length");
		bytes32 r;
		bytes32 s;
		uint8 v;
		assembly ("memory-safe") {
			r := mload(add(signature, 0x20))
			s := mload(add(signature, 0x40))
			v := byte(0, mload(add(signature, 0x60)))
		}
		require(uint256(s) <= HALF_ORDER, "ECRecover: invalid signature 's' value");
		require(v == 27 || v == 28, "ECRecover: invalid signature 'v' value");
		address signer = ecrecover(digest, v, r, s);
		require(signer != address(0), "ECRecover: invalid signature");
		return signer;
	}
}
