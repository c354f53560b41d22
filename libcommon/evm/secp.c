#include "libcommon/evm/secp.h"

#include "libcommon/base.h"
#include "libcommon/evm/keccak.h"
#include "libcommon/hex.h"

#include <ctype.h>
#include <pthread.h>
#include <secp256k1_recovery.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* Half the group order: a larger s has a twin, which would give one payment two signatures (EIP-2).
 */
static const uint8_t half_order[32] = { 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x5d, 0x57, 0x6e, 0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf,
	0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0 };

static secp256k1_context *shared_context;

static void create_context(void)
{
	uint8_t seed[32];
	shared_context = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
	randombytes_buf(seed, sizeof(seed));
	/* Blinds the signing multiplications against timing and power analysis. */
	if (!secp256k1_context_randomize(shared_context, seed))
		abort();
	sodium_memzero(seed, sizeof(seed));
}

static const secp256k1_context *context(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, create_context);
	return shared_context;
}

void wp_signature_to_bytes(uint8_t bytes[static 65], const struct wp_signature *signature)
{
	memcpy(bytes, signature->r, 32);
	memcpy(bytes + 32, signature->s, 32);
	bytes[64] = (uint8_t)(27 + signature->parity);
}

int wp_signature_from_bytes(struct wp_signature *ret_signature, const uint8_t bytes[static 65])
{
	static const uint8_t zero[32];
	uint8_t v = bytes[64];
	if (v >= 27)
		v = (uint8_t)(v - 27);
	if (v > 1 || memcmp(bytes, zero, 32) == 0 || memcmp(bytes + 32, zero, 32) == 0 ||
		memcmp(bytes + 32, half_order, 32) > 0)
		return -WP_E_FORMAT;
	memcpy(ret_signature->r, bytes, 32);
	memcpy(ret_signature->s, bytes + 32, 32);
	ret_signature->parity = v;
	return 0;
}

static bool is_private_key(const struct wp_secret *key)
{
	return key->size == 32 && secp256k1_ec_seckey_verify(context(), key->data);
}

int wp_secp_sign(struct wp_signature *ret_signature, const struct wp_secret *key,
	const struct wp_hash *digest)
{
	secp256k1_ecdsa_recoverable_signature signature;
	uint8_t compact[64];
	int recovery_id;
	if (!is_private_key(key) || !secp256k1_ecdsa_sign_recoverable(context(), &signature,
					    digest->bytes, key->data, NULL, NULL))
		return -WP_E_RANGE;
	secp256k1_ecdsa_recoverable_signature_serialize_compact(
		context(), compact, &recovery_id, &signature);
	memcpy(ret_signature->r, compact, 32);
	memcpy(ret_signature->s, compact + 32, 32);
	/* Bit 1 says that r overflowed the group order, which has odds of 2^-127. */
	ret_signature->parity = recovery_id & 1;
	return 0;
}

static struct wp_address address_of(const secp256k1_pubkey *public_key)
{
	struct wp_address address;
	uint8_t bytes[65];
	size_t size = sizeof(bytes);
	secp256k1_ec_pubkey_serialize(
		context(), bytes, &size, public_key, SECP256K1_EC_UNCOMPRESSED);
	struct wp_hash hash = wp_keccak256(bytes + 1, sizeof(bytes) - 1);
	memcpy(address.bytes, hash.bytes + 12, sizeof(address.bytes));
	return address;
}

int wp_secp_address(struct wp_address *ret_address, const struct wp_secret *key)
{
	secp256k1_pubkey public_key;
	if (!is_private_key(key) || !secp256k1_ec_pubkey_create(context(), &public_key, key->data))
		return -WP_E_RANGE;
	*ret_address = address_of(&public_key);
	return 0;
}

int wp_secp_recover(struct wp_address *ret_address, const struct wp_signature *signature,
	const struct wp_hash *digest)
{
	secp256k1_ecdsa_recoverable_signature parsed;
	secp256k1_pubkey public_key;
	uint8_t compact[64];
	memcpy(compact, signature->r, 32);
	memcpy(compact + 32, signature->s, 32);
	if (signature->parity > 1 ||
		!secp256k1_ecdsa_recoverable_signature_parse_compact(
			context(), &parsed, compact, signature->parity) ||
		!secp256k1_ecdsa_recover(context(), &public_key, &parsed, digest->bytes))
		return -WP_E_REFUSED;
	*ret_address = address_of(&public_key);
	return 0;
}

char *wp_address_checksum(char text[static WP_ADDRESS_TEXT], const struct wp_address *address)
{
	wp_address_text(text, address);
	struct wp_hash hash = wp_keccak256(text + 2, 40);
	for (size_t i = 0; i < 40; i++) {
		uint8_t mask = i % 2 == 0 ? 0x80 : 0x08; /* the top bit of nibble i */
		if (hash.bytes[i / 2] & mask)
			text[2 + i] = (char)toupper((unsigned char)text[2 + i]);
	}
	return text;
}

int wp_address_parse_strict(struct wp_address *ret_address, const char *text)
{
	struct wp_address address;
	char expected[WP_ADDRESS_TEXT];
	if (wp_address_parse(&address, text))
		return -WP_E_FORMAT;
	bool lower = strpbrk(text + 2, "abcdef"), upper = strpbrk(text + 2, "ABCDEF");
	if (lower && upper && strcmp(wp_address_checksum(expected, &address), text) != 0)
		return -WP_E_FORMAT;
	*ret_address = address;
	return 0;
}
