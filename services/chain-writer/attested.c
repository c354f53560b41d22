#include "services/chain-writer/attested.h"

#include "libcommon/base.h"
#include "libcommon/buffer.h"
#include "libcommon/evm/abi.h"
#include "libcommon/evm/keccak.h"
#include "libcommon/hex.h"

#include <string.h>

#define EVENT      "ReceiptAttested(address,bytes16,bytes32,bytes32,uint8,bytes32)"
#define EVENT_DATA 96 /* attestationId, verdict, receiptDigest */

const char *attested_depth_text(enum attested_depth depth)
{
	switch (depth) {
	case ATTESTED_NONE:
		return "none";
	case ATTESTED_PENDING:
		return "pending";
	case ATTESTED_CONFIRMED:
		return "confirmed";
	case ATTESTED_SAFE:
		return "safe";
	case ATTESTED_FINALIZED:
		return "finalized";
	}
	return "none";
}

static bool reaches(const struct proof_block *block, uint64_t number)
{
	return block->known && number <= block->number;
}

struct attested attested_decide(const struct attested_evidence *evidence)
{
	uint64_t number = evidence->log.block_number;
	struct attested result = { .depth = ATTESTED_PENDING };

	if (!evidence->logged)
		return (struct attested){ .depth = ATTESTED_NONE };
	if (!evidence->head.known || !evidence->block.known || evidence->block.number != number ||
		!wp_hash_equal(&evidence->block.hash, &evidence->log.block_hash) ||
		evidence->head.number + 1 < number + evidence->confirmations)
		return result;
	result.depth = ATTESTED_CONFIRMED;
	if (reaches(&evidence->safe, number))
		result.depth = ATTESTED_SAFE;
	if (reaches(&evidence->finalized, number))
		result.depth = ATTESTED_FINALIZED;
	switch (evidence->finality) {
	case CHAIN_CONFIRMATIONS:
		result.final = true;
		break;
	case CHAIN_SAFE:
		result.final = result.depth >= ATTESTED_SAFE;
		break;
	case CHAIN_FINALIZED:
		result.final = result.depth == ATTESTED_FINALIZED;
		break;
	}
	return result;
}

/* ---- reading ---- */

static void finish(struct attested_look *look)
{
	look->fn(look->arg, look->lost ? -WP_E_UNKNOWN : 0, &look->evidence);
}

static void done_one(struct attested_look *look)
{
	if (--look->waiting > 0)
		return;
	if (look->lost)
		finish(look);
	else
		look->next(look);
}

static void call(struct attested_look *look, const char *method, cJSON *params, wp_rpc_fn *fn)
{
	look->waiting++;
	if (wp_rpc_call(look->chain->rpc, method, params, fn, look) < 0) {
		look->lost = true;
		look->waiting--;
	}
}

static void read_block(struct attested_look *look, const struct wp_rpc_answer *answer,
	struct proof_block *ret_block)
{
	if (answer->outcome != WP_RPC_OK || chain_read_block(ret_block, answer->result) < 0)
		look->lost = true;
	done_one(look);
}

static void on_block(void *arg, const struct wp_rpc_answer *answer)
{
	struct attested_look *look = arg;

	read_block(look, answer, &look->evidence.block);
}

static void step_block(struct attested_look *look)
{
	if (!look->evidence.logged) {
		finish(look);
		return;
	}
	look->next = finish;
	look->waiting = 1;
	call(look, "eth_getBlockByNumber",
		chain_block_params(NULL, look->evidence.log.block_number), on_block);
	done_one(look);
}

static int read_log(struct attested_look *look, const cJSON *json)
{
	const cJSON *data = cJSON_GetObjectItemCaseSensitive(json, "data");
	uint8_t words[EVENT_DATA];

	if (wp_rpc_get_log(&look->evidence.log, json) < 0 || !cJSON_IsString(data) ||
		wp_hex_decode(words, sizeof words, data->valuestring, strlen(data->valuestring)) <
			0)
		return -WP_E_FORMAT;
	memcpy(look->evidence.digest.bytes, words + 64, 32);
	look->evidence.logged = !look->evidence.log.removed;
	return 0;
}

static void on_logs(void *arg, const struct wp_rpc_answer *answer)
{
	struct attested_look *look = arg;
	const cJSON *item;

	if (answer->outcome != WP_RPC_OK || !cJSON_IsArray(answer->result)) {
		look->lost = true;
	} else {
		/* One signer attests one id once; a reorg may show a removed one before. */
		cJSON_ArrayForEach(item, answer->result)
		{
			if (read_log(look, item) < 0)
				look->lost = true;
			if (look->lost || look->evidence.logged)
				break;
		}
	}
	done_one(look);
}

static void add_topic(cJSON *topics, const uint8_t word[static 32])
{
	struct wp_hash hash;
	char text[WP_HASH_TEXT];

	memcpy(hash.bytes, word, sizeof hash.bytes);
	cJSON_AddItemToArray(topics, cJSON_CreateString(wp_hash_text(text, &hash)));
}

static cJSON *logs_params(const struct attested_look *look)
{
	char text[WP_ADDRESS_TEXT];
	struct wp_hash event = wp_keccak256(EVENT, strlen(EVENT));
	struct wp_abi_value verifier = wp_abi_address(&look->verifier);
	struct wp_abi_value id = wp_abi_fixed(look->id.bytes, sizeof look->id.bytes);
	cJSON *params = cJSON_CreateArray();
	cJSON *filter = cJSON_CreateObject();
	cJSON *topics = cJSON_CreateArray();

	add_topic(topics, event.bytes);
	add_topic(topics, verifier.word);
	add_topic(topics, id.word);
	cJSON_AddStringToObject(filter, "address", wp_address_text(text, &look->registry));
	cJSON_AddItemToObject(filter, "fromBlock", wp_rpc_quantity(look->from_block));
	cJSON_AddStringToObject(filter, "toBlock", "latest");
	cJSON_AddItemToObject(filter, "topics", topics);
	cJSON_AddItemToArray(params, filter);
	return params;
}

static void on_head(void *arg, const struct wp_rpc_answer *answer)
{
	struct attested_look *look = arg;

	read_block(look, answer, &look->evidence.head);
}

static void on_safe(void *arg, const struct wp_rpc_answer *answer)
{
	struct attested_look *look = arg;

	read_block(look, answer, &look->evidence.safe);
}

static void on_finalized(void *arg, const struct wp_rpc_answer *answer)
{
	struct attested_look *look = arg;

	read_block(look, answer, &look->evidence.finalized);
}

/* The logs are read after the heads, so that no log lies above the head it is counted from. */
static void step_logs(struct attested_look *look)
{
	look->next = step_block;
	look->waiting = 1;
	call(look, "eth_getLogs", logs_params(look), on_logs);
	done_one(look);
}

int attested_start(struct attested_look *look)
{
	look->evidence = (struct attested_evidence){ .confirmations = look->chain->confirmations,
		.finality = look->chain->finality };
	look->lost = false;
	look->next = step_logs;
	look->waiting = 1;
	if (wp_rpc_call(look->chain->rpc, "eth_getBlockByNumber", chain_block_params("latest", 0),
		    on_head, look) < 0)
		return -ENOMEM;
	if (look->chain->finality != CHAIN_CONFIRMATIONS) {
		call(look, "eth_getBlockByNumber", chain_block_params("safe", 0), on_safe);
		call(look, "eth_getBlockByNumber", chain_block_params("finalized", 0),
			on_finalized);
	}
	return 0;
}

void attested_calldata(
	struct wp_buffer *out, const struct wp_address *verifier, const struct wp_id *id)
{
	const struct wp_abi_value arguments[] = { wp_abi_address(verifier),
		wp_abi_fixed(id->bytes, sizeof id->bytes) };

	wp_abi_call(out, "attestationIdOf(address,bytes16)", arguments, WP_ARRAY_LEN(arguments));
}
