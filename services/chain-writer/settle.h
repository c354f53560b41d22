/* settle.h - the payer's authorization is sent to the token, once (SETTLE_DUE, SETTLE_SIGNED). */
#ifndef SETTLE_H
#define SETTLE_H

#include "services/chain-writer/job.h"

#define SETTLE_MARGIN_S 6 /* beside a block: too late to be mined in time */

/* Is validBefore so near that a transaction signed now could only fail? Pure. */
bool settle_is_late(uint64_t valid_before, int64_t now_s, int64_t block_time_ms);
/* What the node estimated, and a quarter more: state moves until it is mined. Pure. */
uint64_t settle_gas_limit(uint64_t estimated);

void settle_due(struct job *job);
void settle_signed(struct job *job);

#endif
