/* metrics.h - what the gateway counts, as one table. */
#ifndef GATEWAY_METRICS_H
#define GATEWAY_METRICS_H

#include "libcommon/metrics.h"

/* clang-format off */
/* Classes of routes: who asks for what. */
#define GATEWAY_ROUTE_CLASSES(X) \
	X(SUBMIT,   "submit",   "POST of a verification") \
	X(READ,     "read",     "GET of a verification or its receipt") \
	X(DOCUMENT, "document", "descriptions of the service") \
	X(OTHER,    "other",    "preflights and what is not there")
/* clang-format on */

enum route_class {
#define X(name, text, help) ROUTE_##name,
	GATEWAY_ROUTE_CLASSES(X)
#undef X
		ROUTE_CLASS_COUNT
};

/* Labels of the present outcomes, in the order of enum present_label. */
enum present_label {
	PRESENT_LABEL_ADMITTED,
	PRESENT_LABEL_EXISTS,
	PRESENT_LABEL_CONFLICT,
	PRESENT_LABEL_REFUSED,
	PRESENT_LABEL_UNAVAILABLE,
	PRESENT_LABEL_GONE,
	PRESENT_LABEL_SILENT
};

enum gateway_metric {
	METRIC_ANSWERS, /* one per route class */
	METRIC_SECONDS = METRIC_ANSWERS + ROUTE_CLASS_COUNT,
	METRIC_CHALLENGES,
	METRIC_REFUSED_LOCALLY,
	METRIC_PRESENTS,
	METRIC_PRESENT_REPEATS,
	METRIC_PRESENTS_OPEN,
	METRIC_WAITING,
	METRIC_COUNT
};

extern const struct wp_metric gateway_metrics[METRIC_COUNT];

#endif
