/* store_call.c - FCALLs and their answers. */
#include "proto/store_call.h"

#include "libcommon/base.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void wp_call_bytes(struct wp_call *call, const void *data, size_t size)
{
	if (call->argc == WP_CALL_ARGS_MAX) {
		call->failed = true;
		return;
	}
	call->argv[call->argc] = size == 0 ? "" : data;
	call->sizes[call->argc] = size;
	call->argc++;
}

void wp_call_text(struct wp_call *call, const char *text)
{
	wp_call_bytes(call, text, strlen(text));
}

void wp_call_command(struct wp_call *call, const char *command)
{
	call->argc = 0;
	call->number_count = 0;
	call->failed = false;
	wp_call_text(call, command);
}

void wp_call_function(struct wp_call *call, const char *function)
{
	wp_call_command(call, "FCALL");
	wp_call_text(call, function);
	wp_call_text(call, "0");
}

/* Room for the text of one number, id or hash; NULL when there is no more. */
static char *number_room(struct wp_call *call)
{
	if (call->number_count == WP_CALL_NUMBERS_MAX) {
		call->failed = true;
		return NULL;
	}
	return call->numbers[call->number_count++];
}

void wp_call_i64(struct wp_call *call, int64_t value)
{
	char *text = number_room(call);

	if (text != NULL) {
		snprintf(text, WP_HASH_TEXT, "%" PRId64, value);
		wp_call_text(call, text);
	}
}

void wp_call_u64(struct wp_call *call, uint64_t value)
{
	char *text = number_room(call);

	if (text != NULL) {
		snprintf(text, WP_HASH_TEXT, "%" PRIu64, value);
		wp_call_text(call, text);
	}
}

void wp_call_id(struct wp_call *call, const struct wp_id *id)
{
	char *text = number_room(call);

	if (text != NULL)
		wp_call_text(call, wp_id_text(text, id));
}

void wp_call_hash(struct wp_call *call, const struct wp_hash *hash)
{
	char *text = number_room(call);

	if (text != NULL)
		wp_call_text(call, wp_hash_text(text, hash));
}

void wp_call_fields(struct wp_call *call, const struct wp_field_value *fields, size_t count)
{
	size_t set = 0;

	for (size_t i = 0; i < count; i++)
		set += fields[i].value != NULL;
	wp_call_u64(call, set);
	for (size_t i = 0; i < count; i++) {
		if (fields[i].value == NULL)
			continue;
		wp_call_text(call, wp_field_name(fields[i].field));
		wp_call_text(call, fields[i].value);
	}
	wp_call_u64(call, count - set);
	for (size_t i = 0; i < count; i++) {
		if (fields[i].value == NULL)
			wp_call_text(call, wp_field_name(fields[i].field));
	}
}

static void option_text(struct wp_call *call, const char *name, const char *value)
{
	wp_call_text(call, name);
	wp_call_text(call, value);
}

void wp_call_row(struct wp_call *call, const struct wp_row *row)
{
	option_text(call, "lane", row->lane);
	option_text(call, "kind", row->kind);
	option_text(call, "raw", row->raw);
	option_text(call, "fees", row->fees);
	wp_call_text(call, "lane_fence");
	wp_call_u64(call, row->lane_fence);
	wp_call_text(call, "nonce");
	wp_call_u64(call, row->nonce);
	wp_call_text(call, "hash");
	wp_call_hash(call, &row->hash);
	if (row->open_max > 0) {
		wp_call_text(call, "rows_max");
		wp_call_i64(call, row->open_max);
	}
}

int wp_call_send(struct wp_store *store, const struct wp_call *call, wp_redis_fn *decode,
	void (*fn)(void), void *arg, int64_t number)
{
	if (call->failed)
		return -E2BIG;
	struct wp_pending *pending = malloc(sizeof *pending);
	if (pending == NULL)
		return -ENOMEM;
	*pending = (struct wp_pending){ fn, arg, number };
	int rc = wp_redis_send(
		wp_store_redis(store), call->argc, call->argv, call->sizes, decode, pending);
	if (rc != 0)
		free(pending);
	return rc;
}

const redisReply *wp_reply_at(const redisReply *reply, size_t index)
{
	if (reply == NULL || reply->type != REDIS_REPLY_ARRAY || index >= reply->elements)
		return NULL;
	return reply->element[index];
}

const char *wp_reply_text(const redisReply *reply)
{
	if (reply == NULL || reply->str == NULL)
		return "";
	return reply->str;
}

uint64_t wp_reply_u64(const redisReply *reply)
{
	if (reply != NULL && reply->type == REDIS_REPLY_INTEGER)
		return reply->integer < 0 ? 0 : (uint64_t)reply->integer;
	return strtoull(wp_reply_text(reply), NULL, 10);
}

int wp_reply_status(const redisReply *reply, const char **ret_text)
{
	static const struct {
		const char *word;
		int status;
	} words[] = {
		{ "OK", 0 },
		{ "STALE", -WP_E_STALE },
		{ "FULL", -WP_E_FULL },
		{ "CONFLICT", -WP_E_CONFLICT },
		{ "RANGE", -WP_E_RANGE },
		{ "GONE", -WP_E_GONE },
		{ "NONE", -ENOENT },
		{ "EXISTS", -EEXIST },
		{ "BUSY", -EBUSY },
	};

	*ret_text = "";
	if (reply == NULL)
		return -WP_E_UNKNOWN;
	const char *word = wp_reply_text(wp_reply_at(reply, 0));
	for (size_t i = 0; i < WP_ARRAY_LEN(words); i++) {
		if (strcmp(words[i].word, word) != 0)
			continue;
		if (words[i].status != 0 && words[i].status != -EEXIST)
			*ret_text = wp_reply_text(wp_reply_at(reply, 1));
		return words[i].status;
	}
	*ret_text = reply->type == REDIS_REPLY_ERROR ? wp_reply_text(reply) : "unexpected answer";
	return -EPROTO;
}
