/* chain.h - the chain a daemon works on: one RPC endpoint, pinned by chain id and genesis block
 * (SPEC C5). Shared with chain-writer. */
#ifndef CHAIN_H
#define CHAIN_H

#include "libcommon/evm/rpc.h"
#include "libcommon/loop.h"
#include "services/payment-verifier/proof.h"

#define CHAIN_RPC_TIMEOUT_MS 10000
#define CHAIN_BACKOFF_MAX_MS 30000
#define CHAIN_AUTOMINE_MS    100 /* how long to wait for a block where none is waited for */

enum chain_finality {
	CHAIN_CONFIRMATIONS, /* so many blocks deep is final: local chains */
	CHAIN_SAFE,
	CHAIN_FINALIZED
};
extern const char *const chain_finality_names[]; /* for WP_CONF_CHOICE */

struct chain {
	struct wp_rpc *rpc;
	uint64_t id;
	struct wp_hash genesis;
	uint64_t confirmations;
	enum chain_finality finality;
	int64_t block_time_ms; /* 0: a block per transaction */
	int failures;          /* checks lost in a row */
	bool checked;          /* it is the right chain */
	struct wp_timer *retry;
	void (*ready)(void *arg, int status);
	void *arg;
	bool genesis_right, id_right, lost;
	int waiting;
};

/* Asks the endpoint which chain it serves, again and again while it does not answer. Then calls
 * ready once: 0, or -WP_E_REFUSED for another chain. 0 or -ENOMEM. */
int chain_start(
	struct chain *chain, struct wp_loop *loop, void (*ready)(void *arg, int status), void *arg);
/* Stops asking. rpc stays the owner's. */
void chain_stop(struct chain *chain);

/* Until there may be something new to see: about a block. */
int64_t chain_wait_ms(const struct chain *chain);
/* The same after failures lost answers in a row: doubles up to CHAIN_BACKOFF_MAX_MS. */
int64_t chain_backoff_ms(int64_t wait_ms, int failures);
/* Notes how a check ended and answers how long to wait before the next one. */
int64_t chain_note(struct chain *chain, bool answered);

/* The tag of the final block ("safe", "finalized"), or NULL when it is counted from the head. */
const char *chain_final_tag(enum chain_finality finality);
/* Height of the final block for CHAIN_CONFIRMATIONS. False while the chain is too short. */
bool chain_final_number(uint64_t head, uint64_t confirmations, uint64_t *ret_number);

/* A block of eth_getBlockByNumber; JSON null leaves it unknown. 0 or -WP_E_FORMAT. */
int chain_read_block(struct proof_block *ret_block, const cJSON *block);
/* Parameters of eth_getBlockByNumber: by tag, or by number where tag is NULL. */
cJSON *chain_block_params(const char *tag, uint64_t number);
/* Parameters of eth_call at the latest block, or at number if at is not NULL. */
cJSON *chain_call_params(const struct wp_address *from, const struct wp_address *to,
	const void *data, size_t size, const uint64_t *at);
/* A 32-byte answer of eth_call. 0 or -WP_E_FORMAT. */
int chain_read_word(struct wp_hash *ret_word, const cJSON *result);
/* Is this JSON-RPC error a revert of the call (and not a fault of the node)? */
bool chain_is_revert(const struct wp_rpc_answer *answer);

#endif
