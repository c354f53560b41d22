/* guard.h - what each key may sign (SPEC C5). The keys' holder recognises what it signs instead of
 * trusting who asks: every signature of this daemon passes here. Pure. */
#ifndef GUARD_H
#define GUARD_H

#include "libcommon/evm/eip712.h"
#include "libcommon/evm/tx.h"
#include "proto/receipt.h"
#include "services/payment-verifier/payment.h"

#define GUARD_REFUND_WINDOW_S 600 /* a refund's authorization lives so long */

enum guard_lane {
	GUARD_SETTLE, /* transferWithAuthorization of the listed token: payer → our wallet, the
			 price */
	GUARD_ATTEST, /* attestReceipt of our registry, of our receipts */
	GUARD_REFUND  /* transferWithAuthorization of the listed token: our wallet → payer */
};
#define GUARD_LANES 3

/* The gas limits we sign, at most. */
#define GUARD_SETTLE_GAS 300000
#define GUARD_ATTEST_GAS 400000
#define GUARD_REFUND_GAS 200000
#define GUARD_NOOP_GAS   21000

struct guard_terms {
	uint64_t chain_id;
	struct wp_address token, registry, wallet, verifier;
	struct wp_amount price;
	struct wp_amount max_fee;
	struct wp_address senders[GUARD_LANES]; /* address of each lane's key */
};

/* All answer 0 or -WP_E_REFUSED. */

/* A transaction of that lane: its call, or the no-op that spends its nonce (to itself, nothing). */
int guard_transaction(
	const struct guard_terms *terms, enum guard_lane lane, const struct wp_tx *tx);
bool guard_is_noop(const struct guard_terms *terms, enum guard_lane lane, const struct wp_tx *tx);
/* The payment of a record in that state: of the listed token, to our wallet, signed by its payer
 * over the token's domain, which is what binds its value. The price of today is demanded only of
 * what is still to be settled (SETTLE_DUE): a new price strands nothing that is under way. */
int guard_payment(const struct guard_terms *terms, const struct wp_eip712_domain *token,
	const struct payment *payment, enum wp_state state);
/* The wallet's signature: a refund of id to the payer and of the value the payment's log names, for
 * GUARD_REFUND_WINDOW_S from the chain's time. */
int guard_refund(const struct guard_terms *terms, const struct wp_id *id,
	const struct wp_authorization *authorization, const struct wp_address *log_payer,
	const struct wp_amount *log_value, uint64_t chain_time_s);
/* The verifier's signature. */
int guard_receipt(const struct guard_terms *terms, const struct wp_receipt *receipt);

#endif
