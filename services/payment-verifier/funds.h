/* funds.h - is a payment that was presented funded (SPEC P4)? Decides from what Redis and one RPC
 * endpoint said. Pure. */
#ifndef FUNDS_H
#define FUNDS_H

#include "libcommon/amount.h"

#include <stdbool.h>
#include <stdint.h>

enum funds_simulation {
	FUNDS_SIMULATION_LOST,    /* no usable answer */
	FUNDS_SIMULATION_PASSED,  /* the transfer would go through now */
	FUNDS_SIMULATION_REVERTED /* it would not */
};

struct funds_evidence {
	enum funds_simulation simulation;
	int64_t open_count;        /* this payer's unsettled records */
	struct wp_amount open_sum; /* their values */
	bool balance_known;
	struct wp_amount balance;
	bool state_known, state_used; /* authorizationState */
};

enum funds_outcome { FUNDS_OK, FUNDS_REFUSED, FUNDS_UNAVAILABLE };

struct funds_answer {
	enum funds_outcome outcome;
	const char *reason;  /* stable code; "" when OK */
	const char *message; /* one sentence */
};

/* May the balance and the state be left unasked? A transfer that passes proves its own cover, so
 * they count only beside other open payments or behind a revert. */
bool funds_needs_more(const struct funds_evidence *evidence);
struct funds_answer funds_decide(
	const struct wp_amount *value, const struct funds_evidence *evidence);

#endif
