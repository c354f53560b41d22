#include "services/payment-verifier/funds.h"

bool funds_needs_more(const struct funds_evidence *evidence)
{
	switch (evidence->simulation) {
	case FUNDS_SIMULATION_LOST:
		return false;
	case FUNDS_SIMULATION_PASSED:
		return evidence->open_count > 0;
	case FUNDS_SIMULATION_REVERTED:
		return true;
	}
	return false;
}

static struct funds_answer unavailable(void)
{
	return (struct funds_answer){ FUNDS_UNAVAILABLE, "chain-unavailable",
		"The chain could not be asked whether this payment is funded; nothing was taken." };
}

static struct funds_answer insufficient(void)
{
	return (struct funds_answer){ FUNDS_REFUSED, "invalid_exact_evm_insufficient_balance",
		"The payer's balance does not cover this payment and the ones still open." };
}

/* Does the balance cover needed more than all that is open? */
static bool covers(const struct funds_evidence *evidence, const struct wp_amount *value)
{
	struct wp_amount needed;

	return wp_amount_add(&needed, value, &evidence->open_sum) &&
	       wp_amount_compare(&evidence->balance, &needed) >= 0;
}

struct funds_answer funds_decide(
	const struct wp_amount *value, const struct funds_evidence *evidence)
{
	if (evidence->simulation == FUNDS_SIMULATION_LOST)
		return unavailable();
	if (evidence->simulation == FUNDS_SIMULATION_PASSED) {
		if (evidence->open_count == 0)
			return (struct funds_answer){ FUNDS_OK, "", "" };
		if (!evidence->balance_known)
			return unavailable();
		return covers(evidence, value) ? (struct funds_answer){ FUNDS_OK, "", "" }
					       : insufficient();
	}
	if (!evidence->state_known || !evidence->balance_known)
		return unavailable();
	if (evidence->state_used)
		return (struct funds_answer){ FUNDS_REFUSED, "invalid_exact_evm_nonce_already_used",
			"This authorization was used or canceled on the chain already." };
	if (wp_amount_compare(&evidence->balance, value) < 0)
		return insufficient();
	return (struct funds_answer){ FUNDS_REFUSED,
		"invalid_exact_evm_transaction_simulation_failed",
		"The token refuses this transfer." };
}
