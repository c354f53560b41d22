/* statement.c - Ed25519 over fixed-layout messages. Layout: a prefix with its NUL, then the fields
 * in the order of the struct, integers big-endian, a text as one byte of length and its bytes. */
#include "proto/statement.h"

#include "libcommon/base.h"
#include "libcommon/hex.h"

#include <sodium.h>
#include <string.h>

#define PAYMENT_PREFIX "WorkProof payment statement 1"
#define VERDICT_PREFIX "WorkProof verdict statement 1"
#define MESSAGE_MAX    1024
#define TEXT_MAX       255

struct message {
	uint8_t data[MESSAGE_MAX];
	size_t size;
	bool failed;
};

static void put(struct message *message, const void *data, size_t size)
{
	if (size > sizeof message->data - message->size) {
		message->failed = true;
		return;
	}
	memcpy(message->data + message->size, data, size);
	message->size += size;
}

static void put_u64(struct message *message, uint64_t value)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(value >> (56 - 8 * i));
	put(message, bytes, sizeof bytes);
}

static void put_text(struct message *message, const char *text)
{
	size_t size = strlen(text);
	uint8_t length = (uint8_t)size;

	if (size > TEXT_MAX) {
		message->failed = true;
		return;
	}
	put(message, &length, 1);
	put(message, text, size);
}

static void write_payment(struct message *message, const struct wp_payment_statement *statement)
{
	uint8_t value[32];

	wp_amount_to_be(value, &statement->value);
	put(message, PAYMENT_PREFIX, sizeof PAYMENT_PREFIX);
	put(message, statement->id.bytes, sizeof statement->id.bytes);
	put_u64(message, statement->chain_id);
	put(message, statement->asset.bytes, sizeof statement->asset.bytes);
	put(message, statement->payer.bytes, sizeof statement->payer.bytes);
	put(message, value, sizeof value);
	put(message, statement->transaction.bytes, sizeof statement->transaction.bytes);
	put_u64(message, statement->log_index);
}

static void write_verdict(struct message *message, const struct wp_verdict_statement *statement)
{
	uint8_t verdict = (uint8_t)statement->verdict;

	put(message, VERDICT_PREFIX, sizeof VERDICT_PREFIX);
	put(message, statement->id.bytes, sizeof statement->id.bytes);
	put_u64(message, statement->fence);
	put(message, statement->task_hash.bytes, sizeof statement->task_hash.bytes);
	put(message, statement->output_hash.bytes, sizeof statement->output_hash.bytes);
	put(message, &verdict, 1);
	put_text(message, statement->engine);
	put(message, statement->guest_digest.bytes, sizeof statement->guest_digest.bytes);
	put_text(message, statement->driver);
	put_text(message, statement->isolation);
}

int wp_statement_public_key(struct wp_public_key *ret_key, const struct wp_secret *seed)
{
	uint8_t secret[crypto_sign_SECRETKEYBYTES];

	if (seed->size != crypto_sign_SEEDBYTES)
		return -WP_E_RANGE;
	crypto_sign_seed_keypair(ret_key->bytes, secret, seed->data);
	sodium_memzero(secret, sizeof secret);
	return 0;
}

static int sign(char text[static WP_STATEMENT_TEXT], const struct message *message,
	const struct wp_secret *seed)
{
	uint8_t public[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
	uint8_t signature[crypto_sign_BYTES];

	if (message->failed || seed->size != crypto_sign_SEEDBYTES)
		return -WP_E_RANGE;
	crypto_sign_seed_keypair(public, secret, seed->data);
	crypto_sign_detached(signature, NULL, message->data, message->size, secret);
	sodium_memzero(secret, sizeof secret);
	wp_hex_encode0x(text, signature, sizeof signature);
	return 0;
}

static bool verify(const struct message *message, const char *text, const struct wp_public_key *key)
{
	uint8_t signature[crypto_sign_BYTES];
	char again[WP_STATEMENT_TEXT];

	if (message->failed || strlen(text) != WP_STATEMENT_TEXT - 1 ||
		wp_hex_decode(signature, sizeof signature, text, WP_STATEMENT_TEXT - 1) != 0)
		return false;
	wp_hex_encode0x(again, signature, sizeof signature);
	return strcmp(again, text) == 0 && crypto_sign_verify_detached(signature, message->data,
						   message->size, key->bytes) == 0;
}

int wp_payment_statement_sign(char text[static WP_STATEMENT_TEXT],
	const struct wp_payment_statement *statement, const struct wp_secret *seed)
{
	struct message message = { 0 };

	write_payment(&message, statement);
	return sign(text, &message, seed);
}

int wp_verdict_statement_sign(char text[static WP_STATEMENT_TEXT],
	const struct wp_verdict_statement *statement, const struct wp_secret *seed)
{
	struct message message = { 0 };

	write_verdict(&message, statement);
	return sign(text, &message, seed);
}

bool wp_payment_statement_verify(const struct wp_payment_statement *statement, const char *text,
	const struct wp_public_key *key)
{
	struct message message = { 0 };

	write_payment(&message, statement);
	return verify(&message, text, key);
}

bool wp_verdict_statement_verify(const struct wp_verdict_statement *statement, const char *text,
	const struct wp_public_key *key)
{
	struct message message = { 0 };

	write_verdict(&message, statement);
	return verify(&message, text, key);
}
