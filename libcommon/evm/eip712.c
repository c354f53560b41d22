#include "libcommon/evm/eip712.h"

#include "libcommon/base.h"
#include "libcommon/evm/keccak.h"

#include <stdlib.h>
#include <string.h>

static struct wp_hash keccak_text(const char *text)
{
	return wp_keccak256(text, strlen(text));
}

/* encodeData of one member: 32 bytes. */
static struct wp_hash member_word(const struct wp_abi_value *member)
{
	struct wp_hash word;
	switch (member->kind) {
	case WP_ABI_WORD:
		memcpy(word.bytes, member->word, sizeof(word.bytes));
		return word;
	case WP_ABI_BYTES:
		return wp_keccak256(member->data, member->size);
	case WP_ABI_TUPLE:
		break;
	}
	abort(); /* a caller's mistake, never input */
}

struct wp_hash wp_eip712_struct_hash(
	const char *type, const struct wp_abi_value *members, size_t count)
{
	struct wp_hash words[1 + WP_EIP712_MEMBERS_MAX];
	if (count > WP_EIP712_MEMBERS_MAX)
		abort();
	words[0] = keccak_text(type);
	for (size_t i = 0; i < count; i++)
		words[i + 1] = member_word(&members[i]);
	return wp_keccak256(words, (count + 1) * sizeof(words[0]));
}

struct wp_hash wp_eip712_domain_separator(const struct wp_eip712_domain *domain)
{
	const struct wp_abi_value members[] = {
		wp_abi_string(domain->name),
		wp_abi_string(domain->version),
		wp_abi_u64(domain->chain_id),
		wp_abi_address(&domain->verifying_contract),
	};
	return wp_eip712_struct_hash("EIP712Domain(string name,string version,uint256 chainId,"
				     "address verifyingContract)",
		members, WP_ARRAY_LEN(members));
}

struct wp_hash wp_eip712_digest(
	const struct wp_hash *domain_separator, const struct wp_hash *struct_hash)
{
	const struct wp_bytes_view pieces[] = {
		{ "\x19\x01", 2 },
		{ domain_separator->bytes, sizeof(domain_separator->bytes) },
		{ struct_hash->bytes, sizeof(struct_hash->bytes) },
	};
	return wp_keccak256_pieces(pieces, WP_ARRAY_LEN(pieces));
}

struct wp_hash wp_authorization_digest(
	const struct wp_eip712_domain *token, const struct wp_authorization *authorization)
{
	const struct wp_abi_value members[] = {
		wp_abi_address(&authorization->from),
		wp_abi_address(&authorization->to),
		wp_abi_amount(&authorization->value),
		wp_abi_u64(authorization->valid_after),
		wp_abi_u64(authorization->valid_before),
		wp_abi_hash(&authorization->nonce),
	};
	struct wp_hash struct_hash = wp_eip712_struct_hash(
		"TransferWithAuthorization(address from,address to,uint256 value,"
		"uint256 validAfter,uint256 validBefore,bytes32 nonce)",
		members, WP_ARRAY_LEN(members));
	struct wp_hash separator = wp_eip712_domain_separator(token);
	return wp_eip712_digest(&separator, &struct_hash);
}
