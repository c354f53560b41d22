/* settings.c - the tables of settings and metrics. */
#include "libcommon/base.h"
#include "proto/verdict.h"
#include "services/log-streamer/streamer.h"

#define SETTING(member) offsetof(struct streamer_settings, member)

const struct wp_option streamer_options[] = {
	{ .name = "capacity",
		.type = WP_CONF_INT,
		.offset = SETTING(capacity),
		.fallback = "256",
		.min = 1,
		.max = 4096,
		.help = "runs followed at once, each with up to 2 MB of memory" },
	{ .name = "result_key",
		.type = WP_CONF_KEY,
		.offset = SETTING(result_key),
		.help = "MAC key of the result line, shared with vm-orchestrator" },
	{ .name = "statement_key",
		.type = WP_CONF_KEY,
		.offset = SETTING(statement_key),
		.help = "Ed25519 seed that signs verdicts; chain-writer knows its public key" },
};
const size_t streamer_option_count = WP_ARRAY_LEN(streamer_options);

static const char *const verdicts[] = {
#define X(name, number, kept, rule, sentence) [(number)-1] = #name,
	WP_VERDICTS(X)
#undef X
		NULL
};
static const char *const causes[] = { "none", "lost", "failed", "forged", "trap", NULL };

const struct wp_metric streamer_metrics[STREAMER_METRIC_COUNT] = {
	[STREAMER_VERDICTS] = { "workproof_streamer_verdicts_total", WP_COUNTER,
		"verifications decided, by verdict", "verdict", verdicts },
	[STREAMER_RERUNS] = { "workproof_streamer_reruns_total", WP_COUNTER,
		"runs started again, by cause", "cause", causes },
	[STREAMER_REFUNDS] = { "workproof_streamer_refunds_total", WP_COUNTER,
		"verifications given up and refunded, by cause", "cause", causes },
	[STREAMER_DROPPED] = { "workproof_streamer_dropped_total", WP_COUNTER,
		"batons that were no longer current", NULL, NULL },
	[STREAMER_FOLLOWING] = { "workproof_streamer_following", WP_GAUGE, "runs followed now",
		NULL, NULL },
	[STREAMER_DECIDE] = { "workproof_streamer_decide_seconds", WP_HISTOGRAM,
		"from the baton of RUNNING to the verdict", NULL, NULL },
};
