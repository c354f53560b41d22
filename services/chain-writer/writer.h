/* writer.h - the state of chain-writer, shared by its files only. */
#ifndef WRITER_H
#define WRITER_H

#include "libcommon/service.h"
#include "proto/claimer.h"
#include "proto/installer.h"
#include "services/chain-writer/decided.h"
#include "services/chain-writer/guard.h"
#include "services/chain-writer/lane.h"
#include "services/chain-writer/writer_options.h"
#include "services/payment-verifier/retry.h"

#define WRITER_JOBS_MAX   512
#define WRITER_OWNER_TEXT 96

enum writer_metric {
	WRITER_MOVES,     /* by state entered */
	WRITER_LANE_OPEN, /* by lane */
	WRITER_LANE_UNMINED,
	WRITER_LANE_OURS,
	WRITER_LANE_STARVED,
	WRITER_RPC_LOST,
	WRITER_REFUSED, /* by the key guard */
	WRITER_METRIC_COUNT
};
extern const struct wp_metric writer_metrics[];

struct writer {
	struct wp_context *context;
	const struct writer_settings *settings;
	int metrics_base;
	char owner[WRITER_OWNER_TEXT];
	struct wp_store *store;
	struct wp_installer *installer;
	struct chain chain;
	struct guard_terms terms;
	struct decided_keys keys;
	struct wp_eip712_domain token;
	struct lane *lanes[GUARD_LANES];
	struct wp_claimer *claimer;
	struct retries *retries;
	struct wp_timer *tick;
	bool looking, look_lost;
	int look_waiting;
	uint64_t head;
	struct wp_amount base_fee, tip;
	size_t jobs;
	bool draining, released, stopped;
};

void writer_count(struct writer *writer, enum writer_metric metric, size_t label);
/* One piece of work less; the last one of a stopped writer frees it. */
void writer_ended(struct writer *writer);

int writer_open(
	struct wp_context *context, const void *settings, int metrics_base, void **ret_state);
int writer_start(void *state);
void writer_on_message(void *state, const uint8_t *data, size_t size);
bool writer_ready(void *state);
void writer_drain(void *state);
bool writer_drained(void *state);
void writer_stop(void *state);

#endif
