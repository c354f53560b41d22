/* settings.c - the tables of settings and metrics. */
#include "libcommon/base.h"
#include "services/vm-orchestrator/orchestrator.h"

const char *const orchestrator_drivers[] = { "process", "null", NULL };

#define SETTING(member) offsetof(struct orchestrator_settings, member)

const struct wp_option orchestrator_options[] = {
	{ .name = "driver",
		.type = WP_CONF_CHOICE,
		.offset = SETTING(driver),
		.fallback = "process",
		.choices = orchestrator_drivers,
		.help = "kind of isolate; null runs nothing and is for tests" },
	{ .name = "guest_path",
		.type = WP_CONF_PATH,
		.offset = SETTING(guest_path),
		.fallback = "",
		.help = "the guest binary; empty: beside this daemon" },
	{ .name = "capacity",
		.type = WP_CONF_INT,
		.offset = SETTING(capacity),
		.fallback = "0",
		.min = 0,
		.max = 100,
		.help = "isolates of this instance at once; 0: one per processor" },
	{ .name = "slots_max",
		.type = WP_CONF_INT,
		.offset = SETTING(slots_max),
		.fallback = "100",
		.min = 1,
		.max = 100,
		.help = "isolates of the whole installation at once" },
	{ .name = "installation",
		.type = WP_CONF_TEXT,
		.offset = SETTING(installation),
		.fallback = "workproof",
		.help = "marks our isolates on this host, [0-9a-z-]{1,32}" },
	{ .name = "result_key",
		.type = WP_CONF_KEY,
		.offset = SETTING(result_key),
		.help = "MAC key of the result line, shared with log-streamer" },
	{ .name = "output_keep",
		.type = WP_CONF_DURATION,
		.offset = SETTING(output_keep_ms),
		.fallback = "2m",
		.min = 1000,
		.max = 3600000,
		.help = "how long the output of an ended run is kept when nobody says that it was decided" },
	{ .name = "output_memory",
		.type = WP_CONF_INT,
		.offset = SETTING(output_memory_bytes),
		.fallback = "268435456",
		.min = 4194304,
		.max = 17179869184,
		.help = "bytes of kept output past which nothing new is started" },
};
const size_t orchestrator_option_count = WP_ARRAY_LEN(orchestrator_options);

static const char *const outcomes[] = { "ok", "error", "timeout", "failed", NULL };
static const char *const parked[] = { "busy", "full", "unfit", "drain", NULL };

const struct wp_metric orchestrator_metrics[ORCHESTRATOR_METRIC_COUNT] = {
	[ORCHESTRATOR_RUNS] = { "workproof_orchestrator_runs_total", WP_COUNTER,
		"runs that ended, by outcome", "outcome", outcomes },
	[ORCHESTRATOR_PARKED] = { "workproof_orchestrator_parked_total", WP_COUNTER,
		"verifications handed back to the queue, by cause", "cause", parked },
	[ORCHESTRATOR_DROPPED] = { "workproof_orchestrator_dropped_total", WP_COUNTER,
		"batons that were no longer current", NULL, NULL },
	[ORCHESTRATOR_ISOLATES] = { "workproof_orchestrator_isolates", WP_GAUGE, "isolates alive",
		NULL, NULL },
	[ORCHESTRATOR_WAITING] = { "workproof_orchestrator_waiting", WP_GAUGE,
		"verifications waiting for an isolate of this instance", NULL, NULL },
	[ORCHESTRATOR_KEPT] = { "workproof_orchestrator_output_bytes", WP_GAUGE,
		"memory of kept outputs", NULL, NULL },
	[ORCHESTRATOR_START] = { "workproof_orchestrator_start_seconds", WP_HISTOGRAM,
		"from the baton to the started isolate", NULL, NULL },
	[ORCHESTRATOR_RUN] = { "workproof_orchestrator_run_seconds", WP_HISTOGRAM,
		"from the started isolate to its end", NULL, NULL },
};
