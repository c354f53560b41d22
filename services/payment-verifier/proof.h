/* proof.h - what proves that an EIP-3009 authorization moved the money (SPEC P4): two adjacent logs
 * of the token in one canonical transaction, AuthorizationUsed(from, nonce) then Transfer(from, to,
 * value), whoever sent it. A revert of ours proves nothing, neither does authorizationState. Used
 * for payments (to our wallet) and for refunds (from it). Pure: evidence in, verdict out. */
#ifndef PROOF_H
#define PROOF_H

#include "libcommon/evm/rpc.h"

#include <stdbool.h>
#include <stdint.h>

/* What is to be proven. */
struct proof_claim {
	struct wp_address token, from, to;
	struct wp_amount value;
	struct wp_hash nonce;
	uint64_t valid_before;  /* Unix seconds; compared with block time only */
	uint64_t confirmations; /* at least 1; the block of the transaction is the first */
};

struct proof_block {
	bool known;
	uint64_t number, timestamp;
	struct wp_hash hash;
};

struct proof_receipt {
	bool known, success;
	uint64_t block_number;
	struct wp_hash block_hash, transaction;
	const struct wp_evm_log *logs; /* borrowed */
	size_t log_count;
};

enum proof_state { PROOF_STATE_UNKNOWN, PROOF_STATE_UNUSED, PROOF_STATE_USED };

/* What one endpoint showed. The head was read first, the marks later, the rest after the marks. */
struct proof_evidence {
	struct proof_block head, final;
	const struct wp_evm_log *marks; /* AuthorizationUsed and AuthorizationCanceled; borrowed */
	size_t mark_count;
	struct proof_receipt receipt; /* of the transaction of proof_mark's log */
	struct proof_block block;     /* canonical, at the height of that transaction or mark */
	enum proof_state
		state_at_final; /* authorizationState; asked only where PROOF_NEVER is near */
};

enum proof_verdict {
	PROOF_WAIT, /* nothing is proven yet */
	PROOF_PAID, /* the two logs stand at enough confirmations */
	PROOF_NEVER /* at a final block: this authorization can never move that money any more */
};

struct proof {
	enum proof_verdict verdict;
	const char *reason; /* stable code */
	/* PAID: */
	struct wp_hash transaction, block_hash;
	uint64_t log_index, block_number, confirmations; /* of the Transfer log */
	bool final;                                      /* its block is final, too */
	struct wp_address payer;
	struct wp_amount value; /* both from the log */
};

/* Topic 0 of the three events. */
struct wp_hash proof_topic_used(void);
struct wp_hash proof_topic_canceled(void);
struct wp_hash proof_topic_transfer(void);

/* The mark of this claim that decides: AuthorizationUsed before AuthorizationCanceled; NULL if the
 * evidence has none. ret_used says which it is. */
const struct wp_evm_log *proof_mark(
	const struct proof_claim *claim, const struct proof_evidence *evidence, bool *ret_used);
/* Is this log the claim's AuthorizationUsed? */
bool proof_is_used(const struct proof_claim *claim, const struct wp_evm_log *log);
/* Is authorizationState at the final block needed before NEVER may be said? */
bool proof_needs_state(const struct proof_claim *claim, const struct proof_evidence *evidence);
struct proof proof_decide(const struct proof_claim *claim, const struct proof_evidence *evidence);

#endif
