/* rpc.h - Ethereum JSON-RPC client on the event loop (libcurl multi). One object per endpoint; all
 * calls of one check go through one object. Never blocks. */
#ifndef WP_EVM_RPC_H
#define WP_EVM_RPC_H

#include "libcommon/amount.h"
#include "libcommon/types.h"

#include <cjson/cJSON.h>

struct wp_http_client;
struct wp_rpc;

#define WP_RPC_ANSWER_MAX (8u << 20) /* bytes of one response */

/* How a call ended. */
enum wp_rpc_outcome {
	WP_RPC_OK,    /* result is set (it may be JSON null) */
	WP_RPC_ERROR, /* the node answered with a JSON-RPC error: code and message are set */
	WP_RPC_LOST   /* no usable answer: connection, time-out, HTTP status, bad JSON, a response
		       * that does not carry this call's id; nothing is known */
};

struct wp_rpc_answer {
	enum wp_rpc_outcome outcome;
	const cJSON *result; /* owned by the client, valid during the callback */
	int64_t error_code;
	const char *error_message; /* "" unless WP_RPC_ERROR or WP_RPC_LOST */
	const cJSON *error_data;   /* may be NULL */
};
typedef void wp_rpc_fn(void *arg, const struct wp_rpc_answer *answer);

/* url: http(s)://…; timeout of each call in ms. NULL: no memory. */
struct wp_rpc *wp_rpc_new(struct wp_http_client *http, const char *url, int64_t timeout_ms);
/* Calls still under way end with WP_RPC_LOST first. NULL is fine. */
void wp_rpc_free(struct wp_rpc *rpc);

/* Takes ownership of params (a JSON array; NULL for none). fn is called exactly once, later.
 * 0, -ENOMEM, -EINVAL (url), -ECANCELED (inside wp_rpc_free): then params is freed and fn is not
 * called. fn may free rpc. */
int wp_rpc_call(struct wp_rpc *rpc, const char *method, cJSON *params, wp_rpc_fn *fn, void *arg);

/* Helpers over results; all 0 or -WP_E_FORMAT / -WP_E_RANGE. */
int wp_rpc_get_u64(uint64_t *ret_value, const cJSON *quantity);
int wp_rpc_get_amount(struct wp_amount *ret_amount, const cJSON *quantity);
int wp_rpc_get_hash(struct wp_hash *ret_hash, const cJSON *text);
int wp_rpc_get_address(struct wp_address *ret_address, const cJSON *text);

/* Parameter builders: "0x…" quantities; a call object {to, data[, from]}. NULL: no memory. */
cJSON *wp_rpc_quantity(uint64_t value);
cJSON *wp_rpc_call_object(
	const struct wp_address *from, const struct wp_address *to, const void *data, size_t size);

/* An event log, decoded from eth_getLogs or a receipt. */
struct wp_evm_log {
	struct wp_address address;
	struct wp_hash topics[4];
	size_t topic_count;
	uint8_t data[32]; /* first word, zero if there are fewer bytes */
	size_t data_size; /* of the whole data */
	uint64_t block_number;
	struct wp_hash block_hash;
	struct wp_hash transaction_hash;
	uint64_t log_index;
	bool removed;
};
/* 0, or -WP_E_FORMAT: also for the log of a pending transaction, which is in no block. */
int wp_rpc_get_log(struct wp_evm_log *ret_log, const cJSON *log);

#endif
