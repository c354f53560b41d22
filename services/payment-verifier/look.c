#include "services/payment-verifier/look.h"

#include "libcommon/base.h"
#include "libcommon/buffer.h"
#include "libcommon/evm/abi.h"
#include "services/payment-verifier/payment.h"

#include <stdlib.h>
#include <string.h>

struct look {
	const struct chain *chain;
	struct proof_claim claim;
	uint64_t from_block;
	look_fn *fn;
	void *arg;
	struct proof_evidence evidence;
	struct wp_evm_log marks[LOOK_MARKS_MAX];
	struct wp_evm_log logs[LOOK_LOGS_KEPT]; /* of the receipt */
	void (*next)(struct look *look);        /* when all answers of this step are there */
	int waiting;
	bool lost;
};

static void finish(struct look *look)
{
	look->evidence.marks = look->marks;
	if (look->lost) {
		look->fn(look->arg, -WP_E_UNKNOWN, NULL, &look->evidence);
	} else {
		struct proof proof = proof_decide(&look->claim, &look->evidence);
		look->fn(look->arg, 0, &proof, &look->evidence);
	}
	free(look);
}

static void done_one(struct look *look)
{
	if (--look->waiting > 0)
		return;
	if (look->lost)
		finish(look);
	else
		look->next(look);
}

static void call(struct look *look, const char *method, cJSON *params, wp_rpc_fn *fn)
{
	look->waiting++;
	if (wp_rpc_call(look->chain->rpc, method, params, fn, look) < 0) {
		look->lost = true;
		look->waiting--;
	}
}

/* Begins a step: the count is held above zero until end_step, so that it cannot end early. */
static void begin_step(struct look *look, void (*next)(struct look *look))
{
	look->next = next;
	look->waiting = 1;
}

/* ---- step 3: the transaction behind the mark, and the state where NEVER is near ---- */

static void on_block(void *arg, const struct wp_rpc_answer *answer)
{
	struct look *look = arg;

	if (answer->outcome != WP_RPC_OK ||
		chain_read_block(&look->evidence.block, answer->result) < 0)
		look->lost = true;
	done_one(look);
}

/* The first log of the list that is the mark, or, where there is an index, that has it. 1: there is
 * one, 0: there is none, -WP_E_FORMAT. */
static int find_log(const struct proof_claim *claim, const cJSON *list, const uint64_t *index,
	struct wp_evm_log *ret_log)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, list)
	{
		struct wp_evm_log log;
		if (wp_rpc_get_log(&log, item) < 0)
			return -WP_E_FORMAT;
		if (index != NULL ? log.log_index == *index : proof_is_used(claim, &log)) {
			*ret_log = log;
			return 1;
		}
	}
	return 0;
}

int look_keep_logs(const struct proof_claim *claim, const cJSON *list,
	struct wp_evm_log ret_logs[LOOK_LOGS_KEPT], size_t *ret_count)
{
	if (!cJSON_IsArray(list))
		return -WP_E_FORMAT;
	struct wp_evm_log kept[LOOK_LOGS_KEPT];
	int used = find_log(claim, list, NULL, &kept[0]);
	if (used < 0)
		return used;
	int next = 0;
	if (used > 0) {
		uint64_t index = kept[0].log_index + 1;
		next = find_log(claim, list, &index, &kept[1]);
	}
	if (next < 0)
		return next;
	*ret_count = (size_t)used + (size_t)next;
	memcpy(ret_logs, kept, *ret_count * sizeof kept[0]);
	return 0;
}

static int read_receipt(struct look *look, const cJSON *json)
{
	struct proof_receipt *receipt = &look->evidence.receipt;
	uint64_t status = 0;

	if (cJSON_IsNull(json))
		return 0;
	if (wp_rpc_get_u64(&status, cJSON_GetObjectItemCaseSensitive(json, "status")) < 0 ||
		wp_rpc_get_u64(&receipt->block_number,
			cJSON_GetObjectItemCaseSensitive(json, "blockNumber")) < 0 ||
		wp_rpc_get_hash(&receipt->block_hash,
			cJSON_GetObjectItemCaseSensitive(json, "blockHash")) < 0 ||
		wp_rpc_get_hash(&receipt->transaction,
			cJSON_GetObjectItemCaseSensitive(json, "transactionHash")) < 0)
		return -WP_E_FORMAT;
	receipt->success = status == 1;
	receipt->known = true;
	receipt->logs = look->logs;
	return look_keep_logs(&look->claim, cJSON_GetObjectItemCaseSensitive(json, "logs"),
		look->logs, &receipt->log_count);
}

static void on_receipt(void *arg, const struct wp_rpc_answer *answer)
{
	struct look *look = arg;

	if (answer->outcome != WP_RPC_OK || read_receipt(look, answer->result) < 0)
		look->lost = true;
	done_one(look);
}

static void on_state(void *arg, const struct wp_rpc_answer *answer)
{
	struct look *look = arg;
	struct wp_hash word;

	if (answer->outcome != WP_RPC_OK || chain_read_word(&word, answer->result) < 0)
		look->lost = true;
	else
		look->evidence.state_at_final =
			wp_hash_is_zero(&word) ? PROOF_STATE_UNUSED : PROOF_STATE_USED;
	done_one(look);
}

static void ask_state(struct look *look)
{
	struct wp_buffer data = { 0 };

	payment_state_calldata(&data, &look->claim.from, &look->claim.nonce);
	call(look, "eth_call",
		chain_call_params(NULL, &look->claim.token, data.data, data.size,
			&look->evidence.final.number),
		on_state);
	wp_buffer_free(&data);
}

static void ask_transaction(struct look *look, const struct wp_evm_log *mark)
{
	char text[WP_HASH_TEXT];
	cJSON *params = cJSON_CreateArray();

	cJSON_AddItemToArray(
		params, cJSON_CreateString(wp_hash_text(text, &mark->transaction_hash)));
	call(look, "eth_getTransactionReceipt", params, on_receipt);
}

static void step_transaction(struct look *look)
{
	bool used = false;

	look->evidence.marks = look->marks;
	const struct wp_evm_log *mark = proof_mark(&look->claim, &look->evidence, &used);
	bool state = proof_needs_state(&look->claim, &look->evidence);

	if (mark == NULL && !state) {
		finish(look);
		return;
	}
	begin_step(look, finish);
	if (mark != NULL && used)
		ask_transaction(look, mark);
	if (mark != NULL)
		call(look, "eth_getBlockByNumber", chain_block_params(NULL, mark->block_number),
			on_block);
	if (state)
		ask_state(look);
	done_one(look);
}

/* ---- step 2: the marks, and the final block where it is counted from the head ---- */

static void on_marks(void *arg, const struct wp_rpc_answer *answer)
{
	struct look *look = arg;
	const cJSON *item;

	if (answer->outcome != WP_RPC_OK || !cJSON_IsArray(answer->result)) {
		look->lost = true;
	} else {
		cJSON_ArrayForEach(item, answer->result)
		{
			if (look->evidence.mark_count == LOOK_MARKS_MAX ||
				wp_rpc_get_log(&look->marks[look->evidence.mark_count], item) < 0) {
				look->lost = true;
				break;
			}
			look->evidence.mark_count++;
		}
	}
	done_one(look);
}

static void add_hash(cJSON *array, const void *bytes)
{
	struct wp_hash hash;
	char text[WP_HASH_TEXT];

	memcpy(hash.bytes, bytes, sizeof hash.bytes);
	cJSON_AddItemToArray(array, cJSON_CreateString(wp_hash_text(text, &hash)));
}

static cJSON *marks_params(const struct look *look)
{
	char text[WP_ADDRESS_TEXT];
	struct wp_hash used = proof_topic_used();
	struct wp_hash canceled = proof_topic_canceled();
	struct wp_abi_value from = wp_abi_address(&look->claim.from);
	cJSON *params = cJSON_CreateArray();
	cJSON *filter = cJSON_CreateObject();
	cJSON *topics = cJSON_CreateArray();
	cJSON *events = cJSON_CreateArray();

	add_hash(events, used.bytes);
	add_hash(events, canceled.bytes);
	cJSON_AddItemToArray(topics, events);
	add_hash(topics, from.word);
	add_hash(topics, look->claim.nonce.bytes);
	cJSON_AddStringToObject(filter, "address", wp_address_text(text, &look->claim.token));
	cJSON_AddItemToObject(filter, "fromBlock", wp_rpc_quantity(look->from_block));
	cJSON_AddStringToObject(filter, "toBlock", "latest");
	cJSON_AddItemToObject(filter, "topics", topics);
	cJSON_AddItemToArray(params, filter);
	return params;
}

static void on_final(void *arg, const struct wp_rpc_answer *answer)
{
	struct look *look = arg;

	if (answer->outcome != WP_RPC_OK ||
		chain_read_block(&look->evidence.final, answer->result) < 0)
		look->lost = true;
	done_one(look);
}

static void step_marks(struct look *look)
{
	uint64_t number = 0;
	const struct proof_block *head = &look->evidence.head;

	if (!head->known) {
		look->lost = true;
		finish(look);
		return;
	}
	begin_step(look, step_transaction);
	if (look->chain->finality == CHAIN_CONFIRMATIONS &&
		chain_final_number(head->number, look->chain->confirmations, &number)) {
		if (number == head->number)
			look->evidence.final = *head;
		else
			call(look, "eth_getBlockByNumber", chain_block_params(NULL, number),
				on_final);
	}
	call(look, "eth_getLogs", marks_params(look), on_marks);
	done_one(look);
}

/* ---- step 1: the head, and the final block where the node has a tag for it ---- */

static void on_head(void *arg, const struct wp_rpc_answer *answer)
{
	struct look *look = arg;

	if (answer->outcome != WP_RPC_OK ||
		chain_read_block(&look->evidence.head, answer->result) < 0)
		look->lost = true;
	done_one(look);
}

int look_start(const struct chain *chain, const struct proof_claim *claim, uint64_t from_block,
	look_fn *fn, void *arg)
{
	const char *tag = chain_final_tag(chain->finality);
	struct look *look = calloc(1, sizeof *look);

	if (look == NULL)
		return -ENOMEM;
	look->chain = chain;
	look->claim = *claim;
	look->from_block = from_block;
	look->fn = fn;
	look->arg = arg;
	begin_step(look, step_marks);
	if (wp_rpc_call(chain->rpc, "eth_getBlockByNumber", chain_block_params("latest", 0),
		    on_head, look) < 0) {
		free(look);
		return -ENOMEM;
	}
	if (tag != NULL)
		call(look, "eth_getBlockByNumber", chain_block_params(tag, 0), on_final);
	return 0;
}
