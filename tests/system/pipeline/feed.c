#include "tests/system/pipeline/feed.h"

#include "libcommon/base.h"
#include "proto/task.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct paying {
	struct wp_store *store;
	struct wp_id id;
	int64_t budget_ms, due_ms;
	feed_fn *fn;
	void *arg;
};

static void finish(struct paying *paying, int status, uint64_t fence)
{
	paying->fn(paying->arg, status, fence);
	free(paying);
}

static void on_paid(void *arg, const struct wp_moved *moved)
{
	finish(arg, moved->status, moved->fence);
}

static void on_admitted(void *arg, const struct wp_admitted *admitted)
{
	struct paying *paying = arg;
	char consume[WP_ID_TEXT];
	struct wp_move move = {
		.id = paying->id,
		.fence = admitted->fence,
		.from = WP_STATE_PAY_WAIT,
		.to = WP_STATE_PAID,
		.due_ms = paying->due_ms,
		.consume = wp_id_text(consume, &paying->id),
		.run_budget_ms = paying->budget_ms,
	};
	int status = admitted->status;

	if (status == 0)
		status = wp_store_advance(paying->store, &move, on_paid, paying);
	if (status != 0)
		finish(paying, status, 0);
}

int feed_pay(struct wp_store *store, const struct feed_item *item, feed_fn *fn, void *arg)
{
	char code_hash[WP_HASH_TEXT], task_hash[WP_HASH_TEXT], timeout[24], clock[24];
	struct wp_hash hash = wp_sha256(item->code, item->code_size);
	struct wp_task task = { .task_type = "code-execution",
		.code_hash = hash,
		.engine = item->engine == NULL ? wp_engine_resolve(NULL) : item->engine,
		.timeout_ms = item->timeout_ms,
		.clock_ms = WP_CLOCK_DEFAULT_MS };
	struct wp_hash task_digest;
	struct wp_field_value fields[] = {
		{ WP_FIELD_task_type, task.task_type },
		{ WP_FIELD_code_hash, wp_hash_text(code_hash, &hash) },
		{ WP_FIELD_task_hash, task_hash },
		{ WP_FIELD_engine, task.engine },
		{ WP_FIELD_isolation_min, item->isolation == NULL ? "process" : item->isolation },
		{ WP_FIELD_timeout_ms, timeout },
		{ WP_FIELD_clock_ms, clock },
		{ WP_FIELD_expected_hash, item->expected_hash },
	};
	struct wp_admission admission = { .id = item->id,
		.state = WP_STATE_PAY_WAIT,
		.value = wp_amount_from_u64(10000),
		.open_max = -1,
		.live_max = -1,
		.fields = fields,
		.field_count = WP_ARRAY_LEN(fields),
		.code = item->code,
		.code_size = item->code_size };
	struct paying *paying = malloc(sizeof *paying);
	int status;

	if (paying == NULL)
		return -ENOMEM;
	*paying = (struct paying){ store, item->id, item->budget_ms, item->due_ms, fn, arg };
	snprintf(timeout, sizeof timeout, "%" PRId64, item->timeout_ms);
	snprintf(clock, sizeof clock, "%" PRId64, task.clock_ms);
	status = wp_task_hash(&task_digest, &task);
	wp_hash_text(task_hash, &task_digest);
	if (status == 0)
		status = wp_store_admit(store, &admission, on_admitted, paying);
	if (status != 0)
		free(paying);
	return status;
}
