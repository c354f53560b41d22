/* verifier.h - the state of payment-verifier, shared by its files only. */
#ifndef VERIFIER_H
#define VERIFIER_H

#include "libcommon/service.h"
#include "proto/claimer.h"
#include "proto/installer.h"
#include "proto/statement.h"
#include "proto/store.h"
#include "services/payment-verifier/chain.h"
#include "services/payment-verifier/options.h"
#include "services/payment-verifier/present.h"
#include "services/payment-verifier/retry.h"

#define VERIFIER_PRESENTS_MAX 1024 /* presentations under way */
#define VERIFIER_WATCHES_MAX  256  /* records under way */

enum verifier_metric {
	VERIFIER_PRESENTS, /* by outcome */
	VERIFIER_CHECKS,   /* by how the look at a payment ended */
	VERIFIER_PAID,
	VERIFIER_REJECTED,
	VERIFIER_RPC_LOST,
	VERIFIER_METRIC_COUNT
};
extern const struct wp_metric verifier_metrics[];

struct check;

struct verifier {
	struct wp_context *context;
	const struct verifier_settings *settings;
	int metrics_base;
	struct wp_store *store;
	struct wp_installer *installer;
	struct chain chain;
	struct present_terms terms;
	struct wp_claimer *claimer;
	struct retries *retries;
	struct check *checks; /* under way, see check.c */
	uint64_t head;        /* a height the chain has reached, and when it was asked */
	int64_t head_ms;
	size_t presents, watches;
	bool draining, stopped;
};

void verifier_count(struct verifier *verifier, enum verifier_metric metric, size_t label);
/* Ends one piece of work; the last one of a stopped verifier frees it. */
void verifier_present_ended(struct verifier *verifier);
void verifier_watch_ended(struct verifier *verifier);

int verifier_open(
	struct wp_context *context, const void *settings, int metrics_base, void **ret_state);
int verifier_start(void *state);
void verifier_on_message(void *state, const uint8_t *data, size_t size);
bool verifier_ready(void *state);
void verifier_drain(void *state);
bool verifier_drained(void *state);
void verifier_stop(void *state);

#endif
