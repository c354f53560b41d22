#include "services/gateway/token.h"

#include <sodium.h>
#include <string.h>

char *token_make(char text[static TOKEN_TEXT], const struct wp_secret *key, const struct wp_id *id)
{
	uint8_t mac[crypto_auth_hmacsha256_BYTES];
	crypto_auth_hmacsha256(mac, id->bytes, sizeof(id->bytes), key->data);
	return sodium_bin2base64(
		text, TOKEN_TEXT, mac, sizeof(mac), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool token_opens(const char *given, const struct wp_secret *key, const struct wp_id *id)
{
	char expected[TOKEN_TEXT];
	token_make(expected, key, id);
	return given && strlen(given) == TOKEN_TEXT - 1 &&
	       sodium_memcmp(given, expected, TOKEN_TEXT - 1) == 0;
}
