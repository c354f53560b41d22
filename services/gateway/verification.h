/* verification.h - a record as the public JSON of SPEC A2. What of it may be read depends on its
 * state: nothing of a verdict or output before the receipt is signed and its attestation stored
 * (SPEC V3). Pure. */
#ifndef GATEWAY_VERIFICATION_H
#define GATEWAY_VERIFICATION_H

#include "proto/record.h"
#include "proto/store.h"

#include <cjson/cJSON.h>
#include <stdbool.h>

/* How much of the outcome may be read. */
enum verification_outcome {
	VERIFICATION_HIDDEN,  /* not decided for good */
	VERIFICATION_VERDICT, /* verdict, hashes, receipt, and for its presenter the output */
	VERIFICATION_FAILED   /* we failed: FAILED and nothing of what a run may have left */
};
enum verification_outcome verification_outcome(const struct wp_record *record);

/* Did the money arrive, so that the receipt header can be given? */
bool verification_is_paid(const struct wp_record *record);
/* DONE or REFUNDED: what Prefer: wait waits for. */
bool verification_is_finished(const struct wp_record *record);

struct verification_view {
	const struct wp_record *record;
	bool is_presenter;              /* may see stdout, result and errorMessage */
	const struct wp_output *output; /* NULL: there is none (any more) */
	const char *output_token;       /* NULL: not told */
};

/* The caller owns it. NULL: no memory. */
cJSON *verification_json(const struct verification_view *view);

#endif
