#include "services/gateway/metrics.h"

static const char *const status_classes[] = { "1xx", "2xx", "3xx", "4xx", "5xx", NULL };
static const char *const class_names[] = {
#define X(name, text, help) text,
	GATEWAY_ROUTE_CLASSES(X)
#undef X
		NULL
};
static const char *const outcomes[] = { "admitted", "exists", "conflict", "refused", "unavailable",
	"gone", "silent", NULL };

const struct wp_metric gateway_metrics[METRIC_COUNT] = {
#define X(class, text, what)                                                                       \
	[METRIC_ANSWERS + ROUTE_##class] = { "workproof_gateway_" text "_answers_total",           \
		WP_COUNTER, "answers: " what, "status", status_classes },
	GATEWAY_ROUTE_CLASSES(X)
#undef X
		[METRIC_SECONDS] = { "workproof_gateway_request_seconds", WP_HISTOGRAM,
			"from the whole request to its answer", "route", class_names },
	[METRIC_CHALLENGES] = { "workproof_gateway_challenges_total", WP_COUNTER,
		"402 answers to requests without a payment", NULL, NULL },
	[METRIC_REFUSED_LOCALLY] = { "workproof_gateway_payments_refused_total", WP_COUNTER,
		"payments that failed a local check: no RPC, no write", NULL, NULL },
	[METRIC_PRESENTS] = { "workproof_gateway_presents_total", WP_COUNTER,
		"payments presented to payment-verifier, by its answer", "outcome", outcomes },
	[METRIC_PRESENT_REPEATS] = { "workproof_gateway_present_repeats_total", WP_COUNTER,
		"presentations repeated because no answer came", NULL, NULL },
	[METRIC_PRESENTS_OPEN] = { "workproof_gateway_presents_open", WP_GAUGE,
		"presentations without an answer", NULL, NULL },
	[METRIC_WAITING] = { "workproof_gateway_waiting", WP_GAUGE,
		"requests waiting for a verification to move", NULL, NULL },
};
