/* store_slots.c - the VMs that may live, and the net under everything. */
#include "libcommon/base.h"
#include "proto/store_call.h"

#include <stdlib.h>
#include <string.h>

static void on_done(void *arg, const redisReply *reply)
{
	struct wp_pending *pending = arg;
	wp_store_done_fn *fn = (wp_store_done_fn *)pending->fn;
	const char *text;
	int status = wp_reply_status(reply, &text);

	fn(pending->arg, status, text);
	free(pending);
}

int wp_store_slot_free(struct wp_store *store, const struct wp_id *id, uint32_t attempt,
	wp_store_done_fn *fn, void *arg)
{
	struct wp_call call;

	wp_call_function(&call, "wp_slot_free");
	wp_call_id(&call, id);
	wp_call_u64(&call, attempt);
	return wp_call_send(store, &call, on_done, (void (*)(void))fn, arg, 0);
}

/* "<id>:<attempt>" */
static int read_slot_name(struct wp_slot *slot, const char *name)
{
	char id[WP_ID_TEXT];

	if (strlen(name) < WP_ID_TEXT || name[WP_ID_TEXT - 1] != ':')
		return -EPROTO;
	memcpy(id, name, WP_ID_TEXT - 1);
	id[WP_ID_TEXT - 1] = '\0';
	slot->attempt = (uint32_t)strtoul(name + WP_ID_TEXT, NULL, 10);
	return wp_id_parse(&slot->id, id) == 0 ? 0 : -EPROTO;
}

/* "OK", now, then name and end of each. */
static int read_slots(struct wp_slot *slots, size_t count, const redisReply *reply)
{
	int64_t now_ms = (int64_t)wp_reply_u64(wp_reply_at(reply, 1));

	for (size_t i = 0; i < count; i++) {
		int rc = read_slot_name(&slots[i], wp_reply_text(wp_reply_at(reply, 2 + 2 * i)));
		if (rc != 0)
			return rc;
		slots[i].end_ms = (int64_t)wp_reply_u64(wp_reply_at(reply, 3 + 2 * i));
		slots[i].overdue_ms = now_ms - slots[i].end_ms;
	}
	return 0;
}

static void on_slots(void *arg, const redisReply *reply)
{
	struct wp_pending *pending = arg;
	wp_store_slots_fn *fn = (wp_store_slots_fn *)pending->fn;
	struct wp_slot *slots = NULL;
	const char *text;
	size_t count = 0;
	int status = wp_reply_status(reply, &text);

	if (status == 0 && reply->elements >= 2) {
		count = (reply->elements - 2) / 2;
		slots = calloc(count + 1, sizeof *slots);
		status = slots == NULL ? -ENOMEM : read_slots(slots, count, reply);
	}
	fn(pending->arg, status, slots, status == 0 ? count : 0);
	free(slots);
	free(pending);
}

int wp_store_slots(struct wp_store *store, wp_store_slots_fn *fn, void *arg)
{
	struct wp_call call;

	wp_call_function(&call, "wp_slots");
	return wp_call_send(store, &call, on_slots, (void (*)(void))fn, arg, 0);
}

static void on_reaped(void *arg, const redisReply *reply)
{
	struct wp_pending *pending = arg;
	wp_store_reap_fn *fn = (wp_store_reap_fn *)pending->fn;
	struct wp_reaped reaped = { 0 };
	const char *text;
	int status = wp_reply_status(reply, &text);

	if (status == 0) {
		reaped.refunds = (int64_t)wp_reply_u64(wp_reply_at(reply, 1));
		reaped.slots = (int64_t)wp_reply_u64(wp_reply_at(reply, 2));
		reaped.leases = (int64_t)wp_reply_u64(wp_reply_at(reply, 3));
	}
	fn(pending->arg, status, &reaped);
	free(pending);
}

int wp_store_reap(struct wp_store *store, int64_t slot_grace_ms, wp_store_reap_fn *fn, void *arg)
{
	struct wp_call call;

	wp_call_function(&call, "wp_reap");
	wp_call_i64(&call, slot_grace_ms);
	return wp_call_send(store, &call, on_reaped, (void (*)(void))fn, arg, 0);
}
