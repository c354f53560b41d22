/* offer.h - what one verification costs, as the 402 answer says it (x402, scheme exact, EIP-3009):
 * to v2 clients in the header PAYMENT-REQUIRED, to v1 clients in the JSON body, to people in words.
 * The answers are made once: refusing costs no JSON building. */
#ifndef GATEWAY_OFFER_H
#define GATEWAY_OFFER_H

#include "libcommon/amount.h"
#include "libcommon/types.h"
#include "services/gateway/payment_x402.h"

#include <stddef.h>

#define OFFER_TIMEOUT_V1_S 60
#define OFFER_TIMEOUT_V2_S 300

/* Texts are borrowed and outlive the offer. */
struct offer_terms {
	const char *url; /* of the resource that is paid for, absolute */
	uint64_t chain_id;
	struct wp_address asset;
	const char *token_name, *token_version; /* the token's EIP-712 domain */
	uint32_t token_decimals;                /* for the words only */
	struct wp_amount price;
	struct wp_address pay_to;
};

/* One 402: a header line "PAYMENT-REQUIRED: <base64>" and the body. */
struct offer_answer {
	char *header;
	char *body;
	size_t body_size;
};

struct offer;

/* NULL: no memory. */
struct offer *offer_new(const struct offer_terms *terms);
void offer_free(struct offer *offer); /* NULL is fine */

const struct offer_answer *offer_unpaid(const struct offer *offer);
const struct offer_answer *offer_refused(const struct offer *offer, enum x402_reason reason);
/* For a reason that is known at run time only; failed: the payment was settled in vain. 0, -ENOMEM.
 */
int offer_answer_make(struct offer_answer *ret_answer, const struct offer_terms *terms,
	const char *reason, bool failed);
void offer_answer_free(struct offer_answer *answer);

/* v1 names its networks in a closed list; NULL: this chain is not in it. */
const char *offer_network_v1(uint64_t chain_id);
/* "eip155:84532" */
char *offer_network_v2(char text[static 32], uint64_t chain_id);

/* What a settled or refused payment is answered with beside the body: the header line
 * "[X-]PAYMENT-RESPONSE: <base64>", to be freed. payer may be NULL. */
struct offer_receipt {
	unsigned version; /* 1 or 2 */
	uint64_t chain_id;
	const char *reason; /* NULL: success */
	const char *transaction;
	const struct wp_address *payer;
};
char *offer_receipt_line(const struct offer_receipt *receipt); /* NULL: no memory */

#endif
