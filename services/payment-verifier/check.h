/* check.h - is a payment funded? Asks Redis and one RPC endpoint. Presentations of the same
 * authorization that come meanwhile share the check under way. */
#ifndef CHECK_H
#define CHECK_H

#include "services/payment-verifier/funds.h"
#include "services/payment-verifier/verifier.h"

/* seen_block: a height at which the authorization was not used yet, or a lower one. */
typedef void check_fn(void *arg, const struct funds_answer *answer, uint64_t seen_block);

/* fn is called exactly once, later. 0, or -errno (then it is not). */
int check_start(struct verifier *verifier, const struct presentation *presentation, check_fn *fn,
	void *arg);

#endif
