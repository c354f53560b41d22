#include "services/log-streamer/conclude.h"

#include "libcommon/base.h"
#include "libcommon/time.h"
#include "proto/statement.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One move under way. */
struct conclude {
	struct follow *follow;
	struct decision decision;
	enum wp_state to;
};

static enum wp_state state_of(const struct decision *decision)
{
	switch (decision->action) {
	case DECIDE_VERDICT:
		return WP_STATE_DECIDED;
	case DECIDE_RERUN:
		return WP_STATE_PAID;
	case DECIDE_REFUND:
		return WP_STATE_REFUND_DUE;
	}
	return WP_STATE_NONE;
}

static void record_decision(struct follow *follow, const struct decision *decision)
{
	struct streamer *streamer = follow->streamer;

	switch (decision->action) {
	case DECIDE_VERDICT:
		streamer_count(streamer, STREAMER_VERDICTS, (size_t)decision->verdict - 1);
		wp_metric_observe(streamer->context->metrics, streamer->metrics + STREAMER_DECIDE,
			0, (double)(wp_time_monotonic_us() - follow->begun_us) / 1e6);
		break;
	case DECIDE_RERUN:
		streamer_count(streamer, STREAMER_RERUNS, (size_t)decision->cause);
		wp_log(WP_LOG_WARNING, "run lost, started again", "id", wp_log_id(&follow->node.id),
			"attempt", wp_log_i64(follow->attempt), "cause",
			decide_cause_text(decision->cause), NULL);
		break;
	case DECIDE_REFUND:
		streamer_count(streamer, STREAMER_REFUNDS, (size_t)decision->cause);
		wp_log(WP_LOG_ERROR, "runs used up, refund", "id", wp_log_id(&follow->node.id),
			"cause", decide_cause_text(decision->cause), NULL);
		break;
	}
}

/* An unknown outcome and a stale fence alike: the baton is no longer ours. */
static void on_moved(void *arg, const struct wp_moved *moved)
{
	struct conclude *conclude = arg;
	struct follow *follow = conclude->follow;
	struct streamer *streamer = follow->streamer;

	if (moved->status == 0 && !streamer->stopped) {
		WP_CRASH_POINT("decided");
		wp_baton_push(streamer->context->bus, conclude->to, &follow->node.id, moved->fence,
			moved->attempt, NULL, follow->trace);
		WP_CRASH_POINT("baton-sent");
		follow_tell_done(follow);
		record_decision(follow, &conclude->decision);
	} else if (moved->status == -EPROTO) {
		wp_log(WP_LOG_ERROR, "move refused", "id", wp_log_id(&follow->node.id), "why",
			moved->text, NULL);
	} else if (!streamer->stopped) {
		streamer_count(streamer, STREAMER_DROPPED, 0);
	}
	free(conclude);
	follow_drop(follow);
	follow_let_go(follow);
}

static void send_move(struct follow *follow, const struct decision *decision, struct wp_move *move)
{
	struct conclude *conclude = malloc(sizeof *conclude);

	if (conclude == NULL) {
		follow_drop(follow);
		return;
	}
	*conclude = (struct conclude){
		.follow = follow, .decision = *decision, .to = state_of(decision)
	};
	move->id = follow->node.id;
	move->fence = follow->fence;
	move->from = WP_STATE_RUNNING;
	move->to = conclude->to;
	follow->deciding = true;
	follow_hold(follow);
	if (wp_store_advance(follow->streamer->store, move, on_moved, conclude) < 0) {
		free(conclude);
		follow_drop(follow);
		follow_let_go(follow);
	}
}

/* ---- without a verdict ---- */

static void send_rerun(struct follow *follow, const struct decision *decision)
{
	struct wp_field_value trapped = { WP_FIELD_error_code, "TRAP" };
	struct wp_move move = { .fields = &trapped,
		.field_count = decision->cause == DECIDE_CAUSE_TRAP ? 1 : 0 };

	send_move(follow, decision, &move);
}

static void send_refund(struct follow *follow, const struct decision *decision)
{
	struct wp_field_value fields[] = {
		{ WP_FIELD_verdict, wp_verdict_text(decision->verdict) },
		{ WP_FIELD_error_code, NULL },
		{ WP_FIELD_refund_reason, decide_cause_text(decision->cause) },
	};
	struct wp_move move = { .fields = fields, .field_count = WP_ARRAY_LEN(fields) };

	send_move(follow, decision, &move);
}

/* ---- with a verdict ---- */

static int sign(char text[static WP_STATEMENT_TEXT], const struct follow *follow,
	const struct decision *decision, const struct wp_result *result)
{
	struct wp_verdict_statement statement = {
		.id = follow->node.id,
		.fence = follow->fence,
		.output_hash = result->output_hash,
		.verdict = decision->verdict,
		.engine = result->engine,
		.guest_digest = result->guest_digest,
		.driver = result->driver,
		.isolation = result->isolation,
	};
	int status = wp_record_hash(&follow->record, WP_FIELD_task_hash, &statement.task_hash);

	if (status < 0)
		return status;
	return wp_verdict_statement_sign(
		text, &statement, &follow->streamer->settings->statement_key);
}

static void send_verdict(
	struct follow *follow, const struct decision *decision, const struct wp_result *result)
{
	char output_hash[WP_HASH_TEXT], guest_digest[WP_HASH_TEXT], statement[WP_STATEMENT_TEXT];
	char output_bytes[24], time_ms[24], memory_bytes[24], fence[24];
	const char *error_code = decision->verdict == WP_VERDICT_ERROR ? result->error_code : NULL;
	struct wp_field_value fields[] = {
		{ WP_FIELD_verdict, wp_verdict_text(decision->verdict) },
		{ WP_FIELD_error_code, error_code },
		{ WP_FIELD_output_hash, wp_hash_text(output_hash, &result->output_hash) },
		{ WP_FIELD_output_bytes, output_bytes },
		{ WP_FIELD_guest_digest, wp_hash_text(guest_digest, &result->guest_digest) },
		{ WP_FIELD_time_ms, time_ms },
		{ WP_FIELD_memory_bytes, memory_bytes },
		{ WP_FIELD_verdict_fence, fence },
		{ WP_FIELD_verdict_statement, statement },
	};
	struct wp_move move = {
		.fields = fields,
		.field_count = WP_ARRAY_LEN(fields),
		.out_stdout = follow->output.size == 0 ? (const uint8_t *)"" : follow->output.data,
		.out_stdout_size = follow->output.size,
		.out_result = result->result,
		.out_error_message = result->error_message,
	};

	snprintf(output_bytes, sizeof output_bytes, "%" PRIu64, result->output_bytes);
	snprintf(time_ms, sizeof time_ms, "%" PRId64, result->time_ms);
	snprintf(memory_bytes, sizeof memory_bytes, "%" PRId64, result->memory_peak_bytes);
	snprintf(fence, sizeof fence, "%" PRIu64, follow->fence);
	int status = sign(statement, follow, decision, result);
	if (status < 0) {
		wp_log(WP_LOG_ERROR, "verdict cannot be signed", "id", wp_log_id(&follow->node.id),
			"error", wp_log_error(status), NULL);
		follow_drop(follow);
		return;
	}
	send_move(follow, decision, &move);
}

static void send_decision(
	struct follow *follow, const struct decision *decision, const struct wp_result *result)
{
	switch (decision->action) {
	case DECIDE_VERDICT:
		send_verdict(follow, decision, result);
		break;
	case DECIDE_RERUN:
		send_rerun(follow, decision);
		break;
	case DECIDE_REFUND:
		send_refund(follow, decision);
		break;
	}
}

/* The deadline refunds a record nobody can read. */
static bool read_facts(struct decide_facts *facts, struct follow *follow)
{
	int status = decide_read_facts(facts, &follow->record);

	if (status == 0)
		return true;
	wp_log(WP_LOG_ERROR, "record cannot be read", "id", wp_log_id(&follow->node.id), "error",
		wp_log_error(status), NULL);
	follow_drop(follow);
	return false;
}

void conclude_ended(struct follow *follow)
{
	struct decide_facts facts;
	struct wp_result result = { 0 };
	struct decision decision;

	if (!read_facts(&facts, follow))
		return;
	WP_CRASH_POINT("trailer-taken");
	int status = wp_result_read(&result, follow->trailer, strlen(follow->trailer),
		&follow->streamer->settings->result_key);
	if (status == -ENOMEM) {
		follow_drop(follow);
		return;
	}
	bool believed = status == 0 &&
			decide_believes(&facts, &result, follow->output.data, follow->output.size);
	if (!believed)
		wp_log(WP_LOG_ERROR, "result line not believed", "id", wp_log_id(&follow->node.id),
			"host", follow->host, "error", wp_log_error(status), NULL);
	decision = decide_end(&facts, believed ? &result : NULL, DECIDE_CAUSE_FORGED);
	send_decision(follow, &decision, believed ? &result : NULL);
	if (status == 0)
		wp_result_free(&result);
}

void conclude_lost(struct follow *follow)
{
	struct decide_facts facts;
	struct decision decision;

	if (!read_facts(&facts, follow))
		return;
	decision = decide_end(&facts, NULL, DECIDE_CAUSE_LOST);
	send_decision(follow, &decision, NULL);
}
