/* settings.c - the tables of settings and metrics. */
#include "libcommon/base.h"
#include "services/reaper/reaper.h"

const char *const reaper_drivers[] = { "process", "null", NULL };

#define SETTING(member) offsetof(struct reaper_settings, member)

const struct wp_option reaper_options[] = {
	{ .name = "driver",
		.type = WP_CONF_CHOICE,
		.offset = SETTING(driver),
		.fallback = "process",
		.choices = reaper_drivers,
		.help = "kind of isolate this host's orchestrators start" },
	{ .name = "guest_path",
		.type = WP_CONF_PATH,
		.offset = SETTING(guest_path),
		.fallback = "",
		.help = "the guest binary; empty: beside this daemon" },
	{ .name = "installation",
		.type = WP_CONF_TEXT,
		.offset = SETTING(installation),
		.fallback = "workproof",
		.help = "marks our isolates on this host, [0-9a-z-]{1,32}" },
	{ .name = "sweep",
		.type = WP_CONF_DURATION,
		.offset = SETTING(sweep_ms),
		.fallback = "10s",
		.min = 100,
		.max = 60000,
		.help = "from one look to the next" },
};
const size_t reaper_option_count = WP_ARRAY_LEN(reaper_options);

static const char *const results[] = { "done", "failed", NULL };
static const char *const causes[] = { "no-slot", "overdue", NULL };

const struct wp_metric reaper_metrics[REAPER_METRIC_COUNT] = {
	[REAPER_SWEEPS] = { "workproof_reaper_sweeps_total", WP_COUNTER, "sweeps, by result",
		"result", results },
	[REAPER_REFUNDS] = { "workproof_reaper_refunds_total", WP_COUNTER,
		"verifications refunded because their deadline had passed", NULL, NULL },
	[REAPER_SLOTS] = { "workproof_reaper_slots_total", WP_COUNTER,
		"slots freed because their isolate's hard end had passed", NULL, NULL },
	[REAPER_KILLS] = { "workproof_reaper_kills_total", WP_COUNTER, "isolates killed, by cause",
		"cause", causes },
	[REAPER_OVERDUE] = { "workproof_reaper_overdue", WP_GAUGE,
		"queue entries due for long that nobody claims", NULL, NULL },
	[REAPER_HELD] = { "workproof_reaper_slots", WP_GAUGE, "slots held", NULL, NULL },
};
