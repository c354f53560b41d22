#include "services/gateway/present.h"

#include "libcommon/base.h"
#include "proto/id_table.h"
#include "services/gateway/gateway.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define SERVICE "payment-verifier"

struct present {
	struct wp_id_node node; /* the exchange's number, which the answer echoes */
	struct present_table *table;
	struct wp_timer *timer;
	int64_t waited_ms;
	uint8_t *message;
	size_t message_size;
	present_fn *fn;
	void *arg;
};

struct present_table {
	struct gateway *gateway;
	struct wp_id_table open;
	size_t bytes;
};

static void show_open(const struct present_table *table)
{
	const struct gateway *gateway = table->gateway;
	wp_metric_set(gateway->context->metrics, gateway->metrics_base + METRIC_PRESENTS_OPEN, 0,
		(double)table->open.count);
}

static void present_free(struct present *present)
{
	struct present_table *table = present->table;
	wp_id_table_remove(&table->open, &present->node);
	table->bytes -= present->message_size;
	wp_timer_free(present->timer);
	free(present->message);
	free(present);
	show_open(table);
}

struct present_table *present_table_new(struct gateway *gateway)
{
	struct present_table *table = calloc(1, sizeof(*table));
	if (table)
		table->gateway = gateway;
	return table;
}

static void drop(void *arg, struct wp_id_node *node)
{
	(void)arg;
	present_free((struct present *)node);
}

void present_table_free(struct present_table *table)
{
	if (!table)
		return;
	wp_id_table_each(&table->open, drop, NULL);
	free(table);
}

/* Failures need no handling: silence is repeated. */
static void push(const struct present *present)
{
	(void)wp_bus_push(present->table->gateway->context->bus, SERVICE, present->message,
		present->message_size);
}

static void on_timer(void *arg)
{
	struct present *present = arg;
	struct gateway *gateway = present->table->gateway;
	present->waited_ms += PRESENT_REPEAT_MS;
	if (present->waited_ms < PRESENT_DEADLINE_MS) {
		gateway_count(gateway, METRIC_PRESENT_REPEATS, 0);
		push(present);
		return;
	}
	present_fn *fn = present->fn;
	void *fn_arg = present->arg;
	present_free(present);
	gateway_count(gateway, METRIC_PRESENTS, PRESENT_LABEL_SILENT);
	fn(fn_arg, NULL);
}

/* ---- the message ---- */

static ProtobufCBinaryData bytes_of(const void *data, size_t size)
{
	/* protobuf-c does not write to what it packs. */
	return (ProtobufCBinaryData){ .len = size, .data = (uint8_t *)(uintptr_t)data };
}

static char *text_of(const char *text)
{
	return (char *)(uintptr_t)text;
}

static void fill_authorization(Workproof__Authorization *message, const struct present_order *order,
	uint8_t value[static 32])
{
	const struct wp_authorization *authorization = &order->payment->authorization;
	wp_amount_to_be(value, &authorization->value);
	message->asset = bytes_of(order->asset->bytes, sizeof(order->asset->bytes));
	message->from = bytes_of(authorization->from.bytes, sizeof(authorization->from.bytes));
	message->to = bytes_of(authorization->to.bytes, sizeof(authorization->to.bytes));
	message->value = bytes_of(value, 32);
	message->valid_after = authorization->valid_after;
	message->valid_before = authorization->valid_before;
	message->nonce = bytes_of(authorization->nonce.bytes, sizeof(authorization->nonce.bytes));
	message->signature = bytes_of(order->payment->signature, X402_SIGNATURE_BYTES);
}

static ProtobufCBinaryData hash_of(const struct wp_hash *hash)
{
	return bytes_of(hash->bytes, sizeof(hash->bytes));
}

static void fill_request(Workproof__Request *message, const struct request *request)
{
	const struct wp_task *task = &request->task;
	message->request_hash = hash_of(&request->request_hash);
	message->task_type = text_of(task->task_type);
	message->task_hash = hash_of(&request->task_hash);
	message->code_hash = hash_of(&task->code_hash);
	message->has_input = request->input != NULL;
	if (request->input) {
		message->input_hash = hash_of(&task->input_hash);
		message->input = bytes_of(request->input, request->input_size);
	}
	if (task->has_expected)
		message->expected_hash = hash_of(&task->expected_hash);
	message->code = bytes_of(request->code, request->code_size);
	message->engine = text_of(task->engine);
	message->isolation = text_of(request->isolation);
	message->timeout_ms = (uint32_t)task->timeout_ms;
	message->clock_ms = task->clock_ms;
	message->attest = text_of(request->attest);
	message->salt = bytes_of(request->salt, task->salt_size);
}

static int pack(struct present *present, const struct present_order *order, const char *reply_to)
{
	Workproof__Envelope envelope = WORKPROOF__ENVELOPE__INIT;
	Workproof__Present message = WORKPROOF__PRESENT__INIT;
	Workproof__Authorization authorization = WORKPROOF__AUTHORIZATION__INIT;
	Workproof__Request request = WORKPROOF__REQUEST__INIT;
	uint8_t value[32];
	fill_authorization(&authorization, order, value);
	fill_request(&request, order->request);
	message.exchange = bytes_of(present->node.id.bytes, sizeof(present->node.id.bytes));
	message.reply_to = text_of(reply_to);
	message.id = bytes_of(order->id->bytes, sizeof(order->id->bytes));
	message.authorization = &authorization;
	message.request = &request;
	message.x402_version = order->payment->version;
	envelope.traceparent = text_of(order->traceparent);
	envelope.body_case = WORKPROOF__ENVELOPE__BODY_PRESENT;
	envelope.present = &message;
	size_t size = workproof__envelope__get_packed_size(&envelope);
	if (size > WP_BUS_MESSAGE_MAX)
		return -WP_E_FULL;
	present->message = malloc(size);
	if (!present->message)
		return -ENOMEM;
	present->message_size = workproof__envelope__pack(&envelope, present->message);
	return 0;
}

int present_begin(struct present **ret_present, struct present_table *table,
	const struct present_order *order, present_fn *fn, void *arg)
{
	struct wp_context *context = table->gateway->context;
	struct present *present = calloc(1, sizeof(*present));
	if (!present)
		return -ENOMEM;
	*present = (struct present){ .table = table, .fn = fn, .arg = arg };
	randombytes_buf(present->node.id.bytes, sizeof(present->node.id.bytes));
	present->timer = wp_timer_new(context->loop, on_timer, present);
	int error = present->timer ? pack(present, order, wp_bus_endpoint(context->bus)) : -ENOMEM;
	if (!error && (table->open.count >= PRESENTS_MAX ||
			      table->bytes + present->message_size > PRESENTS_MAX_BYTES))
		error = -WP_E_FULL;
	table->bytes += present->message_size;
	if (error) {
		present_free(present);
		return error;
	}
	wp_id_table_add(&table->open, &present->node);
	show_open(table);
	wp_timer_start(present->timer, PRESENT_REPEAT_MS, PRESENT_REPEAT_MS);
	push(present);
	*ret_present = present;
	return 0;
}

void present_cancel(struct present *present)
{
	present_free(present);
}

static enum present_label label_of(Workproof__PresentAnswer__Outcome outcome)
{
	switch (outcome) {
	case WORKPROOF__PRESENT_ANSWER__OUTCOME__ADMITTED:
		return PRESENT_LABEL_ADMITTED;
	case WORKPROOF__PRESENT_ANSWER__OUTCOME__EXISTS:
		return PRESENT_LABEL_EXISTS;
	case WORKPROOF__PRESENT_ANSWER__OUTCOME__CONFLICT:
		return PRESENT_LABEL_CONFLICT;
	case WORKPROOF__PRESENT_ANSWER__OUTCOME__REFUSED:
		return PRESENT_LABEL_REFUSED;
	case WORKPROOF__PRESENT_ANSWER__OUTCOME__GONE:
		return PRESENT_LABEL_GONE;
	case WORKPROOF__PRESENT_ANSWER__OUTCOME__UNSPECIFIED:
	case WORKPROOF__PRESENT_ANSWER__OUTCOME__UNAVAILABLE:
	case _WORKPROOF__PRESENT_ANSWER__OUTCOME_IS_INT_SIZE:
		break;
	}
	return PRESENT_LABEL_UNAVAILABLE;
}

void present_on_answer(struct present_table *table, const Workproof__PresentAnswer *answer)
{
	struct wp_id exchange;
	if (wp_envelope_id(&exchange, &answer->exchange) != 0)
		return;
	struct present *present = (struct present *)wp_id_table_find(&table->open, &exchange);
	if (!present)
		return;
	present_fn *fn = present->fn;
	void *arg = present->arg;
	present_free(present);
	gateway_count(table->gateway, METRIC_PRESENTS, label_of(answer->outcome));
	fn(arg, answer);
}
