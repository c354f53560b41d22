/* eip712.h - typed structured data hashing (EIP-712) and the typed data of EIP-3009. */
#ifndef WP_EVM_EIP712_H
#define WP_EVM_EIP712_H

#include "libcommon/evm/abi.h"
#include "libcommon/types.h"

#define WP_EIP712_MEMBERS_MAX 24 /* of one struct */

struct wp_eip712_domain {
	const char *name;
	const char *version;
	uint64_t chain_id;
	struct wp_address verifying_contract;
};

struct wp_hash wp_eip712_domain_separator(const struct wp_eip712_domain *domain);
/* hashStruct: keccak256(typeHash || encodeData). A BYTES member (string, bytes) enters as its
 * keccak-256; a TUPLE member is not allowed (hash it first and pass the hash as a word). Aborts on
 * a TUPLE and on more members than WP_EIP712_MEMBERS_MAX. */
struct wp_hash wp_eip712_struct_hash(
	const char *type, const struct wp_abi_value *members, size_t count);
/* keccak256(0x1901 || domainSeparator || structHash) */
struct wp_hash wp_eip712_digest(
	const struct wp_hash *domain_separator, const struct wp_hash *struct_hash);

/* EIP-3009 TransferWithAuthorization. */
struct wp_authorization {
	struct wp_address from;
	struct wp_address to;
	struct wp_amount value;
	uint64_t valid_after;
	uint64_t valid_before;
	struct wp_hash nonce;
};
struct wp_hash wp_authorization_digest(
	const struct wp_eip712_domain *token, const struct wp_authorization *authorization);

#endif
