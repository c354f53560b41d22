/* statement.h - what one daemon states to chain-writer, which believes no record (SPEC C5): Ed25519
 * (libsodium crypto_sign_detached) over a fixed-layout message with its own prefix. */
#ifndef WP_STATEMENT_H
#define WP_STATEMENT_H

#include "libcommon/amount.h"
#include "libcommon/secret.h"
#include "libcommon/types.h"
#include "proto/verdict.h"

#include <stdbool.h>

#define WP_STATEMENT_TEXT 131 /* 64 bytes as 0x hex and NUL */

struct wp_public_key {
	uint8_t bytes[32];
};

/* By payment-verifier: this log is the payment of id. */
struct wp_payment_statement {
	struct wp_id id;
	uint64_t chain_id;
	struct wp_address asset;
	struct wp_address payer;
	struct wp_amount value;
	struct wp_hash transaction;
	uint64_t log_index;
};

/* By log-streamer: this run of id ended so. */
struct wp_verdict_statement {
	struct wp_id id;
	uint64_t fence; /* of RUNNING */
	struct wp_hash task_hash;
	struct wp_hash output_hash;
	enum wp_verdict verdict;
	const char *engine; /* name@version */
	struct wp_hash guest_digest;
	const char *driver;
	const char *isolation;
};

/* seed: 32 secret bytes; the public key follows from it. */
int wp_statement_public_key(struct wp_public_key *ret_key, const struct wp_secret *seed);

/* Write the signature as text. 0 or -WP_E_RANGE (seed is not 32 bytes, a text is over 255). */
int wp_payment_statement_sign(char text[static WP_STATEMENT_TEXT],
	const struct wp_payment_statement *statement, const struct wp_secret *seed);
int wp_verdict_statement_sign(char text[static WP_STATEMENT_TEXT],
	const struct wp_verdict_statement *statement, const struct wp_secret *seed);

/* False for anything that is not exactly that signature by that key. */
bool wp_payment_statement_verify(const struct wp_payment_statement *statement, const char *text,
	const struct wp_public_key *key);
bool wp_verdict_statement_verify(const struct wp_verdict_statement *statement, const char *text,
	const struct wp_public_key *key);

#endif
