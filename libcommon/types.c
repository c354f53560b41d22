#include "libcommon/types.h"

#include "libcommon/base.h"
#include "libcommon/hex.h"

#include <sodium.h>
#include <string.h>

static int parse_prefixed(uint8_t *bytes, size_t size, const char *text)
{
	if (strncmp(text, "0x", 2) != 0)
		return -WP_E_FORMAT;
	return wp_hex_decode(bytes, size, text, strlen(text));
}

int wp_id_parse(struct wp_id *ret_id, const char *text)
{
	return parse_prefixed(ret_id->bytes, sizeof(ret_id->bytes), text);
}

int wp_hash_parse(struct wp_hash *ret_hash, const char *text)
{
	return wp_hex_decode(ret_hash->bytes, sizeof(ret_hash->bytes), text, strlen(text));
}

int wp_address_parse(struct wp_address *ret_address, const char *text)
{
	return parse_prefixed(ret_address->bytes, sizeof(ret_address->bytes), text);
}

char *wp_id_text(char text[static WP_ID_TEXT], const struct wp_id *id)
{
	wp_hex_encode0x(text, id->bytes, sizeof(id->bytes));
	return text;
}

char *wp_hash_text(char text[static WP_HASH_TEXT], const struct wp_hash *hash)
{
	wp_hex_encode0x(text, hash->bytes, sizeof(hash->bytes));
	return text;
}

char *wp_address_text(char text[static WP_ADDRESS_TEXT], const struct wp_address *address)
{
	wp_hex_encode0x(text, address->bytes, sizeof(address->bytes));
	return text;
}

bool wp_id_equal(const struct wp_id *a, const struct wp_id *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

bool wp_hash_equal(const struct wp_hash *a, const struct wp_hash *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

bool wp_hash_is_zero(const struct wp_hash *hash)
{
	return wp_hash_equal(hash, &(struct wp_hash){ 0 });
}

bool wp_address_equal(const struct wp_address *a, const struct wp_address *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

bool wp_address_is_zero(const struct wp_address *address)
{
	return wp_address_equal(address, &(struct wp_address){ 0 });
}

struct wp_hash wp_sha256(const void *data, size_t size)
{
	return wp_sha256_salted(NULL, 0, data, size);
}

struct wp_hash wp_sha256_salted(const void *salt, size_t salt_size, const void *data, size_t size)
{
	struct wp_hash hash;
	crypto_hash_sha256_state state;
	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, salt, salt_size);
	crypto_hash_sha256_update(&state, data, size);
	crypto_hash_sha256_final(&state, hash.bytes);
	return hash;
}
