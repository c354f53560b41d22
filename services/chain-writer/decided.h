/* decided.h - what a decided record claims, and whether it may become a receipt: chain-writer
 * believes no record, but the statements of payment-verifier and log-streamer over it (SPEC C5).
 * Pure. */
#ifndef DECIDED_H
#define DECIDED_H

#include "proto/receipt.h"
#include "proto/record.h"
#include "proto/statement.h"
#include "services/payment-verifier/payment.h"

struct decided {
	enum wp_verdict verdict;
	bool attested;             /* in a transaction of its own */
	int64_t deadline_ms;       /* Redis time; 0 when there is none */
	struct wp_receipt receipt; /* all but payment and issued_at */
};

struct decided_keys {
	struct wp_public_key payment, verdict;
};

/* 0; -WP_E_FORMAT when a field is missing or malformed; -WP_E_REFUSED when a statement does not fit
 * the record. */
int decided_read(struct decided *ret_decided, const struct wp_record *record,
	const struct payment *payment, const struct decided_keys *keys,
	const struct wp_address *registry);
/* -WP_E_REFUSED unless payment-verifier stated that log of the record to be the payment. */
int decided_check_payment(const struct wp_record *record, const struct payment *payment,
	const struct wp_public_key *key);
/* "eip155:84532/0x<asset>/0x<transaction>/<log>" into the receipt. 0 or -WP_E_RANGE. */
int decided_set_payment(
	struct wp_receipt *receipt, const struct payment *payment, const struct proof *proof);

#endif
