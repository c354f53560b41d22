/* store_admit.c - a payment becomes a verification; what its payer has open. */
#include "libcommon/base.h"
#include "proto/store_call.h"

#include <stdlib.h>

static void on_admitted(void *arg, const redisReply *reply)
{
	struct wp_pending *pending = arg;
	wp_store_admit_fn *fn = (wp_store_admit_fn *)pending->fn;
	struct wp_admitted answer = { 0 };

	answer.status = wp_reply_status(reply, &answer.text);
	if (answer.status == 0 || answer.status == -EEXIST) {
		answer.fence = wp_reply_u64(wp_reply_at(reply, 1));
		answer.state = wp_state_parse(wp_reply_text(wp_reply_at(reply, 2)));
	}
	fn(pending->arg, &answer);
	free(pending);
}

int wp_store_admit(struct wp_store *store, const struct wp_admission *admission,
	wp_store_admit_fn *fn, void *arg)
{
	struct wp_call call;
	char payer[WP_ADDRESS_TEXT], value[WP_AMOUNT_TEXT];

	wp_call_function(&call, "wp_admit");
	wp_call_id(&call, &admission->id);
	wp_call_text(&call, wp_state_text(admission->state));
	wp_call_hash(&call, &admission->request_hash);
	wp_call_text(&call, wp_address_text(payer, &admission->payer));
	wp_call_text(&call, wp_amount_text(value, &admission->value));
	wp_call_i64(&call, admission->open_max);
	wp_call_i64(&call, admission->live_max);
	wp_call_bytes(&call, admission->code, admission->code_size);
	wp_call_text(&call, admission->input != NULL ? "1" : "0");
	wp_call_bytes(
		&call, admission->input, admission->input != NULL ? admission->input_size : 0);
	wp_call_fields(&call, admission->fields, admission->field_count);
	return wp_call_send(store, &call, on_admitted, (void (*)(void))fn, arg, 0);
}

static int sum_values(struct wp_amount *ret_sum, const redisReply *values)
{
	struct wp_amount sum = wp_amount_from_u64(0), value;

	if (values == NULL || values->type != REDIS_REPLY_ARRAY)
		return -EPROTO;
	for (size_t i = 0; i < values->elements; i++) {
		if (wp_amount_parse(&value, wp_reply_text(values->element[i])) != 0 ||
			!wp_amount_add(&sum, &sum, &value))
			return -EPROTO;
	}
	*ret_sum = sum;
	return 0;
}

static void on_open_sum(void *arg, const redisReply *reply)
{
	struct wp_pending *pending = arg;
	wp_store_open_fn *fn = (wp_store_open_fn *)pending->fn;
	struct wp_amount sum = wp_amount_from_u64(0);
	const char *text;
	int64_t count = 0;
	int status = wp_reply_status(reply, &text);

	if (status == 0)
		status = sum_values(&sum, wp_reply_at(reply, 2));
	if (status == 0)
		count = (int64_t)wp_reply_u64(wp_reply_at(reply, 1));
	fn(pending->arg, status, &sum, count);
	free(pending);
}

int wp_store_open_sum(
	struct wp_store *store, const struct wp_address *payer, wp_store_open_fn *fn, void *arg)
{
	struct wp_call call;
	char text[WP_ADDRESS_TEXT];

	wp_call_function(&call, "wp_open_sum");
	wp_call_text(&call, wp_address_text(text, payer));
	return wp_call_send(store, &call, on_open_sum, (void (*)(void))fn, arg, 0);
}
