/* metrics.c: the text format, byte for byte. */
#include "support.h"

#include "libcommon/base.h"
#include "libcommon/metrics.h"

#include <stdio.h>
#include <string.h>

static const char *const colours[] = { "red", "a\"b\\c\nd", NULL };

enum { PLAIN, LABELLED, TIMES };

static const struct wp_metric table[] = {
	[PLAIN] = { "workproof_test_total", WP_COUNTER, "Back\\slash\nand line.", NULL, NULL },
	[LABELLED] = { "workproof_test_level", WP_GAUGE, "Level.", "colour", colours },
	[TIMES] = { "workproof_test_seconds", WP_HISTOGRAM, "Times.", NULL, NULL },
};

static const struct wp_metric labelled_times[] = {
	{ "workproof_other_seconds", WP_HISTOGRAM, "Times.", "colour", colours },
};

static void check(const struct wp_metrics *metrics, const char *expected)
{
	char text[8192] = "";
	FILE *out = fmemopen(text, sizeof text, "w");

	wp_metrics_write(metrics, out);
	fclose(out);
	assert_string_equal(text, expected);
}

static void the_text_format_is_kept(void **state)
{
	struct wp_metrics *metrics = wp_metrics_new();
	int base = wp_metrics_add(metrics, table, 2);

	(void)state;
	assert_int_equal(base, 0);
	wp_metric_add(metrics, base + PLAIN, 0, 1);
	wp_metric_add(metrics, base + PLAIN, 0, 2);
	wp_metric_set(metrics, base + LABELLED, 1, 0.1);
	wp_metric_add(metrics, base + LABELLED, 0, -2.5);
	check(metrics, "# HELP workproof_test_total Back\\\\slash\\nand line.\n"
		       "# TYPE workproof_test_total counter\n"
		       "workproof_test_total 3\n"
		       "# HELP workproof_test_level Level.\n"
		       "# TYPE workproof_test_level gauge\n"
		       "workproof_test_level{colour=\"red\"} -2.5\n"
		       "workproof_test_level{colour=\"a\\\"b\\\\c\\nd\"} 0.1\n");
	wp_metrics_free(metrics);
}

static void buckets_are_cumulative_and_include_their_bound(void **state)
{
	struct wp_metrics *metrics = wp_metrics_new();
	int base = wp_metrics_add(metrics, &table[TIMES], 1);

	(void)state;
	wp_metric_observe(metrics, base, 0, 0.001);
	wp_metric_observe(metrics, base, 0, 0.0011);
	wp_metric_observe(metrics, base, 0, 60);
	wp_metric_observe(metrics, base, 0, 61);
	check(metrics, "# HELP workproof_test_seconds Times.\n"
		       "# TYPE workproof_test_seconds histogram\n"
		       "workproof_test_seconds_bucket{le=\"0.001\"} 1\n"
		       "workproof_test_seconds_bucket{le=\"0.0025\"} 2\n"
		       "workproof_test_seconds_bucket{le=\"0.005\"} 2\n"
		       "workproof_test_seconds_bucket{le=\"0.01\"} 2\n"
		       "workproof_test_seconds_bucket{le=\"0.025\"} 2\n"
		       "workproof_test_seconds_bucket{le=\"0.05\"} 2\n"
		       "workproof_test_seconds_bucket{le=\"0.1\"} 2\n"
		       "workproof_test_seconds_bucket{le=\"0.25\"} 2\n"
		       "workproof_test_seconds_bucket{le=\"0.5\"} 2\n"
		       "workproof_test_seconds_bucket{le=\"1\"} 2\n"
		       "workproof_test_seconds_bucket{le=\"2.5\"} 2\n"
		       "workproof_test_seconds_bucket{le=\"5\"} 2\n"
		       "workproof_test_seconds_bucket{le=\"10\"} 2\n"
		       "workproof_test_seconds_bucket{le=\"30\"} 2\n"
		       "workproof_test_seconds_bucket{le=\"60\"} 3\n"
		       "workproof_test_seconds_bucket{le=\"+Inf\"} 4\n"
		       "workproof_test_seconds_sum 121.0021\n"
		       "workproof_test_seconds_count 4\n");
	wp_metrics_free(metrics);
}

static void tables_are_numbered_one_after_another(void **state)
{
	struct wp_metrics *metrics = wp_metrics_new();
	char text[8192] = "";
	FILE *out = fmemopen(text, sizeof text, "w");

	(void)state;
	assert_int_equal(wp_metrics_add(metrics, table, WP_ARRAY_LEN(table)), 0);
	assert_int_equal(wp_metrics_add(metrics, NULL, 0), 3);
	assert_int_equal(wp_metrics_add(metrics, labelled_times, 1), 3);
	wp_metric_observe(metrics, 3, 1, 2);
	wp_metrics_write(metrics, out);
	fclose(out);
	assert_non_null(strstr(
		text, "workproof_other_seconds_bucket{colour=\"a\\\"b\\\\c\\nd\",le=\"2.5\"} 1\n"));
	assert_non_null(strstr(text, "workproof_other_seconds_count{colour=\"red\"} 0\n"));
	assert_non_null(
		strstr(text, "workproof_other_seconds_sum{colour=\"a\\\"b\\\\c\\nd\"} 2\n"));
	wp_metrics_free(metrics);
}

static void large_counts_stay_exact(void **state)
{
	struct wp_metrics *metrics = wp_metrics_new();

	(void)state;
	wp_metrics_add(metrics, table, 1);
	wp_metric_set(metrics, 0, 0, 9007199254740991.0);
	check(metrics, "# HELP workproof_test_total Back\\\\slash\\nand line.\n"
		       "# TYPE workproof_test_total counter\n"
		       "workproof_test_total 9007199254740991\n");
	wp_metrics_free(metrics);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_format_is_kept),
		cmocka_unit_test(buckets_are_cumulative_and_include_their_bound),
		cmocka_unit_test(tables_are_numbered_one_after_another),
		cmocka_unit_test(large_counts_stay_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
