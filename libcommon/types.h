/* types.h - the fixed-size values that cross every boundary. Compared with memcmp through the
 * _equal functions; all-zero means "none". Text forms are lower-case 0x hex (addresses: EIP-55). */
#ifndef WP_TYPES_H
#define WP_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wp_id { /* a verification */
	uint8_t bytes[16];
};
struct wp_hash { /* SHA-256, keccak-256, bytes32 */
	uint8_t bytes[32];
};
struct wp_address { /* an EVM account */
	uint8_t bytes[20];
};

#define WP_ID_TEXT      35 /* buffer sizes, NUL included */
#define WP_HASH_TEXT    67
#define WP_ADDRESS_TEXT 43

/* Parsers: 0, or -WP_E_FORMAT with the output untouched. "0x" is required for ids and addresses,
 * optional for hashes. wp_address_parse takes any case; wp_address_parse_strict (libcommon/evm)
 * also checks an EIP-55 checksum where the text has mixed case. */
int wp_id_parse(struct wp_id *ret_id, const char *text);
int wp_hash_parse(struct wp_hash *ret_hash, const char *text);
int wp_address_parse(struct wp_address *ret_address, const char *text);

/* Writers return text. */
char *wp_id_text(char text[static WP_ID_TEXT], const struct wp_id *id);
char *wp_hash_text(char text[static WP_HASH_TEXT], const struct wp_hash *hash);
char *wp_address_text(
	char text[static WP_ADDRESS_TEXT], const struct wp_address *address); /* lower case */

bool wp_id_equal(const struct wp_id *a, const struct wp_id *b);
bool wp_hash_equal(const struct wp_hash *a, const struct wp_hash *b);
bool wp_hash_is_zero(const struct wp_hash *hash);
bool wp_address_equal(const struct wp_address *a, const struct wp_address *b);
bool wp_address_is_zero(const struct wp_address *address);

/* SHA-256 (FIPS 180-4, libsodium) of data; with a salt, of salt followed by data. */
struct wp_hash wp_sha256(const void *data, size_t size);
struct wp_hash wp_sha256_salted(const void *salt, size_t salt_size, const void *data, size_t size);

#endif
