#include "services/payment-verifier/verifier.h"

#include "libcommon/base.h"
#include "services/payment-verifier/admission.h"
#include "services/payment-verifier/watch.h"

#include <stdlib.h>
#include <unistd.h>

#define EXIT_UNAVAILABLE 69 /* sysexits.h: something needed is not there */

static const char *const outcomes[] = { "unspecified", "admitted", "exists", "conflict", "refused",
	"unavailable", "gone", NULL };
static const char *const verdicts[] = { "wait", "paid", "never", NULL };

const struct wp_metric verifier_metrics[] = {
	[VERIFIER_PRESENTS] = { "workproof_payment_verifier_presents_total", WP_COUNTER,
		"Payments presented, by answer", "outcome", outcomes },
	[VERIFIER_CHECKS] = { "workproof_payment_verifier_checks_total", WP_COUNTER,
		"Looks at the chain for a payment, by what they proved", "verdict", verdicts },
	[VERIFIER_PAID] = { "workproof_payment_verifier_paid_total", WP_COUNTER, "Payments proven",
		NULL, NULL },
	[VERIFIER_REJECTED] = { "workproof_payment_verifier_rejected_total", WP_COUNTER,
		"Payments that can never be ours", NULL, NULL },
	[VERIFIER_RPC_LOST] = { "workproof_payment_verifier_rpc_lost_total", WP_COUNTER,
		"Checks the RPC endpoint did not answer", NULL, NULL },
};

static const enum wp_state states[] = { WP_STATE_SETTLE_SENT };

void verifier_count(struct verifier *verifier, enum verifier_metric metric, size_t label)
{
	wp_metric_add(verifier->context->metrics, verifier->metrics_base + (int)metric, label, 1);
}

static void release(struct verifier *verifier)
{
	if (!verifier->stopped || verifier->presents > 0 || verifier->watches > 0)
		return;
	wp_store_free(verifier->store);
	free(verifier);
}

void verifier_present_ended(struct verifier *verifier)
{
	verifier->presents--;
	release(verifier);
}

void verifier_watch_ended(struct verifier *verifier)
{
	verifier->watches--;
	if (!verifier->stopped)
		wp_claimer_more(verifier->claimer);
	release(verifier);
}

static size_t room(void *arg, enum wp_state state)
{
	const struct verifier *verifier = arg;
	size_t busy = verifier->watches;

	(void)state;
	return busy < VERIFIER_WATCHES_MAX ? VERIFIER_WATCHES_MAX - busy : 0;
}

static void on_baton(void *arg, const struct wp_baton *baton)
{
	struct verifier *verifier = arg;

	if (!verifier->draining && baton->state == WP_STATE_SETTLE_SENT)
		watch_take(verifier, baton);
}

static void on_chain(void *arg, int status)
{
	struct verifier *verifier = arg;

	if (status < 0) {
		wp_log(WP_LOG_ERROR,
			"the RPC endpoint serves another chain than CHAIN_ID and GENESIS_HASH name",
			"rpc_url", verifier->settings->rpc_url, NULL);
		_exit(EXIT_UNAVAILABLE);
	}
	wp_log(WP_LOG_INFO, "chain checked", "chain_id", wp_log_i64((int64_t)verifier->chain.id),
		NULL);
	if (!verifier->draining)
		wp_claimer_start(verifier->claimer);
}

static void fill(struct verifier *verifier)
{
	const struct verifier_settings *settings = verifier->settings;

	verifier->chain.id = (uint64_t)settings->chain_id;
	verifier->chain.genesis = settings->genesis_hash;
	verifier->chain.confirmations = (uint64_t)settings->confirmations;
	verifier->chain.finality = (enum chain_finality)settings->finality;
	verifier->chain.block_time_ms = settings->block_time_ms;
	verifier->terms = (struct present_terms){
		.token = { .name = settings->token_name,
			.version = settings->token_version,
			.chain_id = (uint64_t)settings->chain_id,
			.verifying_contract = settings->token_address },
		.wallet = settings->payment_wallet,
		.price = settings->price,
		.offer_timeout_s = settings->offer_timeout_ms / 1000,
	};
}

int verifier_open(
	struct wp_context *context, const void *settings, int metrics_base, void **ret_state)
{
	struct verifier *verifier = calloc(1, sizeof *verifier);

	if (verifier == NULL)
		return -ENOMEM;
	verifier->context = context;
	verifier->settings = settings;
	verifier->metrics_base = metrics_base;
	fill(verifier);
	*ret_state = verifier;
	return 0;
}

int verifier_start(void *state)
{
	struct verifier *verifier = state;
	struct wp_context *context = verifier->context;

	verifier->store = wp_store_new(context->redis);
	verifier->chain.rpc =
		wp_rpc_new(context->http, verifier->settings->rpc_url, CHAIN_RPC_TIMEOUT_MS);
	if (verifier->store == NULL || verifier->chain.rpc == NULL)
		return -ENOMEM;
	verifier->retries = retry_new(context->loop, on_baton, verifier);
	verifier->claimer = wp_claimer_new(context->loop, verifier->store, states,
		WP_ARRAY_LEN(states), room, on_baton, verifier);
	if (verifier->retries == NULL || verifier->claimer == NULL)
		return -ENOMEM;
	verifier->installer = wp_installer_new(context->loop, context->redis);
	if (verifier->installer == NULL)
		return -ENOMEM;
	return chain_start(&verifier->chain, context->loop, on_chain, verifier);
}

void verifier_on_message(void *state, const uint8_t *data, size_t size)
{
	struct verifier *verifier = state;
	Workproof__Envelope *envelope = wp_envelope_read(data, size);
	struct wp_baton baton;

	if (envelope == NULL)
		return;
	if (envelope->body_case == WORKPROOF__ENVELOPE__BODY_PRESENT) {
		admission_present(verifier, envelope); /* takes the envelope */
		return;
	}
	if (verifier->chain.checked && verifier->watches < VERIFIER_WATCHES_MAX &&
		wp_baton_read(&baton, envelope) == 0)
		on_baton(verifier, &baton);
	workproof__envelope__free_unpacked(envelope, NULL);
}

bool verifier_ready(void *state)
{
	const struct verifier *verifier = state;

	return verifier->chain.checked;
}

void verifier_drain(void *state)
{
	struct verifier *verifier = state;

	verifier->draining = true;
	if (verifier->claimer != NULL)
		wp_claimer_stop(verifier->claimer);
}

bool verifier_drained(void *state)
{
	const struct verifier *verifier = state;

	return verifier->presents == 0 && verifier->watches == 0;
}

void verifier_stop(void *state)
{
	struct verifier *verifier = state;
	struct wp_rpc *rpc = verifier->chain.rpc;

	verifier->draining = true;
	chain_stop(&verifier->chain);
	wp_installer_free(verifier->installer);
	retry_free(verifier->retries);
	verifier->retries = NULL;
	wp_claimer_free(verifier->claimer);
	verifier->claimer = NULL;
	/* Held once more, so that the last call ended by this cannot free what is being freed. */
	verifier->watches++;
	verifier->stopped = true;
	wp_rpc_free(rpc);
	verifier_watch_ended(verifier);
}
