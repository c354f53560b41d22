/* decide.h - what becomes of a verification when a run of it ended: the verdict, one more run, or
 * the money back (SPEC §2). Pure. */
#ifndef WP_STREAMER_DECIDE_H
#define WP_STREAMER_DECIDE_H

#include "libcommon/types.h"
#include "proto/record.h"
#include "proto/result.h"
#include "proto/verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum decide_action {
	DECIDE_VERDICT,
	DECIDE_RERUN, /* RUNNING → PAID */
	DECIDE_REFUND /* RUNNING → REFUND_DUE, verdict FAILED */
};

enum decide_cause { /* of a rerun or refund; also a metric's label */
	DECIDE_CAUSE_NONE,
	DECIDE_CAUSE_LOST,   /* the isolate's host is gone, or knows nothing of the run */
	DECIDE_CAUSE_FAILED, /* the host says that it failed */
	DECIDE_CAUSE_FORGED, /* the result line or the output is not what it ought to be */
	DECIDE_CAUSE_TRAP    /* the guest died, for the first time */
};

struct decision {
	enum decide_action action;
	enum decide_cause cause;
	enum wp_verdict verdict; /* FAILED with REFUND */
};

/* What the record says of the run. */
struct decide_facts {
	struct wp_id id;
	uint32_t attempt; /* the run this is about, from 1 */
	bool has_expected;
	struct wp_hash expected_hash;
	bool trapped; /* an earlier run of it ended in TRAP */
	const char *engine;
	const char *driver;
	const char *isolation;
};

/* 0, or -WP_E_FORMAT: the record has no readable expected_hash. The texts are the record's. */
int decide_read_facts(struct decide_facts *ret_facts, const struct wp_record *record);

/* Does the result speak of this run, and of exactly these received bytes? Its MAC was checked by
 * wp_result_read. */
bool decide_believes(const struct decide_facts *facts, const struct wp_result *result,
	const void *output, size_t output_size);

/* result NULL: the run is lost (cause LOST) or its line cannot be believed (cause FORGED). */
struct decision decide_end(
	const struct decide_facts *facts, const struct wp_result *result, enum decide_cause cause);

/* "lost" */
const char *decide_cause_text(enum decide_cause cause);

#endif
