/* store_baton.c - advance, renew, park, claim. */
#include "libcommon/base.h"
#include "proto/store_call.h"

#include <stdlib.h>

static void on_moved(void *arg, const redisReply *reply)
{
	struct wp_pending *pending = arg;
	wp_store_move_fn *fn = (wp_store_move_fn *)pending->fn;
	struct wp_moved answer = { 0 };

	answer.status = wp_reply_status(reply, &answer.text);
	if (answer.status == 0) {
		answer.fence = wp_reply_u64(wp_reply_at(reply, 1));
		answer.attempt = (uint32_t)wp_reply_u64(wp_reply_at(reply, 2));
	}
	fn(pending->arg, &answer);
	free(pending);
}

/* Options that this move needs; Redis refuses a move whose options are missing. */
static void call_options(struct wp_call *call, const struct wp_move *move)
{
	if (move->consume != NULL) {
		wp_call_text(call, "consume");
		wp_call_text(call, move->consume);
	}
	if (move->to == WP_STATE_PAID && move->from != WP_STATE_RUNNING) {
		wp_call_text(call, "run_budget_ms");
		wp_call_i64(call, move->run_budget_ms);
	}
	if (move->to == WP_STATE_RUNNING) {
		wp_call_text(call, "slot_max");
		wp_call_i64(call, move->slot_max);
		wp_call_text(call, "slot_ms");
		wp_call_i64(call, move->slot_ms);
	}
	if (move->row != NULL)
		wp_call_row(call, move->row);
}

static void call_output(struct wp_call *call, const struct wp_move *move)
{
	wp_call_text(call, "stdout");
	wp_call_bytes(call, move->out_stdout, move->out_stdout != NULL ? move->out_stdout_size : 0);
	wp_call_text(call, "result");
	wp_call_text(call, move->out_result != NULL ? move->out_result : "");
	wp_call_text(call, "error_message");
	wp_call_text(call, move->out_error_message != NULL ? move->out_error_message : "");
}

int wp_store_advance(
	struct wp_store *store, const struct wp_move *move, wp_store_move_fn *fn, void *arg)
{
	struct wp_call call;

	wp_call_function(&call, "wp_advance");
	wp_call_id(&call, &move->id);
	wp_call_u64(&call, move->fence);
	wp_call_text(&call, wp_state_text(move->from));
	wp_call_text(&call, wp_state_text(move->to));
	wp_call_i64(&call, move->due_ms);
	wp_call_fields(&call, move->fields, move->field_count);
	call_options(&call, move);
	if (move->to == WP_STATE_DECIDED)
		call_output(&call, move);
	return wp_call_send(store, &call, on_moved, (void (*)(void))fn, arg, 0);
}

int wp_store_renew(struct wp_store *store, const struct wp_id *id, uint64_t fence,
	enum wp_state state, wp_store_move_fn *fn, void *arg)
{
	struct wp_call call;

	wp_call_function(&call, "wp_renew");
	wp_call_id(&call, id);
	wp_call_u64(&call, fence);
	wp_call_text(&call, wp_state_text(state));
	return wp_call_send(store, &call, on_moved, (void (*)(void))fn, arg, 0);
}

int wp_store_park(struct wp_store *store, const struct wp_id *id, uint64_t fence,
	enum wp_state state, int64_t delay_ms, const struct wp_field_value *fields,
	size_t field_count, wp_store_move_fn *fn, void *arg)
{
	struct wp_call call;

	wp_call_function(&call, "wp_park");
	wp_call_id(&call, id);
	wp_call_u64(&call, fence);
	wp_call_text(&call, wp_state_text(state));
	wp_call_i64(&call, delay_ms);
	wp_call_fields(&call, fields, field_count);
	return wp_call_send(store, &call, on_moved, (void (*)(void))fn, arg, 0);
}

/* "OK", then id fence attempt of each. */
static int read_claims(struct wp_claimed *claimed, size_t count, const redisReply *reply)
{
	for (size_t i = 0; i < count; i++) {
		size_t at = 1 + 3 * i;
		if (wp_id_parse(&claimed[i].id, wp_reply_text(wp_reply_at(reply, at))) != 0)
			return -EPROTO;
		claimed[i].fence = wp_reply_u64(wp_reply_at(reply, at + 1));
		claimed[i].attempt = (uint32_t)wp_reply_u64(wp_reply_at(reply, at + 2));
	}
	return 0;
}

static void on_claimed(void *arg, const redisReply *reply)
{
	struct wp_pending *pending = arg;
	wp_store_claim_fn *fn = (wp_store_claim_fn *)pending->fn;
	struct wp_claimed *claimed = NULL;
	const char *text;
	size_t count = 0;
	int status = wp_reply_status(reply, &text);

	if (status == 0) {
		count = (reply->elements - 1) / 3;
		claimed = calloc(count + 1, sizeof *claimed);
		status = claimed == NULL ? -ENOMEM : read_claims(claimed, count, reply);
	}
	fn(pending->arg, status, claimed, status == 0 ? count : 0);
	free(claimed);
	free(pending);
}

int wp_store_claim(
	struct wp_store *store, enum wp_state state, int64_t most, wp_store_claim_fn *fn, void *arg)
{
	struct wp_call call;

	wp_call_function(&call, "wp_claim");
	wp_call_text(&call, wp_state_text(state));
	wp_call_i64(&call, most);
	return wp_call_send(store, &call, on_claimed, (void (*)(void))fn, arg, 0);
}
