#include "services/chain-writer/job.h"

#include "libcommon/base.h"
#include "services/chain-writer/attest.h"
#include "services/chain-writer/refund.h"
#include "services/chain-writer/settle.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LANE_WAIT_MS 100
#define HAND_BACK_MS 1 /* the shortest: due for the next claim */

/* ---- fields ---- */

void job_set(struct job *job, enum wp_field field, const char *value)
{
	size_t at = job->field_count;
	size_t length = strlen(value);

	if (at == JOB_FIELDS_MAX)
		return;
	if (length < sizeof job->texts[at]) {
		memcpy(job->texts[at], value, length + 1);
		value = job->texts[at];
	}
	job->fields[at] = (struct wp_field_value){ .field = field, .value = value };
	job->field_count++;
}

void job_set_i64(struct job *job, enum wp_field field, int64_t value)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRId64, value);
	job_set(job, field, text);
}

void job_set_hash(struct job *job, enum wp_field field, const struct wp_hash *hash)
{
	char text[WP_HASH_TEXT];

	job_set(job, field, wp_hash_text(text, hash));
}

/* ---- ends ---- */

void job_end(struct job *job)
{
	struct writer *writer = job->writer;

	wp_buffer_free(&job->data);
	wp_buffer_free(&job->json);
	free(job);
	writer_ended(writer);
}

static void on_parked(void *arg, const struct wp_moved *answer)
{
	struct job *job = arg;

	if (answer->status == -EPROTO)
		wp_log(WP_LOG_ERROR, "a park was refused", "id", wp_log_id(&job->baton.id), "text",
			answer->text, NULL);
	job_end(job);
}

/* Lets go of the record until it is due; after that whoever claims first has it. */
static void let_go(struct job *job, int64_t delay_ms)
{
	struct writer *writer = job->writer;

	if (writer->stopped ||
		wp_store_park(writer->store, &job->baton.id, job->baton.fence, job->baton.state,
			delay_ms, job->fields, job->field_count, on_parked, job) < 0)
		job_end(job);
}

void job_park(struct job *job, int64_t delay_ms)
{
	struct writer *writer = job->writer;

	if (!writer->stopped && !writer->draining)
		retry_add(writer->retries, &job->baton, delay_ms);
	let_go(job, delay_ms + RETRY_GRACE_MS);
}

void job_wait_for_lane(struct job *job, enum guard_lane lane)
{
	if (lane_is_ours(job->writer->lanes[lane]))
		job_park(job, LANE_WAIT_MS);
	else
		let_go(job, HAND_BACK_MS);
}

void job_park_chain(struct job *job, bool answered)
{
	if (!answered)
		writer_count(job->writer, WRITER_RPC_LOST, 0);
	job_park(job, chain_note(&job->writer->chain, answered));
}

/* ---- moves ---- */

static void log_refused(const struct job *job, const struct wp_moved *answer)
{
	if (answer->status == -EPROTO)
		wp_log(WP_LOG_ERROR, "a move was refused", "id", wp_log_id(&job->baton.id), "text",
			answer->text, NULL);
	else
		wp_log(WP_LOG_DEBUG, "the baton went to somebody else", "id",
			wp_log_id(&job->baton.id), NULL);
}

static void moved(struct job *job, uint64_t fence, uint32_t attempt)
{
	job->baton.state = job->to;
	job->baton.fence = fence;
	job->baton.attempt = attempt;
	job->field_count = 0;
	writer_count(job->writer, WRITER_MOVES, (size_t)job->to);
	wp_log(WP_LOG_INFO, "moved", "id", wp_log_id(&job->baton.id), "state",
		wp_state_text(job->to), NULL);
}

static bool is_ours(enum wp_state state)
{
	const char *mover = wp_state_mover(state);

	return mover != NULL && strcmp(mover, "chain-writer") == 0;
}

static void on_advanced(void *arg, const struct wp_moved *answer)
{
	struct job *job = arg;
	struct writer *writer = job->writer;

	if (answer->status != 0) {
		log_refused(job, answer);
		job_end(job);
		return;
	}
	moved(job, answer->fence, answer->attempt);
	if (job->next != NULL) {
		job->next(job);
		return;
	}
	if (!is_ours(job->to) && wp_state_mover(job->to) != NULL)
		wp_baton_push(writer->context->bus, job->to, &job->baton.id, answer->fence,
			answer->attempt, NULL, job->baton.trace);
	else if (is_ours(job->to) && !writer->draining)
		retry_add(writer->retries, &job->baton, 0);
	job_end(job);
}

static void advance(struct job *job, enum wp_state to, int64_t due_ms, wp_store_move_fn *fn)
{
	const struct wp_move move = {
		.id = job->baton.id,
		.fence = job->baton.fence,
		.from = job->baton.state,
		.to = to,
		.due_ms = due_ms,
		.fields = job->fields,
		.field_count = job->field_count,
	};

	job->to = to;
	if (job->writer->stopped || wp_store_advance(job->writer->store, &move, fn, job) < 0)
		job_end(job);
}

void job_advance(struct job *job, enum wp_state to, void (*next)(struct job *job))
{
	job->next = next;
	advance(job, to, 0, on_advanced);
}

static void on_waiting(void *arg, const struct wp_moved *answer)
{
	struct job *job = arg;

	if (answer->status != 0) {
		log_refused(job, answer);
	} else {
		moved(job, answer->fence, answer->attempt);
		WP_CRASH_POINT(job->to == WP_STATE_ATT_SENT ? "att-sent" : "refund-sent");
		if (!job->writer->draining)
			retry_add(job->writer->retries, &job->baton, job->wait_ms);
	}
	job_end(job);
}

void job_advance_wait(struct job *job, enum wp_state to, int64_t delay_ms)
{
	job->wait_ms = delay_ms;
	advance(job, to, delay_ms + RETRY_GRACE_MS, on_waiting);
}

void job_manual(struct job *job, const char *reason)
{
	wp_log(WP_LOG_ERROR, "an operator has to look", "id", wp_log_id(&job->baton.id), "reason",
		reason, NULL);
	job->field_count = 0;
	job_set(job, WP_FIELD_manual_reason, reason);
	job_advance(job, WP_STATE_MANUAL, NULL);
}

/* ---- the chain ---- */

void job_look_payment(struct job *job, look_fn *fn)
{
	struct writer *writer = job->writer;
	struct proof_claim claim = payment_claim(&job->payment, writer->chain.confirmations);
	uint64_t seen = job->payment.seen_block;

	if (look_start(&writer->chain, &claim,
		    seen > JOB_REORG_MARGIN ? seen - JOB_REORG_MARGIN : 0, fn, job) < 0)
		job_park_chain(job, false);
}

void job_call(struct job *job, const char *method, cJSON *params, wp_rpc_fn *fn)
{
	if (wp_rpc_call(job->writer->chain.rpc, method, params, fn, job) < 0)
		job_park_chain(job, false);
}

void job_estimate(struct job *job, enum guard_lane lane, wp_rpc_fn *fn)
{
	cJSON *params = cJSON_CreateArray();

	cJSON_AddItemToArray(params,
		wp_rpc_call_object(lane_address(job->writer->lanes[lane]),
			&job->writer->settings->token_address, job->data.data, job->data.size));
	job_call(job, "eth_estimateGas", params, fn);
}

/* ---- orders ---- */

static void on_order_failed(void *arg, int status)
{
	struct job *job = arg;

	job->field_count = 0;
	/* A conflict: the nonce, or an older row of the same job is still open. */
	if (status == -EAGAIN || status == -WP_E_FULL || status == -WP_E_CONFLICT) {
		job_park(job, chain_wait_ms(&job->writer->chain));
	} else if (status == -WP_E_REFUSED) {
		writer_count(job->writer, WRITER_REFUSED, 0);
		wp_log(WP_LOG_ERROR, "the key guard refused to sign", "id",
			wp_log_id(&job->baton.id), "state", wp_state_text(job->baton.state), NULL);
		job_park(job, JOB_TROUBLE_MS);
	} else {
		job_end(job); /* stale or unknown: whoever claims it sees what happened */
	}
}

bool job_order(struct job *job, enum guard_lane lane, enum wp_state state, struct wp_address to,
	uint64_t gas_limit, void (*prepare)(void *arg, const struct wp_hash *hash),
	void (*stored)(void *arg, uint64_t fence), void (*sent)(void *arg))
{
	job->to = state;
	job->order = (struct lane_order){
		.move = { .id = job->baton.id,
			.fence = job->baton.fence,
			.from = job->baton.state,
			.to = state,
			.fields = job->fields },
		.to = to,
		.data = job->data.data,
		.data_size = job->data.size,
		.gas_limit = gas_limit,
		.arg = job,
		.prepare = prepare,
		.stored = stored,
		.sent = sent,
		.failed = on_order_failed,
	};
	return lane_submit(job->writer->lanes[lane], &job->order) == 0;
}

void job_resend(struct job *job, enum guard_lane lane, void (*fn)(void *arg))
{
	struct lane *sender = job->writer->lanes[lane];

	if (!lane_is_ours(sender)) {
		job_wait_for_lane(job, lane);
		return;
	}
	/* No open row: its nonce is spent for good, there is nothing left to send. */
	if (lane_resend(sender, &job->baton.id, fn, job) < 0)
		fn(job);
}

/* ---- the start ---- */

static void dispatch(struct job *job, const struct wp_record *record)
{
	switch (job->baton.state) {
	case WP_STATE_SETTLE_DUE:
		settle_due(job);
		break;
	case WP_STATE_SETTLE_SIGNED:
		settle_signed(job);
		break;
	case WP_STATE_DECIDED:
		attest_decided(job, record);
		break;
	case WP_STATE_ATT_SIGNED:
		attest_signed(job);
		break;
	case WP_STATE_ATT_SENT:
		attest_sent(job, record);
		break;
	case WP_STATE_REFUND_DUE:
		refund_due(job, record);
		break;
	case WP_STATE_REF_SIGNED:
		refund_signed(job);
		break;
	case WP_STATE_REF_SENT:
		refund_sent(job, record);
		break;
	case WP_STATE_NONE:
	case WP_STATE_SETTLE_SENT:
	case WP_STATE_PAY_WAIT:
	case WP_STATE_PAID:
	case WP_STATE_RUNNING:
	case WP_STATE_LAPSED:
	case WP_STATE_DONE:
	case WP_STATE_REFUNDED:
	case WP_STATE_REJECTED:
	case WP_STATE_VOID:
	case WP_STATE_MANUAL:
	case WP_STATE_COUNT:
		job_end(job);
		break;
	}
}

/* C5: nothing is signed for a record whose payment is not one to us. */
static int read_payment(struct job *job, const struct wp_record *record)
{
	int64_t block = 0;
	int status = payment_parse(&job->payment, record);

	if (status == 0)
		status = guard_payment(
			&job->writer->terms, &job->writer->token, &job->payment, job->baton.state);
	wp_record_i64(record, WP_FIELD_pay_block, &block);
	job->pay_block = block > JOB_REORG_MARGIN ? (uint64_t)block - JOB_REORG_MARGIN : 0;
	return status;
}

static void on_record(void *arg, int status, const struct wp_record *record)
{
	struct job *job = arg;

	if (status < 0 || wp_record_state(record) != job->baton.state ||
		wp_record_fence(record) != job->baton.fence) {
		job_end(job);
		return;
	}
	snprintf(job->baton.trace, sizeof job->baton.trace, "%s",
		wp_record_text(record, WP_FIELD_trace));
	if (read_payment(job, record) == 0) {
		dispatch(job, record);
		return;
	}
	writer_count(job->writer, WRITER_REFUSED, 0);
	wp_log(WP_LOG_ERROR, "a record's payment is not one to us: nothing is signed for it", "id",
		wp_log_id(&job->baton.id), "state", wp_state_text(job->baton.state), NULL);
	if (job->baton.state == WP_STATE_SETTLE_DUE)
		job_advance(job, WP_STATE_SETTLE_SENT, NULL); /* payment-verifier judges it */
	else if (job->baton.state == WP_STATE_REFUND_DUE)
		job_manual(job, "payment-record-malformed");
	else
		job_park(job, JOB_TROUBLE_MS);
}

void job_take(struct writer *writer, const struct wp_baton *baton)
{
	struct job *job = calloc(1, sizeof *job);

	if (job == NULL)
		return;
	job->writer = writer;
	job->baton = *baton;
	writer->jobs++;
	if (wp_store_get(writer->store, &baton->id, on_record, job) < 0)
		job_end(job);
}
