/* orchestrator.h - the state of one vm-orchestrator, and what its parts ask of each other. */
#ifndef WP_ORCHESTRATOR_H
#define WP_ORCHESTRATOR_H

#include "libcommon/service.h"
#include "proto/baton.h"
#include "proto/claimer.h"
#include "proto/id_table.h"
#include "proto/installer.h"
#include "services/vm-orchestrator/driver.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct orchestrator_settings {
	int driver; /* index into orchestrator_drivers */
	char *guest_path;
	int64_t capacity;
	int64_t slots_max;
	char *installation;
	struct wp_secret result_key;
	int64_t output_keep_ms;
	int64_t output_memory_bytes;
};

extern const char *const orchestrator_drivers[];
extern const struct wp_option orchestrator_options[];
extern const size_t orchestrator_option_count;

enum orchestrator_metric {
	ORCHESTRATOR_RUNS,     /* by outcome, in the order of enum driver_outcome */
	ORCHESTRATOR_PARKED,   /* by orchestrator_parked */
	ORCHESTRATOR_DROPPED,  /* batons that were no longer current */
	ORCHESTRATOR_ISOLATES, /* alive now */
	ORCHESTRATOR_WAITING,  /* batons waiting for an isolate here */
	ORCHESTRATOR_KEPT,     /* bytes of output in memory */
	ORCHESTRATOR_START,    /* baton to isolate started */
	ORCHESTRATOR_RUN,      /* isolate started to its end */
	ORCHESTRATOR_METRIC_COUNT
};
enum orchestrator_parked {
	ORCHESTRATOR_PARKED_BUSY,  /* no isolate of ours came free in time */
	ORCHESTRATOR_PARKED_FULL,  /* the installation's slots are all taken */
	ORCHESTRATOR_PARKED_UNFIT, /* another orchestrator's work */
	ORCHESTRATOR_PARKED_DRAIN  /* handed back */
};
extern const struct wp_metric orchestrator_metrics[];

struct waiting; /* waiting.h */
struct run;     /* run.h */
struct release; /* release.h */

struct orchestrator {
	struct wp_context *context;
	const struct orchestrator_settings *settings;
	int metrics;
	struct wp_store *store;
	struct wp_installer *installer;
	struct wp_claimer *claimer;
	const struct driver *driver;
	void *driver_state;
	unsigned capacity; /* isolates at once, never 0 */

	struct waiting *waiting;
	unsigned starting;       /* batons taken up, no isolate yet */
	unsigned live;           /* isolates */
	struct wp_id_table runs; /* of struct run: live ones and those whose output is kept */
	size_t kept_bytes;
	struct release *releases; /* slots to be freed whose call failed */
	struct wp_timer *tick;
	bool draining;

	unsigned held; /* calls under way that will come back to this struct */
	bool stopped;
};

/* A call under way keeps the struct alive; what comes back after the stop only lets go. */
void orchestrator_hold(struct orchestrator *orchestrator);
void orchestrator_let_go(struct orchestrator *orchestrator);

void orchestrator_count(
	struct orchestrator *orchestrator, enum orchestrator_metric metric, size_t label);
void orchestrator_gauge(
	struct orchestrator *orchestrator, enum orchestrator_metric metric, double value);
void orchestrator_observe(
	struct orchestrator *orchestrator, enum orchestrator_metric metric, int64_t since_us);

/* An isolate may have come free: takes what waits. */
void orchestrator_next(struct orchestrator *orchestrator);

/* For struct wp_service. */
int orchestrator_open(
	struct wp_context *context, const void *settings, int metrics_base, void **ret_state);
int orchestrator_start(void *state);
void orchestrator_on_message(void *state, const uint8_t *data, size_t size);
void orchestrator_drain(void *state);
bool orchestrator_drained(void *state);
void orchestrator_stop(void *state);

#endif
