/* present.h - a payment as the gateway presents it: read from the bus, checked against what we sell
 * without asking anybody (SPEC P4), and written down as the fields of a record. Pure. */
#ifndef PRESENT_H
#define PRESENT_H

#include "libcommon/evm/eip712.h"
#include "libcommon/evm/secp.h"
#include "proto/bus.pb-c.h"
#include "proto/store.h"

#define PRESENT_WINDOW_MIN_S  20 /* validBefore nearer than this is refused */
#define PRESENT_WINDOW_MORE_S 60 /* beyond the offer's maximum */
#define PRESENT_FIELDS_MAX    32

struct present_terms {
	struct wp_eip712_domain token;
	struct wp_address wallet;
	struct wp_amount price;
	int64_t offer_timeout_s; /* maxTimeoutSeconds of the longest offer */
};

struct presentation {
	const Workproof__Present *message; /* borrowed: texts, code and input are read from it */
	const char *trace;                 /* traceparent; "" for none */
	uint8_t exchange[16];
	struct wp_id id;
	struct wp_address asset;
	struct wp_authorization authorization;
	uint8_t signature[65];
	struct wp_hash request_hash, task_hash, code_hash, input_hash, expected_hash;
	bool has_input_hash, has_expected;
};

/* 0, or -WP_E_FORMAT when a fixed-size field has another size. */
int present_read(struct presentation *ret_presentation, const Workproof__Present *message,
	const char *trace);
/* Do id, hashes and content belong together? A gateway that says no such thing has a defect. */
bool present_is_consistent(const struct presentation *presentation, uint64_t chain_id);
/* NULL, or the x402 reason why this can never be a payment to us. */
const char *present_refusal(
	const struct presentation *presentation, const struct present_terms *terms);
/* NULL, or the x402 reason why it comes at the wrong time; for payments not admitted yet. */
const char *present_untimely(
	const struct presentation *presentation, const struct present_terms *terms, int64_t now_s);

/* Fields of admission, with the texts they point to. */
struct present_fields {
	struct wp_field_value values[PRESENT_FIELDS_MAX];
	size_t count;
	char chain_id[24], valid_after[24], valid_before[24], seen_block[24], timeout[24],
		clock[24];
	char asset[WP_ADDRESS_TEXT], payer[WP_ADDRESS_TEXT], pay_to[WP_ADDRESS_TEXT];
	char value[WP_AMOUNT_TEXT];
	char pay_nonce[WP_HASH_TEXT], request_hash[WP_HASH_TEXT], task_hash[WP_HASH_TEXT];
	char code_hash[WP_HASH_TEXT], input_hash[WP_HASH_TEXT], expected_hash[WP_HASH_TEXT];
	char signature[2 * 65 + 3], salt[2 * 64 + 3];
};
void present_write(struct present_fields *ret_fields, const struct presentation *presentation,
	uint64_t chain_id, uint64_t seen_block);

#endif
