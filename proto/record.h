/* record.h - one verification as Redis holds it: the hash wp:v:<id>. The table below is the whole
 * of it: name, who writes it, what it is. Values are texts: hashes, ids and addresses as 0x hex,
 * amounts and times as decimals. */
#ifndef WP_RECORD_H
#define WP_RECORD_H

#include "libcommon/amount.h"
#include "libcommon/types.h"
#include "proto/state.gen.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* clang-format off */
/*      field             written by         meaning */
#define WP_RECORD_FIELDS(X) \
	X(st,               functions,         "state") \
	X(fence,            functions,         "current fence") \
	X(attempt,          functions,         "runs started") \
	X(claims,           functions,         "claims since the last move") \
	X(created_ms,       functions,         "Redis time of admission") \
	X(moved_ms,         functions,         "Redis time of the last move") \
	X(paid_ms,          functions,         "Redis time of the first move to PAID") \
	X(running_ms,       functions,         "of the last move to RUNNING") \
	X(decided_ms,       functions,         "of the move to DECIDED") \
	X(ended_ms,         functions,         "of the move to an end state") \
	X(deadline_ms,      functions,         "Redis time after which PAID and RUNNING turn to REFUND_DUE") \
	X(trace,            payment_verifier,  "W3C traceparent") \
	X(request_hash,     functions,         "SHA-256 of the RFC 8785 form of the body") \
	X(task_type,        payment_verifier,  "code-execution") \
	X(task_hash,        payment_verifier,  "keccak-256, H2") \
	X(code_hash,        payment_verifier,  "SHA-256, salted if there is a salt") \
	X(input_hash,       payment_verifier,  "the same; absent without input") \
	X(expected_hash,    payment_verifier,  "absent if none was given") \
	X(engine,           payment_verifier,  "name@version, fixed at admission") \
	X(isolation_min,    payment_verifier,  "process or vm") \
	X(timeout_ms,       payment_verifier,  "CPU time of the program") \
	X(clock_ms,         payment_verifier,  "what the program's clock says") \
	X(check_determinism, payment_verifier, "same-engine, cross-engine or absent") \
	X(attest,           payment_verifier,  "receipt, batched or direct") \
	X(agent_id,         payment_verifier,  "ERC-8004 agent, decimal, or absent") \
	X(salt,             payment_verifier,  "0x hex or absent") \
	X(method,           payment_verifier,  "x402-v1, x402-v2 or native") \
	X(chain_id,         payment_verifier,  "decimal") \
	X(asset,            payment_verifier,  "token, or zero address for the native coin") \
	X(payer,            functions,         "address") \
	X(pay_to,           payment_verifier,  "our wallet") \
	X(value,            functions,         "atomic units, decimal") \
	X(valid_after,      payment_verifier,  "EIP-3009, Unix seconds") \
	X(valid_before,     payment_verifier,  "EIP-3009, Unix seconds") \
	X(pay_nonce,        payment_verifier,  "EIP-3009 nonce") \
	X(pay_signature,    payment_verifier,  "65 bytes, 0x hex") \
	X(seen_block,       payment_verifier,  "head block at admission: logs are looked for from here") \
	X(settle_tx,        chain_writer,      "hash of our settlement's first version") \
	X(pay_tx,           payment_verifier,  "transaction that holds the proof") \
	X(pay_log,          payment_verifier,  "index of its Transfer log") \
	X(pay_block,        payment_verifier,  "block number of the proof") \
	X(pay_block_hash,   payment_verifier,  "and its hash") \
	X(pay_statement,    payment_verifier,  "Ed25519 over wp_payment_statement, hex") \
	X(reject_reason,    payment_verifier,  "stable code") \
	X(host,             vm_orchestrator,   "bus endpoint that serves the output") \
	X(driver,           vm_orchestrator,   "driver of the last attempt") \
	X(isolation,        vm_orchestrator,   "its class") \
	X(vm_end_ms,        vm_orchestrator,   "Redis time of the isolate's hard end") \
	X(verdict,          log_streamer,      "VALID …, or FAILED") \
	X(error_code,       log_streamer,      "RUNTIME …, absent unless ERROR") \
	X(output_hash,      log_streamer,      "H1") \
	X(output_bytes,     log_streamer,      "decimal") \
	X(guest_digest,     log_streamer,      "SHA-256 of the guest image") \
	X(time_ms,          log_streamer,      "CPU time used") \
	X(memory_bytes,     log_streamer,      "peak") \
	X(verdict_fence,    log_streamer,      "fence of RUNNING under which it was decided") \
	X(verdict_statement, log_streamer,     "Ed25519 over wp_verdict_statement, hex") \
	X(receipt,          chain_writer,      "the signed receipt, JSON") \
	X(attestation_id,   chain_writer,      "bytes32") \
	X(attest_tx,        chain_writer,      "transaction hash") \
	X(attest_status,    chain_writer,      "none, pending, confirmed, safe or finalized") \
	X(refund_reason,    functions,         "stable code: why it is owed") \
	X(refund_amount,    chain_writer,      "atomic units") \
	X(refund_tx,        chain_writer,      "transaction hash") \
	X(refund_valid_before, chain_writer,   "of the refund's authorization, Unix seconds") \
	X(refund_status,    chain_writer,      "pending, confirmed or finalized") \
	X(manual_reason,    functions,         "why an operator is needed")
/* clang-format on */

enum wp_field {
#define X(name, writer, meaning) WP_FIELD_##name,
	WP_RECORD_FIELDS(X)
#undef X
		WP_FIELD_COUNT
};

/* "request_hash" */
const char *wp_field_name(enum wp_field field);

/* A record read from Redis; owns its texts. */
struct wp_record {
	struct wp_id id;
	char *values[WP_FIELD_COUNT]; /* NULL: absent */
};

void wp_record_free(struct wp_record *record); /* empties; an empty one is fine */

/* Typed reads. text: "" when absent. The others: 0, -ENOENT when absent, -WP_E_FORMAT. */
const char *wp_record_text(const struct wp_record *record, enum wp_field field);
bool wp_record_has(const struct wp_record *record, enum wp_field field);
int wp_record_i64(const struct wp_record *record, enum wp_field field, int64_t *ret_value);
int wp_record_hash(const struct wp_record *record, enum wp_field field, struct wp_hash *ret_hash);
int wp_record_address(
	const struct wp_record *record, enum wp_field field, struct wp_address *ret_address);
int wp_record_amount(
	const struct wp_record *record, enum wp_field field, struct wp_amount *ret_amount);
/* WP_STATE_NONE when absent or unknown. */
enum wp_state wp_record_state(const struct wp_record *record);
uint64_t wp_record_fence(const struct wp_record *record);
uint32_t wp_record_attempt(const struct wp_record *record);

#endif
