/* payment_x402.h - the payment method x402 `exact` with EIP-3009: reads the header X-PAYMENT (v1)
 * or PAYMENT-SIGNATURE (v2) and makes every check that needs neither the chain nor Redis (SPEC P4).
 * Pure. */
#ifndef GATEWAY_PAYMENT_X402_H
#define GATEWAY_PAYMENT_X402_H

#include "libcommon/evm/eip712.h"
#include "libcommon/types.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct offer_terms;

#define X402_HEADER_MAX      8192 /* characters of the header */
#define X402_EARLY_MARGIN_S  20   /* validBefore nearer than this cannot be settled safely */
#define X402_LATE_MARGIN_S   60   /* validBefore this far behind the offer's maximum is refused */
#define X402_SIGNATURE_BYTES 65

/* clang-format off */
/* Names as the reference's running code has them, and what they mean here. */
#define X402_REASONS(X) \
	X(PAYLOAD,        "invalid_payload", \
		"the payment header is not base64 of a JSON payment") \
	X(VERSION,        "invalid_x402_version", \
		"X-PAYMENT carries x402Version 1, PAYMENT-SIGNATURE carries 2") \
	X(SCHEME,         "invalid_exact_evm_scheme", \
		"the scheme is not exact") \
	X(NETWORK,        "invalid_exact_evm_network_mismatch", \
		"the payment is for another network") \
	X(DOMAIN,         "invalid_exact_evm_missing_eip712_domain", \
		"accepted.extra lacks the token's name or version") \
	X(TOKEN_NAME,     "invalid_exact_evm_token_name_mismatch", \
		"accepted.extra.name is not the token's") \
	X(TOKEN_VERSION,  "invalid_exact_evm_token_version_mismatch", \
		"accepted.extra.version is not the token's") \
	X(REQUIREMENTS,   "No matching payment requirements", \
		"accepted is not an offer we make") \
	X(SMART_WALLET,   "invalid_exact_evm_signature_type", \
		"the signature is not 65 bytes; smart wallets (ERC-1271, ERC-6492) are not served") \
	X(SIGNATURE,      "invalid_exact_evm_signature", \
		"the signature is not by authorization.from") \
	X(RECIPIENT,      "invalid_exact_evm_recipient_mismatch", \
		"authorization.to is not our wallet") \
	X(VALUE,          "invalid_exact_evm_payload_authorization_value_mismatch", \
		"authorization.value is not exactly the price") \
	X(VALID_BEFORE,   "invalid_exact_evm_payload_authorization_valid_before", \
		"authorization.validBefore is too near, past, or later than the offer allows") \
	X(VALID_AFTER,    "invalid_exact_evm_payload_authorization_valid_after", \
		"authorization.validAfter is in the future")
/* clang-format on */

enum x402_reason {
	X402_OK,
#define X(name, text, sentence) X402_##name,
	X402_REASONS(X)
#undef X
		X402_REASON_COUNT
};

struct x402_payment {
	unsigned version;
	bool has_authorization; /* authorization and signature were read */
	bool is_signed;         /* and the signature is by authorization.from: its payer is known */
	struct wp_authorization authorization;
	uint8_t signature[X402_SIGNATURE_BYTES];
};

const char *x402_reason_text(enum x402_reason reason);     /* "" for OK */
const char *x402_reason_sentence(enum x402_reason reason); /* "" for OK */

/* version: which header it came in. now_s: Unix seconds. The order is the reference's: what is
 * wrong first is told. ret_payment is filled as far as the checks came. */
enum x402_reason payment_x402_check(struct x402_payment *ret_payment,
	const struct offer_terms *terms, unsigned version, const char *header, int64_t now_s);

#endif
