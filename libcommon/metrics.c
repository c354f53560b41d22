#include "libcommon/metrics.h"

#include "libcommon/base.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double bucket_bounds[] = { 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
	2.5, 5, 10, 30, 60 };

#define BUCKETS WP_ARRAY_LEN(bucket_bounds)

struct entry {
	const struct wp_metric *metric;
	size_t label_count; /* 1 without a label */
	size_t width;       /* numbers per label value: 1, or buckets, count and sum */
	double *values;
};

struct wp_metrics {
	struct entry *entries;
	size_t count;
};

struct wp_metrics *wp_metrics_new(void)
{
	return calloc(1, sizeof(struct wp_metrics));
}

void wp_metrics_free(struct wp_metrics *metrics)
{
	if (metrics == NULL)
		return;
	for (size_t i = 0; i < metrics->count; i++)
		free(metrics->entries[i].values);
	free(metrics->entries);
	free(metrics);
}

static int entry_init(struct entry *ret_entry, const struct wp_metric *metric)
{
	struct entry entry = { .metric = metric, .label_count = 1, .width = 1 };

	if (metric->label != NULL) {
		entry.label_count = 0;
		while (metric->label_values[entry.label_count] != NULL)
			entry.label_count++;
	}
	if (metric->type == WP_HISTOGRAM)
		entry.width = BUCKETS + 2;
	entry.values = calloc(entry.label_count * entry.width + 1, sizeof(double));
	if (entry.values == NULL)
		return -ENOMEM;
	*ret_entry = entry;
	return 0;
}

int wp_metrics_add(struct wp_metrics *metrics, const struct wp_metric *table, size_t count)
{
	size_t base = metrics->count;
	struct entry *entries =
		realloc(metrics->entries, (base + count + 1) * sizeof(struct entry));

	if (entries == NULL)
		return -ENOMEM;
	metrics->entries = entries;
	for (size_t i = 0; i < count; i++) {
		if (entry_init(&entries[base + i], &table[i]) < 0) {
			while (metrics->count > base)
				free(entries[--metrics->count].values);
			return -ENOMEM;
		}
		metrics->count++;
	}
	return (int)base;
}

/* A number that is not in a table is a mistake of the program, not of its input. */
static double *cell(struct wp_metrics *metrics, int metric, size_t label_index)
{
	if (metric < 0 || (size_t)metric >= metrics->count ||
		label_index >= metrics->entries[metric].label_count)
		abort();
	struct entry *entry = &metrics->entries[metric];
	return entry->values + label_index * entry->width;
}

void wp_metric_add(struct wp_metrics *metrics, int metric, size_t label_index, double by)
{
	*cell(metrics, metric, label_index) += by;
}

void wp_metric_set(struct wp_metrics *metrics, int metric, size_t label_index, double value)
{
	*cell(metrics, metric, label_index) = value;
}

void wp_metric_observe(struct wp_metrics *metrics, int metric, size_t label_index, double seconds)
{
	double *values = cell(metrics, metric, label_index);

	if (metrics->entries[metric].metric->type != WP_HISTOGRAM)
		abort();
	for (size_t i = 0; i < BUCKETS; i++)
		if (seconds <= bucket_bounds[i]) {
			values[i]++;
			break;
		}
	values[BUCKETS]++;
	values[BUCKETS + 1] += seconds;
}

/* The shortest form that reads back as the same number. */
static void write_number(double value, FILE *out)
{
	char text[32];

	if (isinf(value)) {
		fputs(value > 0 ? "+Inf" : "-Inf", out);
		return;
	}
	snprintf(text, sizeof text, "%.15g", value);
	if (strtod(text, NULL) != value)
		snprintf(text, sizeof text, "%.17g", value);
	fputs(text, out);
}

static void write_escaped(const char *text, bool is_label, FILE *out)
{
	for (; *text != '\0'; text++) {
		if (*text == '\\')
			fputs("\\\\", out);
		else if (*text == '\n')
			fputs("\\n", out);
		else if (*text == '"' && is_label)
			fputs("\\\"", out);
		else
			fputc(*text, out);
	}
}

/* name{label="value",le="bound"} number */
static void write_sample(const struct wp_metric *metric, const char *suffix, size_t label_index,
	double bound, double value, FILE *out)
{
	bool has_bound = !isnan(bound);

	fprintf(out, "%s%s", metric->name, suffix);
	if (metric->label != NULL || has_bound)
		fputc('{', out);
	if (metric->label != NULL) {
		fprintf(out, "%s=\"", metric->label);
		write_escaped(metric->label_values[label_index], true, out);
		fputs(has_bound ? "\"," : "\"}", out);
	}
	if (has_bound) {
		fputs("le=\"", out);
		write_number(bound, out);
		fputs("\"}", out);
	}
	fputc(' ', out);
	write_number(value, out);
	fputc('\n', out);
}

static void write_histogram(const struct entry *entry, size_t label_index, FILE *out)
{
	const double *values = entry->values + label_index * entry->width;
	double below = 0;

	for (size_t i = 0; i < BUCKETS; i++) {
		below += values[i];
		write_sample(entry->metric, "_bucket", label_index, bucket_bounds[i], below, out);
	}
	write_sample(entry->metric, "_bucket", label_index, INFINITY, values[BUCKETS], out);
	write_sample(entry->metric, "_sum", label_index, NAN, values[BUCKETS + 1], out);
	write_sample(entry->metric, "_count", label_index, NAN, values[BUCKETS], out);
}

void wp_metrics_write(const struct wp_metrics *metrics, FILE *out)
{
	static const char *const types[] = {
		[WP_COUNTER] = "counter", [WP_GAUGE] = "gauge", [WP_HISTOGRAM] = "histogram"
	};

	for (size_t i = 0; i < metrics->count; i++) {
		const struct entry *entry = &metrics->entries[i];

		fprintf(out, "# HELP %s ", entry->metric->name);
		write_escaped(entry->metric->help, false, out);
		fprintf(out, "\n# TYPE %s %s\n", entry->metric->name, types[entry->metric->type]);
		for (size_t label = 0; label < entry->label_count; label++) {
			if (entry->metric->type == WP_HISTOGRAM)
				write_histogram(entry, label, out);
			else
				write_sample(
					entry->metric, "", label, NAN, entry->values[label], out);
		}
	}
}
