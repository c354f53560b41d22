#include "services/chain-writer/writer.h"

#include "libcommon/base.h"
#include "libcommon/time.h"
#include "services/chain-writer/job.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_UNAVAILABLE 69 /* sysexits.h: something needed is not there */

static const char *const lane_kinds[] = { "settle", "attest", "refund", NULL };
static const char *const state_names[] = { [WP_STATE_NONE] = "",
	[WP_STATE_SETTLE_DUE] = "SETTLE_DUE",
	[WP_STATE_SETTLE_SIGNED] = "SETTLE_SIGNED",
	[WP_STATE_SETTLE_SENT] = "SETTLE_SENT",
	[WP_STATE_PAY_WAIT] = "PAY_WAIT",
	[WP_STATE_PAID] = "PAID",
	[WP_STATE_RUNNING] = "RUNNING",
	[WP_STATE_DECIDED] = "DECIDED",
	[WP_STATE_ATT_SIGNED] = "ATT_SIGNED",
	[WP_STATE_ATT_SENT] = "ATT_SENT",
	[WP_STATE_REFUND_DUE] = "REFUND_DUE",
	[WP_STATE_REF_SIGNED] = "REF_SIGNED",
	[WP_STATE_REF_SENT] = "REF_SENT",
	[WP_STATE_LAPSED] = "LAPSED",
	[WP_STATE_DONE] = "DONE",
	[WP_STATE_REFUNDED] = "REFUNDED",
	[WP_STATE_REJECTED] = "REJECTED",
	[WP_STATE_VOID] = "VOID",
	[WP_STATE_MANUAL] = "MANUAL",
	[WP_STATE_COUNT] = NULL };

const struct wp_metric writer_metrics[] = {
	[WRITER_MOVES] = { "workproof_chain_writer_moves_total", WP_COUNTER,
		"Moves made, by state entered", "state", state_names },
	[WRITER_LANE_OPEN] = { "workproof_chain_writer_lane_open", WP_GAUGE,
		"Transactions that are not final", "lane", lane_kinds },
	[WRITER_LANE_UNMINED] = { "workproof_chain_writer_lane_unmined", WP_GAUGE,
		"Transactions that are not mined", "lane", lane_kinds },
	[WRITER_LANE_OURS] = { "workproof_chain_writer_lane_ours", WP_GAUGE,
		"1 while this instance holds the lane", "lane", lane_kinds },
	[WRITER_LANE_STARVED] = { "workproof_chain_writer_lane_starved", WP_GAUGE,
		"1 while the key cannot pay for its transactions", "lane", lane_kinds },
	[WRITER_RPC_LOST] = { "workproof_chain_writer_rpc_lost_total", WP_COUNTER,
		"Checks the RPC endpoint did not answer", NULL, NULL },
	[WRITER_REFUSED] = { "workproof_chain_writer_refused_total", WP_COUNTER,
		"Records and signatures refused by the key guard", NULL, NULL },
};

static const enum wp_state states[] = { WP_STATE_SETTLE_DUE, WP_STATE_SETTLE_SIGNED,
	WP_STATE_DECIDED, WP_STATE_ATT_SIGNED, WP_STATE_ATT_SENT, WP_STATE_REFUND_DUE,
	WP_STATE_REF_SIGNED, WP_STATE_REF_SENT };

void writer_count(struct writer *writer, enum writer_metric metric, size_t label)
{
	wp_metric_add(writer->context->metrics, writer->metrics_base + (int)metric, label, 1);
}

void writer_ended(struct writer *writer)
{
	writer->jobs--;
	if (!writer->stopped) {
		wp_claimer_more(writer->claimer);
	} else if (writer->jobs == 0) {
		wp_store_free(writer->store);
		free(writer);
	}
}

/* ---- work ---- */

static size_t room(void *arg, enum wp_state state)
{
	struct writer *writer = arg;
	size_t left = writer->jobs < WRITER_JOBS_MAX ? WRITER_JOBS_MAX - writer->jobs : 0;
	size_t lane = left;

	/* What needs a signature is taken only by who can sign now. */
	if (state == WP_STATE_SETTLE_DUE)
		lane = lane_room(writer->lanes[GUARD_SETTLE]);
	else if (state == WP_STATE_SETTLE_SIGNED)
		lane = lane_is_ours(writer->lanes[GUARD_SETTLE]) ? left : 0;
	else if (state == WP_STATE_ATT_SIGNED)
		lane = lane_is_ours(writer->lanes[GUARD_ATTEST]) ? left : 0;
	else if (state == WP_STATE_REF_SIGNED)
		lane = lane_is_ours(writer->lanes[GUARD_REFUND]) ? left : 0;
	return lane < left ? lane : left;
}

static void on_baton(void *arg, const struct wp_baton *baton)
{
	struct writer *writer = arg;

	if (!writer->draining)
		job_take(writer, baton);
}

void writer_on_message(void *state, const uint8_t *data, size_t size)
{
	struct writer *writer = state;
	Workproof__Envelope *envelope = wp_envelope_read(data, size);
	struct wp_baton baton;

	if (envelope == NULL)
		return;
	if (writer->chain.checked && writer->jobs < WRITER_JOBS_MAX &&
		wp_baton_read(&baton, envelope) == 0)
		on_baton(writer, &baton);
	workproof__envelope__free_unpacked(envelope, NULL);
}

/* ---- the head, once a second: fees, and what became of the rows ---- */

static void show_lanes(struct writer *writer)
{
	struct wp_metrics *metrics = writer->context->metrics;

	for (size_t i = 0; i < GUARD_LANES; i++) {
		struct lane_stats stats = lane_stats(writer->lanes[i]);
		int base = writer->metrics_base;
		wp_metric_set(metrics, base + WRITER_LANE_OPEN, i, (double)stats.open);
		wp_metric_set(metrics, base + WRITER_LANE_UNMINED, i, (double)stats.unmined);
		wp_metric_set(metrics, base + WRITER_LANE_OURS, i, stats.ours ? 1 : 0);
		wp_metric_set(metrics, base + WRITER_LANE_STARVED, i, stats.starved ? 1 : 0);
	}
}

static void look_done(struct writer *writer)
{
	if (--writer->look_waiting > 0)
		return;
	writer->looking = false;
	if (!writer->look_lost && !writer->stopped) {
		struct fees fees =
			fees_suggest(&writer->base_fee, &writer->tip, &writer->terms.max_fee);
		for (size_t i = 0; i < GUARD_LANES; i++)
			lane_look(writer->lanes[i], writer->head, &fees);
		show_lanes(writer);
	}
	writer_ended(writer);
}

static void on_head(void *arg, const struct wp_rpc_answer *answer)
{
	struct writer *writer = arg;
	struct proof_block block = { 0 };

	if (answer->outcome != WP_RPC_OK || chain_read_block(&block, answer->result) < 0 ||
		!block.known ||
		wp_rpc_get_amount(&writer->base_fee,
			cJSON_GetObjectItemCaseSensitive(answer->result, "baseFeePerGas")) < 0)
		writer->look_lost = true;
	else
		writer->head = block.number;
	look_done(writer);
}

static void on_tip(void *arg, const struct wp_rpc_answer *answer)
{
	struct writer *writer = arg;

	if (answer->outcome != WP_RPC_OK || wp_rpc_get_amount(&writer->tip, answer->result) < 0)
		writer->look_lost = true;
	look_done(writer);
}

static void call(struct writer *writer, const char *method, cJSON *params, wp_rpc_fn *fn)
{
	writer->look_waiting++;
	if (wp_rpc_call(writer->chain.rpc, method, params, fn, writer) < 0) {
		writer->look_lost = true;
		writer->look_waiting--;
	}
}

static void on_tick(void *arg)
{
	struct writer *writer = arg;

	if (writer->looking || !writer->chain.checked)
		return;
	writer->looking = true;
	writer->look_lost = false;
	writer->look_waiting = 1;
	writer->jobs++;
	call(writer, "eth_getBlockByNumber", chain_block_params("latest", 0), on_head);
	call(writer, "eth_maxPriorityFeePerGas", NULL, on_tip);
	look_done(writer);
}

/* ---- life ---- */

static void on_chain(void *arg, int status)
{
	struct writer *writer = arg;

	if (status < 0) {
		wp_log(WP_LOG_ERROR,
			"the RPC endpoint serves another chain than CHAIN_ID and GENESIS_HASH name",
			"rpc_url", writer->settings->rpc_url, NULL);
		_exit(EXIT_UNAVAILABLE);
	}
	wp_log(WP_LOG_INFO, "chain checked", "chain_id", wp_log_i64((int64_t)writer->chain.id),
		NULL);
	if (writer->draining)
		return;
	for (size_t i = 0; i < GUARD_LANES; i++)
		lane_start(writer->lanes[i]);
	wp_timer_start(writer->tick, 0, LANE_TICK_MS);
	wp_claimer_start(writer->claimer);
}

static int fill_keys(struct writer *writer)
{
	const struct writer_settings *settings = writer->settings;
	struct guard_terms *terms = &writer->terms;

	*terms = (struct guard_terms){ .chain_id = (uint64_t)settings->chain_id,
		.token = settings->token_address,
		.registry = settings->registry_address,
		.price = settings->price,
		.max_fee = settings->max_fee };
	memcpy(writer->keys.payment.bytes, settings->payment_statement_key.bytes, 32);
	memcpy(writer->keys.verdict.bytes, settings->verdict_statement_key.bytes, 32);
	if (wp_secp_address(&terms->wallet, &settings->wallet_key) < 0 ||
		wp_secp_address(&terms->verifier, &settings->verifier_key) < 0 ||
		wp_secp_address(&terms->senders[GUARD_SETTLE], &settings->settle_key) < 0 ||
		wp_secp_address(&terms->senders[GUARD_ATTEST], &settings->attest_key) < 0 ||
		wp_secp_address(&terms->senders[GUARD_REFUND], &settings->refund_key) < 0)
		return -WP_E_RANGE;
	return 0;
}

/* One key must not stand in two places: lanes would share a nonce, a sender could sign refunds. */
static bool keys_differ(const struct guard_terms *terms)
{
	const struct wp_address *all[] = { &terms->wallet, &terms->verifier, &terms->senders[0],
		&terms->senders[1], &terms->senders[2] };

	for (size_t i = 0; i < WP_ARRAY_LEN(all); i++)
		for (size_t k = i + 1; k < WP_ARRAY_LEN(all); k++)
			if (wp_address_equal(all[i], all[k]))
				return false;
	return true;
}

static void fill_chain(struct writer *writer)
{
	const struct writer_settings *settings = writer->settings;

	writer->chain.id = (uint64_t)settings->chain_id;
	writer->chain.genesis = settings->genesis_hash;
	writer->chain.confirmations = (uint64_t)settings->confirmations;
	writer->chain.finality = (enum chain_finality)settings->finality;
	writer->chain.block_time_ms = settings->block_time_ms;
	writer->token = (struct wp_eip712_domain){ .name = settings->token_name,
		.version = settings->token_version,
		.chain_id = (uint64_t)settings->chain_id,
		.verifying_contract = settings->token_address };
	/* A lease outlives a process: each life is an owner of its own. */
	snprintf(writer->owner, sizeof writer->owner, "%s/%d/%" PRId64, writer->context->instance,
		(int)getpid(), wp_time_wall_ms());
}

int writer_open(
	struct wp_context *context, const void *settings, int metrics_base, void **ret_state)
{
	struct writer *writer = calloc(1, sizeof *writer);

	if (writer == NULL)
		return -ENOMEM;
	writer->context = context;
	writer->settings = settings;
	writer->metrics_base = metrics_base;
	fill_chain(writer);
	if (fill_keys(writer) < 0 || !keys_differ(&writer->terms)) {
		wp_log(WP_LOG_ERROR,
			"each key must be a valid private key, and no two of them the same", NULL);
		free(writer);
		return -EINVAL;
	}
	*ret_state = writer;
	return 0;
}

static int make_lanes(struct writer *writer)
{
	const struct writer_settings *settings = writer->settings;
	const struct wp_secret *const keys[GUARD_LANES] = { &settings->settle_key,
		&settings->attest_key, &settings->refund_key };

	for (size_t i = 0; i < GUARD_LANES; i++) {
		const struct lane_settings lane = { .kind = lane_kinds[i],
			.guard = (enum guard_lane)i,
			.terms = &writer->terms,
			.key = keys[i],
			.owner = writer->owner,
			.loop = writer->context->loop,
			.store = writer->store,
			.chain = &writer->chain,
			.lease_ms = settings->lane_lease_ms,
			.in_flight_max = (size_t)settings->in_flight_max };
		writer->lanes[i] = lane_new(&lane);
		if (writer->lanes[i] == NULL)
			return -ENOMEM;
	}
	return 0;
}

int writer_start(void *state)
{
	struct writer *writer = state;
	struct wp_context *context = writer->context;

	writer->store = wp_store_new(context->redis);
	writer->chain.rpc =
		wp_rpc_new(context->http, writer->settings->rpc_url, CHAIN_RPC_TIMEOUT_MS);
	if (writer->store == NULL || writer->chain.rpc == NULL || make_lanes(writer) < 0)
		return -ENOMEM;
	writer->retries = retry_new(context->loop, on_baton, writer);
	writer->tick = wp_timer_new(context->loop, on_tick, writer);
	writer->claimer = wp_claimer_new(
		context->loop, writer->store, states, WP_ARRAY_LEN(states), room, on_baton, writer);
	if (writer->retries == NULL || writer->tick == NULL || writer->claimer == NULL)
		return -ENOMEM;
	writer->installer = wp_installer_new(context->loop, context->redis);
	if (writer->installer == NULL)
		return -ENOMEM;
	return chain_start(&writer->chain, context->loop, on_chain, writer);
}

bool writer_ready(void *state)
{
	const struct writer *writer = state;

	return writer->chain.checked;
}

void writer_drain(void *state)
{
	struct writer *writer = state;

	writer->draining = true;
	if (writer->claimer != NULL)
		wp_claimer_stop(writer->claimer);
}

static void on_released(void *arg)
{
	writer_ended(arg);
}

/* Nothing is signed any more: another instance may have the keys' lanes at once. */
static void release_lanes(struct writer *writer)
{
	writer->released = true;
	wp_timer_stop(writer->tick);
	for (size_t i = 0; i < GUARD_LANES; i++) {
		writer->jobs++;
		if (lane_release(writer->lanes[i], on_released, writer) < 0)
			writer->jobs--;
	}
}

bool writer_drained(void *state)
{
	struct writer *writer = state;

	if (writer->jobs == 0 && !writer->released && writer->tick != NULL)
		release_lanes(writer);
	return writer->jobs == 0;
}

static void on_lane_freed(void *arg)
{
	writer_ended(arg);
}

void writer_stop(void *state)
{
	struct writer *writer = state;
	struct wp_rpc *rpc = writer->chain.rpc;

	writer->draining = true;
	chain_stop(&writer->chain);
	wp_installer_free(writer->installer);
	wp_timer_free(writer->tick);
	retry_free(writer->retries);
	writer->retries = NULL;
	wp_claimer_free(writer->claimer);
	writer->claimer = NULL;
	writer->stopped = true;
	writer->jobs++; /* held until everything below is told */
	for (size_t i = 0; i < GUARD_LANES; i++) {
		if (writer->lanes[i] == NULL)
			continue;
		writer->jobs++;
		lane_free(writer->lanes[i], on_lane_freed, writer);
	}
	wp_rpc_free(rpc);
	writer->chain.rpc = NULL;
	writer_ended(writer);
}
