#include "services/chain-writer/settle.h"

#include "libcommon/base.h"
#include "libcommon/time.h"

bool settle_is_late(uint64_t valid_before, int64_t now_s, int64_t block_time_ms)
{
	int64_t margin_s = SETTLE_MARGIN_S + (block_time_ms + 999) / 1000;

	return valid_before < (uint64_t)(now_s + margin_s);
}

uint64_t settle_gas_limit(uint64_t estimated)
{
	if (estimated > GUARD_SETTLE_GAS)
		return GUARD_SETTLE_GAS;
	uint64_t limit = estimated + estimated / 4;
	return limit < GUARD_SETTLE_GAS ? limit : GUARD_SETTLE_GAS;
}

/* Not by us: payment-verifier sees whether somebody else did, or nobody ever can. */
static void leave_unsigned(struct job *job, const char *why)
{
	wp_log(WP_LOG_INFO, "settlement is not sent", "id", wp_log_id(&job->baton.id), "why", why,
		NULL);
	job_advance(job, WP_STATE_SETTLE_SENT, NULL);
}

static void on_moved(struct job *job)
{
	WP_CRASH_POINT("settle-sent");
	if (!job->writer->stopped)
		wp_baton_push(job->writer->context->bus, job->baton.state, &job->baton.id,
			job->baton.fence, job->baton.attempt, NULL, job->baton.trace);
	job_end(job);
}

static void on_sent(void *arg)
{
	struct job *job = arg;

	WP_CRASH_POINT("settle-broadcast");
	job_advance(job, WP_STATE_SETTLE_SENT, on_moved);
}

static void on_stored(void *arg, uint64_t fence)
{
	struct job *job = arg;

	WP_CRASH_POINT("settle-signed");
	job->baton.state = WP_STATE_SETTLE_SIGNED;
	job->baton.fence = fence;
	job->field_count = 0;
}

static void prepare(void *arg, const struct wp_hash *hash)
{
	struct job *job = arg;

	job_set_hash(job, WP_FIELD_settle_tx, hash);
	job->order.move.field_count = job->field_count;
	WP_CRASH_POINT("settle-sign");
}

static void order(struct job *job, uint64_t gas_limit)
{
	if (!job_order(job, GUARD_SETTLE, WP_STATE_SETTLE_SIGNED,
		    job->writer->settings->token_address, gas_limit, prepare, on_stored, on_sent))
		job_wait_for_lane(job, GUARD_SETTLE);
}

static void on_estimated(void *arg, const struct wp_rpc_answer *answer)
{
	struct job *job = arg;
	uint64_t gas = 0;

	if (answer->outcome == WP_RPC_LOST)
		job_park_chain(job, false);
	else if (chain_is_revert(answer))
		leave_unsigned(job, "it would revert");
	else if (answer->outcome == WP_RPC_OK && wp_rpc_get_u64(&gas, answer->result) == 0)
		order(job, settle_gas_limit(gas));
	else
		order(job, GUARD_SETTLE_GAS);
}

void settle_due(struct job *job)
{
	struct writer *writer = job->writer;
	const struct wp_authorization *authorization = &job->payment.authorization;

	if (settle_is_late(authorization->valid_before, wp_time_wall_ms() / 1000,
		    writer->chain.block_time_ms)) {
		leave_unsigned(job, "validBefore is too near");
		return;
	}
	if (lane_room(writer->lanes[GUARD_SETTLE]) == 0) {
		job_wait_for_lane(job, GUARD_SETTLE);
		return;
	}
	payment_calldata(&job->data, authorization, &job->payment.signature);
	if (job->data.failed)
		job_wait_for_lane(job, GUARD_SETTLE);
	else
		job_estimate(job, GUARD_SETTLE, on_estimated);
}

void settle_signed(struct job *job)
{
	job_resend(job, GUARD_SETTLE, on_sent);
}
