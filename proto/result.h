/* result.h - the result line: what the host saw of one run, written by vm-orchestrator behind the
 * output and read by log-streamer. No byte of it comes from the guest unescaped, and it carries a
 * MAC (libsodium crypto_auth) whose key no guest ever sees (SPEC X6). NOTARY_RESULT:
 * {"attempt":1,…,"mac":"<64 hex>"} */
#ifndef WP_RESULT_H
#define WP_RESULT_H

#include "libcommon/buffer.h"
#include "libcommon/secret.h"
#include "libcommon/types.h"

#include <stdint.h>

#define WP_RESULT_PREFIX "NOTARY_RESULT: "

struct wp_result {
	struct wp_id id;
	uint32_t attempt;
	char outcome[16];    /* "OK", "ERROR", "TIMEOUT", "FAILED" */
	char error_code[16]; /* "RUNTIME" …, "" */
	char *error_message; /* owned; "" if none */
	char *result;        /* owned; JSON text */
	struct wp_hash output_hash;
	uint64_t output_bytes;
	int64_t time_ms;
	int64_t memory_peak_bytes;
	char engine[64]; /* name@version */
	struct wp_hash guest_digest;
	char driver[16];
	char isolation[16];
};

void wp_result_free(struct wp_result *result);

/* Appends the line without a newline. key: 32 bytes. 0, -ENOMEM, -WP_E_RANGE. */
int wp_result_write(
	struct wp_buffer *out, const struct wp_result *result, const struct wp_secret *key);
/* Parses and checks the MAC. 0, -WP_E_FORMAT, -WP_E_REFUSED (MAC), -ENOMEM. */
int wp_result_read(
	struct wp_result *ret_result, const char *line, size_t size, const struct wp_secret *key);

#endif
