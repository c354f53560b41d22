/* streamer.h - the state of one log-streamer, and what its parts ask of each other. */
#ifndef WP_STREAMER_H
#define WP_STREAMER_H

#include "libcommon/service.h"
#include "proto/baton.h"
#include "proto/claimer.h"
#include "proto/id_table.h"
#include "proto/installer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct streamer_settings {
	int64_t capacity;
	struct wp_secret result_key;
	struct wp_secret statement_key;
};
extern const struct wp_option streamer_options[];
extern const size_t streamer_option_count;

enum streamer_metric {
	STREAMER_VERDICTS,  /* by verdict, its number - 1 */
	STREAMER_RERUNS,    /* by enum decide_cause */
	STREAMER_REFUNDS,   /* by enum decide_cause */
	STREAMER_DROPPED,   /* batons that were no longer current */
	STREAMER_FOLLOWING, /* runs followed now */
	STREAMER_DECIDE,    /* from the baton to DECIDED */
	STREAMER_METRIC_COUNT
};
extern const struct wp_metric streamer_metrics[];

struct streamer {
	struct wp_context *context;
	const struct streamer_settings *settings;
	int metrics;
	struct wp_store *store;
	struct wp_installer *installer;
	struct wp_claimer *claimer;
	struct wp_id_table follows; /* of struct follow */
	bool draining;

	unsigned held; /* calls under way that will come back */
	bool stopped;
};

void streamer_hold(struct streamer *streamer);
void streamer_let_go(struct streamer *streamer);
void streamer_count(struct streamer *streamer, enum streamer_metric metric, size_t label);

/* For struct wp_service. */
int streamer_open(
	struct wp_context *context, const void *settings, int metrics_base, void **ret_state);
int streamer_start(void *state);
void streamer_on_message(void *state, const uint8_t *data, size_t size);
void streamer_drain(void *state);
bool streamer_drained(void *state);
void streamer_stop(void *state);

#endif
