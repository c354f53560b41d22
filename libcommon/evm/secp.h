/* secp.h - ECDSA over secp256k1 with recovery (libsecp256k1), RFC 6979 nonces, low-s only. */
#ifndef WP_EVM_SECP_H
#define WP_EVM_SECP_H

#include "libcommon/secret.h"
#include "libcommon/types.h"

struct wp_signature {
	uint8_t r[32];
	uint8_t s[32];
	uint8_t parity; /* 0 or 1 */
};

/* r || s || v with v 27/28 (65 bytes), as Solidity's ecrecover and x402 clients use it. */
void wp_signature_to_bytes(uint8_t bytes[static 65], const struct wp_signature *signature);
/* Accepts v 0, 1, 27, 28; refuses high s (EIP-2) and r or s of zero. 0 or -WP_E_FORMAT. */
int wp_signature_from_bytes(struct wp_signature *ret_signature, const uint8_t bytes[static 65]);

/* key: 32 secret bytes. 0, or -WP_E_RANGE when it is not a valid private key. */
int wp_secp_sign(struct wp_signature *ret_signature, const struct wp_secret *key,
	const struct wp_hash *digest);
int wp_secp_address(struct wp_address *ret_address, const struct wp_secret *key);
/* The signer's address. 0 or -WP_E_REFUSED when no public key fits. */
int wp_secp_recover(struct wp_address *ret_address, const struct wp_signature *signature,
	const struct wp_hash *digest);

/* EIP-55 checksummed text. */
char *wp_address_checksum(char text[static WP_ADDRESS_TEXT], const struct wp_address *address);
/* Like wp_address_parse, and a mixed-case text must carry the right checksum. 0 or -WP_E_FORMAT. */
int wp_address_parse_strict(struct wp_address *ret_address, const char *text);

#endif
