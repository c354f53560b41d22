#include "services/log-streamer/follow.h"

#include "libcommon/base.h"
#include "libcommon/time.h"
#include "services/log-streamer/collect.h"
#include "services/log-streamer/conclude.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- life ---- */

static void free_if_done(struct follow *follow)
{
	if (!follow->dropped || follow->held > 0)
		return;
	wp_record_free(&follow->record);
	wp_buffer_free(&follow->output);
	free(follow->trailer);
	free(follow);
}

void follow_hold(struct follow *follow)
{
	follow->held++;
	streamer_hold(follow->streamer);
}

void follow_let_go(struct follow *follow)
{
	struct streamer *streamer = follow->streamer;

	follow->held--;
	free_if_done(follow);
	streamer_let_go(streamer);
}

void follow_drop(struct follow *follow)
{
	struct streamer *streamer = follow->streamer;

	if (follow->dropped)
		return;
	wp_timer_free(follow->renew);
	wp_timer_free(follow->silence);
	wp_id_table_remove(&streamer->follows, &follow->node);
	follow->dropped = true;
	wp_metric_set(streamer->context->metrics, streamer->metrics + STREAMER_FOLLOWING, 0,
		(double)streamer->follows.count);
	free_if_done(follow);
}

static void drop_node(void *arg, struct wp_id_node *node)
{
	(void)arg;
	follow_drop((struct follow *)node);
}

void follow_drop_all(struct streamer *streamer)
{
	wp_id_table_each(&streamer->follows, drop_node, NULL);
}

static void drop_stale(struct follow *follow, int status)
{
	streamer_count(follow->streamer, STREAMER_DROPPED, 0);
	wp_log(WP_LOG_DEBUG, "baton dropped", "id", wp_log_id(&follow->node.id), "error",
		wp_log_error(status), NULL);
	follow_drop(follow);
}

/* ---- the host ---- */

static void send_to_host(const struct follow *follow, Workproof__Envelope *envelope)
{
	envelope->traceparent = (char *)follow->trace;
	/* A failure is silence, which is asked about again. */
	wp_envelope_send(follow->streamer->context->bus, follow->host, envelope);
}

static void request(struct follow *follow)
{
	struct wp_bus *bus = follow->streamer->context->bus;
	Workproof__OutputRequest message = WORKPROOF__OUTPUT_REQUEST__INIT;
	Workproof__Envelope envelope = WORKPROOF__ENVELOPE__INIT;

	message.id = (ProtobufCBinaryData){ .data = follow->node.id.bytes,
		.len = sizeof follow->node.id.bytes };
	message.attempt = follow->attempt;
	message.fence = follow->fence;
	message.offset = follow->output.size;
	message.reply_to = (char *)wp_bus_endpoint(bus);
	envelope.body_case = WORKPROOF__ENVELOPE__BODY_OUTPUT_REQUEST;
	envelope.output_request = &message;
	send_to_host(follow, &envelope);
	wp_timer_start(follow->silence, FOLLOW_SILENCE_MS, FOLLOW_SILENCE_MS);
}

void follow_tell_done(const struct follow *follow)
{
	Workproof__OutputDone message = WORKPROOF__OUTPUT_DONE__INIT;
	Workproof__Envelope envelope = WORKPROOF__ENVELOPE__INIT;

	message.id = (ProtobufCBinaryData){ .data = (uint8_t *)follow->node.id.bytes,
		.len = sizeof follow->node.id.bytes };
	message.attempt = follow->attempt;
	envelope.body_case = WORKPROOF__ENVELOPE__BODY_OUTPUT_DONE;
	envelope.output_done = &message;
	send_to_host(follow, &envelope);
}

static bool host_is_gone(const struct follow *follow)
{
	struct wp_bus *bus = follow->streamer->context->bus;

	return !wp_bus_alive(bus, "vm-orchestrator", follow->host) &&
	       wp_time_monotonic_ms() - follow->heard_ms >= FOLLOW_HOST_GONE_MS;
}

static void on_silence(void *arg)
{
	struct follow *follow = arg;

	if (follow->deciding || follow->trailer != NULL)
		return;
	if (!host_is_gone(follow))
		request(follow);
	else if (follow->has_record)
		conclude_lost(follow);
}

/* ---- the lease ---- */

static void on_renewed(void *arg, const struct wp_moved *moved)
{
	struct follow *follow = arg;

	/* An unknown answer is no reason to let go: the fence stays ours until somebody claims. */
	if (!follow->dropped && !follow->deciding && moved->status < 0 &&
		moved->status != -WP_E_UNKNOWN)
		drop_stale(follow, moved->status);
	follow_let_go(follow);
}

static void on_renew(void *arg)
{
	struct follow *follow = arg;

	if (!follow->deciding && wp_store_renew(follow->streamer->store, &follow->node.id,
					 follow->fence, WP_STATE_RUNNING, on_renewed, follow) == 0)
		follow_hold(follow);
}

/* ---- what comes in ---- */

static void conclude_when_complete(struct follow *follow)
{
	if (follow->has_record && follow->trailer != NULL && !follow->deciding)
		conclude_ended(follow);
}

/* What the decision and its statement are made from. */
static int copy_needed(struct wp_record *to, const struct wp_record *from)
{
	static const enum wp_field needed[] = { WP_FIELD_attempt, WP_FIELD_expected_hash,
		WP_FIELD_error_code, WP_FIELD_engine, WP_FIELD_driver, WP_FIELD_isolation,
		WP_FIELD_task_hash };

	*to = (struct wp_record){ .id = from->id };
	for (size_t i = 0; i < WP_ARRAY_LEN(needed); i++) {
		if (from->values[needed[i]] == NULL)
			continue;
		to->values[needed[i]] = strdup(from->values[needed[i]]);
		if (to->values[needed[i]] == NULL)
			return -ENOMEM;
	}
	return 0;
}

static int take_record(struct follow *follow, const struct wp_record *record)
{
	if (wp_record_state(record) != WP_STATE_RUNNING || wp_record_fence(record) != follow->fence)
		return -WP_E_STALE;
	follow->attempt = wp_record_attempt(record);
	if (follow->trace[0] == '\0')
		snprintf(follow->trace, sizeof follow->trace, "%s",
			wp_record_text(record, WP_FIELD_trace));
	int status = copy_needed(&follow->record, record);
	follow->has_record = status == 0;
	return status;
}

static void on_record(void *arg, int status, const struct wp_record *record)
{
	struct follow *follow = arg;

	if (!follow->dropped) {
		if (status == 0)
			status = take_record(follow, record);
		if (status < 0) {
			drop_stale(follow, status);
		} else if (follow->host[0] == '\0') {
			snprintf(follow->host, sizeof follow->host, "%s",
				wp_record_text(record, WP_FIELD_host));
			request(follow);
		} else {
			conclude_when_complete(follow);
		}
	}
	follow_let_go(follow);
}

static struct follow *find(struct streamer *streamer, const struct wp_id *id)
{
	return (struct follow *)wp_id_table_find(&streamer->follows, id);
}

static void on_end(struct follow *follow, const char *trailer)
{
	follow->trailer = strdup(trailer);
	if (follow->trailer == NULL) {
		follow_drop(follow);
		return;
	}
	wp_timer_stop(follow->silence);
	conclude_when_complete(follow);
}

void follow_on_chunk(struct streamer *streamer, const Workproof__OutputChunk *chunk)
{
	struct wp_id id;
	struct follow *follow;

	if (wp_envelope_id(&id, &chunk->id) < 0)
		return;
	follow = find(streamer, &id);
	if (follow == NULL || follow->attempt != chunk->attempt || follow->trailer != NULL ||
		follow->deciding)
		return;
	follow->heard_ms = wp_time_monotonic_ms();
	if (chunk->unknown) {
		if (follow->has_record)
			conclude_lost(follow);
		return;
	}
	wp_timer_start(follow->silence, FOLLOW_SILENCE_MS, FOLLOW_SILENCE_MS);
	switch (collect_chunk(
		&follow->output, chunk->offset, chunk->data.data, chunk->data.len, chunk->ended)) {
	case COLLECT_MORE:
		break;
	case COLLECT_GAP:
		request(follow);
		break;
	case COLLECT_ENDED:
	case COLLECT_BAD: /* judged with the result line, which it will not match */
		on_end(follow, chunk->trailer);
		break;
	}
}

/* ---- the start ---- */

static struct follow *follow_new(struct streamer *streamer, const struct wp_baton *baton)
{
	struct wp_loop *loop = streamer->context->loop;
	struct follow *follow = calloc(1, sizeof *follow);

	if (follow == NULL)
		return NULL;
	follow->streamer = streamer;
	follow->node.id = baton->id;
	follow->fence = baton->fence;
	follow->attempt = baton->attempt;
	memcpy(follow->host, baton->host, sizeof follow->host);
	memcpy(follow->trace, baton->trace, sizeof follow->trace);
	follow->begun_us = wp_time_monotonic_us();
	follow->heard_ms = wp_time_monotonic_ms();
	follow->renew = wp_timer_new(loop, on_renew, follow);
	follow->silence = wp_timer_new(loop, on_silence, follow);
	if (follow->renew == NULL || follow->silence == NULL) {
		wp_timer_free(follow->renew);
		wp_timer_free(follow->silence);
		free(follow);
		return NULL;
	}
	wp_id_table_add(&streamer->follows, &follow->node);
	return follow;
}

void follow_baton(struct streamer *streamer, const struct wp_baton *baton)
{
	struct follow *known = find(streamer, &baton->id);

	if (known != NULL && known->fence >= baton->fence)
		return;
	if (known != NULL)
		follow_drop(known);
	struct follow *follow = follow_new(streamer, baton);
	if (follow == NULL)
		return;
	wp_metric_set(streamer->context->metrics, streamer->metrics + STREAMER_FOLLOWING, 0,
		(double)streamer->follows.count);
	wp_timer_start(follow->renew, FOLLOW_RENEW_MS, FOLLOW_RENEW_MS);
	follow_hold(follow);
	if (wp_store_get(streamer->store, &baton->id, on_record, follow) < 0) {
		follow_drop(follow);
		follow_let_go(follow);
		return;
	}
	WP_CRASH_POINT("baton-taken");
	/* The record and the output are asked for side by side. */
	if (follow->host[0] != '\0')
		request(follow);
}
