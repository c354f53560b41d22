/* store.c - the function library's life in Redis, and the plain reads. */
#include "proto/store.h"

#include "libcommon/base.h"
#include "proto/store_call.h"

#include <stdlib.h>
#include <string.h>

struct wp_store {
	struct wp_redis *redis;
};

struct wp_store *wp_store_new(struct wp_redis *redis)
{
	struct wp_store *store = calloc(1, sizeof *store);

	if (store != NULL)
		store->redis = redis;
	return store;
}

void wp_store_free(struct wp_store *store)
{
	free(store);
}

struct wp_redis *wp_store_redis(struct wp_store *store)
{
	return store->redis;
}

/* ---- reads ---- */

static int read_record(struct wp_record *record, const redisReply *reply)
{
	for (size_t i = 0; i + 1 < reply->elements; i += 2) {
		const char *name = wp_reply_text(reply->element[i]);
		for (unsigned field = 0; field < WP_FIELD_COUNT; field++) {
			if (record->values[field] != NULL ||
				strcmp(wp_field_name((enum wp_field)field), name) != 0)
				continue;
			record->values[field] = strdup(wp_reply_text(reply->element[i + 1]));
			if (record->values[field] == NULL)
				return -ENOMEM;
			break;
		}
	}
	return wp_record_has(record, WP_FIELD_st) ? 0 : -ENOENT;
}

static int array_status(const redisReply *reply)
{
	if (reply == NULL)
		return -WP_E_UNKNOWN;
	return reply->type == REDIS_REPLY_ARRAY ? 0 : -EPROTO;
}

struct get_pending {
	struct wp_id id;
	wp_store_record_fn *fn;
	void *arg;
};

static void on_record(void *arg, const redisReply *reply)
{
	struct get_pending *pending = arg;
	struct wp_record record = { .id = pending->id };
	int status = array_status(reply);

	if (status == 0)
		status = read_record(&record, reply);
	pending->fn(pending->arg, status, status == 0 ? &record : NULL);
	wp_record_free(&record);
	free(pending);
}

/* "<prefix><id>" */
static char *key_of(char key[static 64], const char *prefix, const struct wp_id *id)
{
	size_t size = strlen(prefix);

	memcpy(key, prefix, size);
	wp_id_text(key + size, id);
	return key;
}

int wp_store_get(struct wp_store *store, const struct wp_id *id, wp_store_record_fn *fn, void *arg)
{
	struct get_pending *pending = malloc(sizeof *pending);
	char key[64];
	const char *argv[] = { "HGETALL", key_of(key, "wp:v:", id) };

	if (pending == NULL)
		return -ENOMEM;
	*pending = (struct get_pending){ *id, fn, arg };
	int rc = wp_redis_send(store->redis, 2, argv, NULL, on_record, pending);
	if (rc != 0)
		free(pending);
	return rc;
}

static void on_body(void *arg, const redisReply *reply)
{
	struct wp_pending *pending = arg;
	wp_store_body_fn *fn = (wp_store_body_fn *)pending->fn;
	const redisReply *code = wp_reply_at(reply, 0), *input = wp_reply_at(reply, 1);
	struct wp_body body = { 0 };
	int status = array_status(reply);

	if (status == 0 && (code == NULL || code->type != REDIS_REPLY_STRING))
		status = -ENOENT;
	if (status == 0) {
		body.code = code->str;
		body.code_size = code->len;
		if (input != NULL && input->type == REDIS_REPLY_STRING) {
			body.input = input->str;
			body.input_size = input->len;
		}
	}
	fn(pending->arg, status, status == 0 ? &body : NULL);
	free(pending);
}

int wp_store_get_body(
	struct wp_store *store, const struct wp_id *id, wp_store_body_fn *fn, void *arg)
{
	struct wp_call call;
	char key[64];

	wp_call_command(&call, "HMGET");
	wp_call_text(&call, key_of(key, "wp:req:", id));
	wp_call_text(&call, "code");
	wp_call_text(&call, "input");
	return wp_call_send(store, &call, on_body, (void (*)(void))fn, arg, 0);
}

static void on_output(void *arg, const redisReply *reply)
{
	struct wp_pending *pending = arg;
	wp_store_output_fn *fn = (wp_store_output_fn *)pending->fn;
	const redisReply *text = wp_reply_at(reply, 0);
	struct wp_output output = { 0 };
	int status = array_status(reply);

	if (status == 0 && (text == NULL || text->type != REDIS_REPLY_STRING))
		status = -ENOENT;
	if (status == 0) {
		output.out_stdout = text->str;
		output.out_stdout_size = text->len;
		output.result = wp_reply_text(wp_reply_at(reply, 1));
		output.error_message = wp_reply_text(wp_reply_at(reply, 2));
	}
	fn(pending->arg, status, status == 0 ? &output : NULL);
	free(pending);
}

int wp_store_get_output(
	struct wp_store *store, const struct wp_id *id, wp_store_output_fn *fn, void *arg)
{
	struct wp_call call;
	char key[64];

	wp_call_command(&call, "HMGET");
	wp_call_text(&call, key_of(key, "wp:out:", id));
	wp_call_text(&call, "stdout");
	wp_call_text(&call, "result");
	wp_call_text(&call, "error_message");
	return wp_call_send(store, &call, on_output, (void (*)(void))fn, arg, 0);
}
