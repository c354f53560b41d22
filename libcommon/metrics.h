/* metrics.h - Prometheus metrics as a table per service; names begin with workproof_. */
#ifndef WP_METRICS_H
#define WP_METRICS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum wp_metric_type { WP_COUNTER, WP_GAUGE, WP_HISTOGRAM };

/* A metric with at most one label whose values are listed: cardinality is bounded by construction.
 */
struct wp_metric {
	const char *name; /* "workproof_gateway_requests_total" */
	enum wp_metric_type type;
	const char *help;
	const char *label;               /* NULL: no label */
	const char *const *label_values; /* NULL-terminated */
};

struct wp_metrics;

struct wp_metrics *wp_metrics_new(void);
void wp_metrics_free(struct wp_metrics *metrics);
/* Adds a table; metric i of it is later named base+i. Returns base, or -ENOMEM. */
int wp_metrics_add(struct wp_metrics *metrics, const struct wp_metric *table, size_t count);
void wp_metric_add(struct wp_metrics *metrics, int metric, size_t label_index, double by);
void wp_metric_set(struct wp_metrics *metrics, int metric, size_t label_index, double value);
/* Histogram of seconds, buckets 1 ms … 60 s. */
void wp_metric_observe(struct wp_metrics *metrics, int metric, size_t label_index, double seconds);
/* Text format 0.0.4. */
void wp_metrics_write(const struct wp_metrics *metrics, FILE *out);

#endif
