/* task.h - what is verified, as hashes anybody can reproduce (SPEC H1, H2), and the limits of a
 * run. */
#ifndef WP_TASK_H
#define WP_TASK_H

#include "libcommon/types.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WP_CODE_MAX_BYTES     102400
#define WP_CODE_MAX_LINES     5000
#define WP_BODY_MAX_BYTES     1048576
#define WP_TIMEOUT_MIN_S      5
#define WP_TIMEOUT_MAX_S      60
#define WP_TIMEOUT_DEFAULT_S  30
#define WP_CLOCK_DEFAULT_MS   1767225600000
#define WP_MEMORY_LIMIT_BYTES (256 << 20)
#define WP_OUTPUT_LIMIT_BYTES (1 << 20)
#define WP_SALT_MAX_BYTES     64
#define WP_ATTEMPTS_MAX       3

/* "quickjs" → "quickjs@2025-04-26"; NULL when we do not have it. NULL or "" asks for the default.
 */
const char *wp_engine_resolve(const char *name);

struct wp_task {
	const char *task_type; /* "code-execution" */
	struct wp_hash code_hash;
	struct wp_hash input_hash; /* zero: no input */
	bool has_expected;
	struct wp_hash expected_hash;
	const char *engine; /* name@version */
	int64_t timeout_ms;
	int64_t clock_ms;
	const uint8_t *salt;
	size_t salt_size; /* 0: none */
};

/* SHA-256 of the bytes, with a salt of salt || bytes. */
struct wp_hash wp_task_content_hash(
	const uint8_t *salt, size_t salt_size, const void *data, size_t size);

/* keccak-256 of the RFC 8785 form of {"clockMs","codeHash","engine","expectedHash"|null,
 * "inputHash"|null,"limits":{"memoryBytes","outputBytes","timeoutSeconds"},"salt"|null,"taskType"};
 * hashes and the salt as 0x hex texts. 0, -ENOMEM, or what wp_json_canonical says of a text that is
 * not UTF-8, or -WP_E_RANGE (salt too long). */
int wp_task_hash(struct wp_hash *ret_hash, const struct wp_task *task);

/* Math.random's seed: SHA-256(codeHash || inputHash), the input hash being zero without input. */
void wp_task_seed(
	uint8_t seed[static 32], const struct wp_hash *code_hash, const struct wp_hash *input_hash);

/* id of a verification, so that a payment is its own idempotency key: the first 16 bytes of
 * keccak256(abi.encode(uint256 chainId, address asset, address payer, bytes32 nonce)). */
struct wp_id wp_task_payment_id(uint64_t chain_id, const struct wp_address *asset,
	const struct wp_address *payer, const struct wp_hash *nonce);

/* ---- lifetimes: one formula, in one place ---- */
#define WP_BOOT_MARGIN_MS  5000 /* start of an isolate */
#define WP_DRAIN_MARGIN_MS 5000 /* output read and decided */

#define WP_WAIT_MARGIN_MS 600000 /* for a slot: 1,000 waiting behind 100 slots of a minute each */

/* Hard end of an isolate after its start, wall time for timeout_ms of CPU on a loaded host:
 *   boot margin + min(4 * timeout, 60 s) + drain margin, so never past 60 s and the margins (X9).
 */
int64_t wp_lifetime_run_ms(int64_t timeout_ms);
/* PAID/RUNNING → REFUND_DUE this long after PAID, all attempts and the wait for a slot:
 *   WP_ATTEMPTS_MAX * run + wait margin. */
int64_t wp_lifetime_budget_ms(int64_t timeout_ms);

#endif
