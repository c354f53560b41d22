#include "services/payment-verifier/chain.h"

#include "libcommon/base.h"
#include "libcommon/hex.h"

#include <string.h>
#include <strings.h>

#define ASK_AGAIN_MS 1000

const char *const chain_finality_names[] = { "confirmations", "safe", "finalized", NULL };

/* ---- which chain is it? ---- */

static void ask(void *arg);

static void answered(struct chain *chain)
{
	if (--chain->waiting > 0)
		return;
	if (chain->lost) {
		wp_timer_start(chain->retry, ASK_AGAIN_MS, 0);
		return;
	}
	chain->checked = chain->id_right && chain->genesis_right;
	chain->ready(chain->arg, chain->checked ? 0 : -WP_E_REFUSED);
}

static void on_id(void *arg, const struct wp_rpc_answer *answer)
{
	struct chain *chain = arg;
	uint64_t id = 0;

	if (answer->outcome != WP_RPC_OK || wp_rpc_get_u64(&id, answer->result) < 0)
		chain->lost = true;
	chain->id_right = id == chain->id;
	answered(chain);
}

static void on_genesis(void *arg, const struct wp_rpc_answer *answer)
{
	struct chain *chain = arg;
	struct proof_block block = { 0 };

	if (answer->outcome != WP_RPC_OK || chain_read_block(&block, answer->result) < 0 ||
		!block.known)
		chain->lost = true;
	chain->genesis_right = wp_hash_equal(&block.hash, &chain->genesis);
	answered(chain);
}

static void ask(void *arg)
{
	struct chain *chain = arg;

	chain->lost = false;
	chain->waiting = 3;
	if (wp_rpc_call(chain->rpc, "eth_chainId", NULL, on_id, chain) < 0) {
		chain->lost = true;
		chain->waiting--;
	}
	if (wp_rpc_call(chain->rpc, "eth_getBlockByNumber", chain_block_params(NULL, 0), on_genesis,
		    chain) < 0) {
		chain->lost = true;
		chain->waiting--;
	}
	answered(chain);
}

int chain_start(
	struct chain *chain, struct wp_loop *loop, void (*ready)(void *arg, int status), void *arg)
{
	chain->ready = ready;
	chain->arg = arg;
	chain->retry = wp_timer_new(loop, ask, chain);
	if (chain->retry == NULL)
		return -ENOMEM;
	wp_timer_start(chain->retry, 0, 0);
	return 0;
}

void chain_stop(struct chain *chain)
{
	wp_timer_free(chain->retry);
	chain->retry = NULL;
}

/* ---- waiting ---- */

int64_t chain_wait_ms(const struct chain *chain)
{
	return chain->block_time_ms > 0 ? chain->block_time_ms : CHAIN_AUTOMINE_MS;
}

int64_t chain_backoff_ms(int64_t wait_ms, int failures)
{
	for (int i = 0; i < failures && wait_ms < CHAIN_BACKOFF_MAX_MS; i++)
		wait_ms *= 2;
	return wait_ms < CHAIN_BACKOFF_MAX_MS ? wait_ms : CHAIN_BACKOFF_MAX_MS;
}

int64_t chain_note(struct chain *chain, bool answered_now)
{
	if (answered_now)
		chain->failures = 0;
	else if (chain->failures < INT16_MAX)
		chain->failures++;
	return chain_backoff_ms(chain_wait_ms(chain), chain->failures);
}

/* ---- blocks and calls ---- */

const char *chain_final_tag(enum chain_finality finality)
{
	switch (finality) {
	case CHAIN_CONFIRMATIONS:
		return NULL;
	case CHAIN_SAFE:
		return "safe";
	case CHAIN_FINALIZED:
		return "finalized";
	}
	return "finalized";
}

bool chain_final_number(uint64_t head, uint64_t confirmations, uint64_t *ret_number)
{
	if (head + 1 < confirmations)
		return false;
	*ret_number = head + 1 - confirmations;
	return true;
}

int chain_read_block(struct proof_block *ret_block, const cJSON *block)
{
	struct proof_block read = { .known = true };

	if (cJSON_IsNull(block)) {
		*ret_block = (struct proof_block){ 0 };
		return 0;
	}
	if (wp_rpc_get_u64(&read.number, cJSON_GetObjectItemCaseSensitive(block, "number")) < 0 ||
		wp_rpc_get_u64(&read.timestamp,
			cJSON_GetObjectItemCaseSensitive(block, "timestamp")) < 0 ||
		wp_rpc_get_hash(&read.hash, cJSON_GetObjectItemCaseSensitive(block, "hash")) < 0)
		return -WP_E_FORMAT;
	*ret_block = read;
	return 0;
}

cJSON *chain_block_params(const char *tag, uint64_t number)
{
	cJSON *params = cJSON_CreateArray();

	cJSON_AddItemToArray(params, tag ? cJSON_CreateString(tag) : wp_rpc_quantity(number));
	cJSON_AddItemToArray(params, cJSON_CreateFalse());
	return params;
}

cJSON *chain_call_params(const struct wp_address *from, const struct wp_address *to,
	const void *data, size_t size, const uint64_t *at)
{
	cJSON *params = cJSON_CreateArray();

	cJSON_AddItemToArray(params, wp_rpc_call_object(from, to, data, size));
	cJSON_AddItemToArray(params, at ? wp_rpc_quantity(*at) : cJSON_CreateString("latest"));
	return params;
}

int chain_read_word(struct wp_hash *ret_word, const cJSON *result)
{
	struct wp_hash word = { 0 };

	if (!cJSON_IsString(result) ||
		wp_hex_decode(word.bytes, sizeof word.bytes, result->valuestring,
			strlen(result->valuestring)) < 0)
		return -WP_E_FORMAT;
	*ret_word = word;
	return 0;
}

bool chain_is_revert(const struct wp_rpc_answer *answer)
{
	return answer->outcome == WP_RPC_ERROR &&
	       (answer->error_code == 3 || strcasestr(answer->error_message, "revert") != NULL);
}
