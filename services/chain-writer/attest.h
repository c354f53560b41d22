/* attest.h - from a decided verification to its signed receipt and, where the verdict asks for it,
 * its attestation (DECIDED, ATT_SIGNED, ATT_SENT; SPEC V3, C4). */
#ifndef ATTEST_H
#define ATTEST_H

#include "services/chain-writer/job.h"

#define ATTEST_PATIENCE_MS 60000 /* past the deadline, and without a sign of life of the lane */

/* Is the deadline that far behind? Pure. */
bool attest_is_overdue(int64_t deadline_ms, int64_t now_ms);
/* Overdue, and the lane provably stands still: the money goes back. A lane that is merely full, not
 * ours, not counted or not priced yet is waited for. Pure. */
bool attest_is_hopeless(int64_t deadline_ms, int64_t now_ms, const struct lane_outlook *lane);

void attest_decided(struct job *job, const struct wp_record *record);
void attest_signed(struct job *job);
void attest_sent(struct job *job, const struct wp_record *record);

#endif
