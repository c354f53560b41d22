/* refund.h - the money goes back to the payer the payment's log names, once (REFUND_DUE,
 * REF_SIGNED, REF_SENT; SPEC P8). The token refuses a second one: its EIP-3009 nonce follows from
 * the id. */
#ifndef REFUND_H
#define REFUND_H

#include "services/chain-writer/job.h"

/* The authorization that pays `value` back to `payer`. Pure. */
struct wp_authorization refund_authorization(const struct wp_address *wallet,
	const struct wp_id *id, const struct wp_address *payer, const struct wp_amount *value,
	uint64_t chain_time_s);

void refund_due(struct job *job, const struct wp_record *record);
void refund_signed(struct job *job);
void refund_sent(struct job *job, const struct wp_record *record);

#endif
