/* look.h - reads from one endpoint what proof.h needs to judge one authorization: the head, the
 * final block, the token's marks, the receipt, the canonical block. Shared with chain-writer. */
#ifndef LOOK_H
#define LOOK_H

#include "services/payment-verifier/chain.h"
#include "services/payment-verifier/proof.h"

#define LOOK_MARKS_MAX 16 /* logs of one (authorizer, nonce): one, and a few during a reorg */
#define LOOK_LOGS_KEPT 2  /* of the transaction: the AuthorizationUsed, and the log behind it */

/* error: 0, or -WP_E_UNKNOWN when the endpoint did not answer everything; then proof is NULL.
 * evidence: as it was judged; valid during the callback. */
typedef void look_fn(
	void *arg, int error, const struct proof *proof, const struct proof_evidence *evidence);

/* Keeps of a receipt's JSON logs the claim's AuthorizationUsed and the log whose index is the next
 * one, however many there are: whoever sends the transaction chooses how many it has. *ret_count is
 * 0 to LOOK_LOGS_KEPT. 0 or -WP_E_FORMAT. */
int look_keep_logs(const struct proof_claim *claim, const cJSON *list,
	struct wp_evm_log ret_logs[LOOK_LOGS_KEPT], size_t *ret_count);

/* Looks for the claim in the blocks from from_block on. fn is called exactly once, later. 0 or
 * -ENOMEM (then it is not). */
int look_start(const struct chain *chain, const struct proof_claim *claim, uint64_t from_block,
	look_fn *fn, void *arg);

#endif
