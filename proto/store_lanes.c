/* store_lanes.c - signer lanes and their rows. */
#include "libcommon/base.h"
#include "proto/store_call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void on_lane(void *arg, const redisReply *reply)
{
	struct wp_pending *pending = arg;
	wp_store_lane_fn *fn = (wp_store_lane_fn *)pending->fn;
	const char *text;
	int status = wp_reply_status(reply, &text);

	fn(pending->arg, status, status == 0 ? wp_reply_u64(wp_reply_at(reply, 1)) : 0);
	free(pending);
}

int wp_store_lane_take(struct wp_store *store, const char *lane, const char *owner,
	int64_t lease_ms, wp_store_lane_fn *fn, void *arg)
{
	struct wp_call call;

	wp_call_function(&call, "wp_lane_take");
	wp_call_text(&call, lane);
	wp_call_text(&call, owner);
	wp_call_i64(&call, lease_ms);
	return wp_call_send(store, &call, on_lane, (void (*)(void))fn, arg, 0);
}

/* The text of one field of a row's hash, "" when absent. */
static const char *row_text(const redisReply *fields, const char *name)
{
	for (size_t i = 0; fields != NULL && i + 1 < fields->elements; i += 2) {
		if (strcmp(wp_reply_text(fields->element[i]), name) == 0)
			return wp_reply_text(fields->element[i + 1]);
	}
	return "";
}

static const char *version_text(const redisReply *fields, size_t number, const char *name)
{
	char key[24];

	snprintf(key, sizeof key, "v%zu.%s", number, name);
	return row_text(fields, key);
}

static int read_row(struct wp_lane_row *row, const redisReply *reply, int64_t now_ms)
{
	const redisReply *fields = wp_reply_at(reply, 1);

	row->nonce = wp_reply_u64(wp_reply_at(reply, 0));
	if (wp_id_parse(&row->id, row_text(fields, "id")) != 0)
		return -EPROTO;
	snprintf(row->kind, sizeof row->kind, "%s", row_text(fields, "kind"));
	row->final = row_text(fields, "final")[0] != '\0';
	row->stored_ms = now_ms - strtoll(row_text(fields, "stored_ms"), NULL, 10);
	row->age_ms = now_ms - strtoll(row_text(fields, "made_ms"), NULL, 10);
	row->version_count = strtoul(row_text(fields, "versions"), NULL, 10);
	if (row->version_count == 0 || row->version_count > WP_ROW_VERSIONS_MAX)
		return -EPROTO;
	for (size_t i = 0; i < row->version_count; i++) {
		if (wp_hash_parse(&row->versions[i].hash, version_text(fields, i + 1, "hash")) != 0)
			return -EPROTO;
		row->versions[i].raw = version_text(fields, i + 1, "raw");
		row->versions[i].fees = version_text(fields, i + 1, "fees");
		row->versions[i].kind = version_text(fields, i + 1, "kind");
	}
	return 0;
}

static void on_rows(void *arg, const redisReply *reply)
{
	struct wp_pending *pending = arg;
	wp_store_rows_fn *fn = (wp_store_rows_fn *)pending->fn;
	struct wp_lane_row *rows = NULL;
	const char *text;
	size_t count = 0;
	int status = wp_reply_status(reply, &text);

	if (status == 0 && reply->elements >= 2) {
		int64_t now_ms = (int64_t)wp_reply_u64(wp_reply_at(reply, 1));
		count = reply->elements - 2;
		rows = calloc(count + 1, sizeof *rows);
		if (rows == NULL)
			status = -ENOMEM;
		for (size_t i = 0; status == 0 && i < count; i++)
			status = read_row(&rows[i], reply->element[2 + i], now_ms);
	}
	fn(pending->arg, status, rows, status == 0 ? count : 0);
	free(rows);
	free(pending);
}

int wp_store_rows(struct wp_store *store, const char *lane, wp_store_rows_fn *fn, void *arg)
{
	struct wp_call call;

	wp_call_function(&call, "wp_rows");
	wp_call_text(&call, lane);
	return wp_call_send(store, &call, on_rows, (void (*)(void))fn, arg, 0);
}

static void on_done(void *arg, const redisReply *reply)
{
	struct wp_pending *pending = arg;
	wp_store_done_fn *fn = (wp_store_done_fn *)pending->fn;
	const char *text;
	int status = wp_reply_status(reply, &text);

	fn(pending->arg, status, text);
	free(pending);
}

int wp_store_row_version(struct wp_store *store, const struct wp_row *row, const struct wp_id *id,
	wp_store_done_fn *fn, void *arg)
{
	static const struct wp_id none;
	struct wp_call call;

	wp_call_function(&call, "wp_row_version");
	wp_call_id(&call, id != NULL ? id : &none);
	wp_call_row(&call, row);
	return wp_call_send(store, &call, on_done, (void (*)(void))fn, arg, 0);
}

int wp_store_row_final(struct wp_store *store, const char *lane, uint64_t lane_fence,
	uint64_t nonce, wp_store_done_fn *fn, void *arg)
{
	struct wp_call call;

	wp_call_function(&call, "wp_row_final");
	wp_call_text(&call, lane);
	wp_call_u64(&call, lane_fence);
	wp_call_u64(&call, nonce);
	return wp_call_send(store, &call, on_done, (void (*)(void))fn, arg, 0);
}
