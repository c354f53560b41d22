/* SPEC §2, V1, V5: the whole matrix of outcomes; X6: a result line that is not of this run, or not
 * of these bytes, is not believed. */
#include "services/log-streamer/decide.h"

#include "libcommon/base.h"
#include "proto/task.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define OUTPUT "42\n"

enum expected { NO_EXPECTED, SAME, DIFFERENT };

static struct decide_facts facts_of(enum expected expected, uint32_t attempt, bool trapped)
{
	struct decide_facts facts = {
		.id = { { 1, 2, 3 } },
		.attempt = attempt,
		.has_expected = expected != NO_EXPECTED,
		.trapped = trapped,
		.engine = "quickjs@1",
		.driver = "process",
		.isolation = "process",
	};

	if (expected == SAME)
		facts.expected_hash = wp_sha256(OUTPUT, strlen(OUTPUT));
	if (expected == DIFFERENT)
		facts.expected_hash = wp_sha256("x", 1);
	return facts;
}

static struct wp_result result_of(const char *outcome, const char *error_code)
{
	struct wp_result result = {
		.id = { { 1, 2, 3 } },
		.attempt = 1,
		.error_message = (char *)"",
		.result = (char *)"null",
		.output_hash = wp_sha256(OUTPUT, strlen(OUTPUT)),
		.output_bytes = strlen(OUTPUT),
		.engine = "quickjs@1",
		.driver = "process",
		.isolation = "process",
	};

	snprintf(result.outcome, sizeof result.outcome, "%s", outcome);
	snprintf(result.error_code, sizeof result.error_code, "%s", error_code);
	return result;
}

struct row {
	const char *outcome; /* NULL: no result line */
	const char *error_code;
	enum decide_cause cause; /* without a line */
	bool trapped;
	/* by enum expected */
	enum wp_verdict verdicts[3]; /* NONE: one more run, or the refund at the last attempt */
	enum decide_cause told;
};

#define ALL(verdict)                                                                               \
	{                                                                                          \
		verdict, verdict, verdict                                                          \
	}

static const struct row rows[] = {
	{ "OK", "", 0, false, { WP_VERDICT_COMPUTED, WP_VERDICT_VALID, WP_VERDICT_INVALID }, 0 },
	{ "OK", "", 0, true, { WP_VERDICT_COMPUTED, WP_VERDICT_VALID, WP_VERDICT_INVALID }, 0 },
	{ "TIMEOUT", "", 0, false, ALL(WP_VERDICT_TIMEOUT), 0 },
	{ "ERROR", "SYNTAX", 0, false, ALL(WP_VERDICT_ERROR), 0 },
	{ "ERROR", "RUNTIME", 0, false, ALL(WP_VERDICT_ERROR), 0 },
	{ "ERROR", "STACK", 0, false, ALL(WP_VERDICT_ERROR), 0 },
	{ "ERROR", "MEMORY", 0, false, ALL(WP_VERDICT_ERROR), 0 },
	{ "ERROR", "OUTPUT", 0, false, ALL(WP_VERDICT_ERROR), 0 },
	{ "ERROR", "UNSUPPORTED", 0, false, ALL(WP_VERDICT_ERROR), 0 },
	{ "ERROR", "FUEL", 0, false, ALL(WP_VERDICT_ERROR), 0 },
	{ "ERROR", "TRAP", 0, false, ALL(WP_VERDICT_NONE), DECIDE_CAUSE_TRAP },
	{ "ERROR", "TRAP", 0, true, ALL(WP_VERDICT_ERROR), 0 },
	{ "FAILED", "", 0, false, ALL(WP_VERDICT_NONE), DECIDE_CAUSE_FAILED },
	{ "FAILED", "", 0, true, ALL(WP_VERDICT_NONE), DECIDE_CAUSE_FAILED },
	{ "nonsense", "", 0, false, ALL(WP_VERDICT_NONE), DECIDE_CAUSE_FAILED },
	{ NULL, "", DECIDE_CAUSE_LOST, false, ALL(WP_VERDICT_NONE), DECIDE_CAUSE_LOST },
	{ NULL, "", DECIDE_CAUSE_FORGED, true, ALL(WP_VERDICT_NONE), DECIDE_CAUSE_FORGED },
};

static void expect(const struct row *row, enum expected expected, uint32_t attempt)
{
	struct decide_facts facts = facts_of(expected, attempt, row->trapped);
	struct wp_result result =
		result_of(row->outcome == NULL ? "" : row->outcome, row->error_code);
	struct decision decision =
		decide_end(&facts, row->outcome == NULL ? NULL : &result, row->cause);
	enum wp_verdict verdict = row->verdicts[expected];

	if (verdict != WP_VERDICT_NONE) {
		assert_int_equal(decision.action, DECIDE_VERDICT);
		assert_int_equal(decision.verdict, verdict);
		assert_true(wp_verdict_is_charged(verdict));
	} else if (attempt < WP_ATTEMPTS_MAX) {
		assert_int_equal(decision.action, DECIDE_RERUN);
		assert_int_equal(decision.cause, row->told);
	} else {
		assert_int_equal(decision.action, DECIDE_REFUND);
		assert_int_equal(decision.verdict, WP_VERDICT_FAILED);
		assert_int_equal(decision.cause, row->told);
	}
}

static void decides_the_whole_matrix(void **state)
{
	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(rows); i++) {
		for (uint32_t attempt = 1; attempt <= WP_ATTEMPTS_MAX + 1; attempt++) {
			expect(&rows[i], NO_EXPECTED, attempt);
			expect(&rows[i], SAME, attempt);
			expect(&rows[i], DIFFERENT, attempt);
		}
	}
}

/* ---- believing ---- */

static bool believed(const struct wp_result *result, const char *output)
{
	struct decide_facts facts = facts_of(NO_EXPECTED, 1, false);

	return decide_believes(&facts, result, output, strlen(output));
}

static void believes_its_own_run(void **state)
{
	struct wp_result result = result_of("OK", "");

	(void)state;
	assert_true(believed(&result, OUTPUT));
}

static void does_not_believe_other_runs(void **state)
{
	struct wp_result result = result_of("OK", "");

	(void)state;
	result.id.bytes[15] ^= 1;
	assert_false(believed(&result, OUTPUT));
	result = result_of("OK", "");
	result.attempt = 2;
	assert_false(believed(&result, OUTPUT));
	result = result_of("OK", "");
	result.engine[0] = 'Q';
	assert_false(believed(&result, OUTPUT));
	result = result_of("OK", "");
	snprintf(result.driver, sizeof result.driver, "null");
	assert_false(believed(&result, OUTPUT));
	result = result_of("OK", "");
	snprintf(result.isolation, sizeof result.isolation, "vm");
	assert_false(believed(&result, OUTPUT));
}

static void does_not_believe_other_bytes(void **state)
{
	struct wp_result result = result_of("OK", "");

	(void)state;
	assert_false(believed(&result, "43\n"));
	assert_false(believed(&result, "42"));
	assert_false(believed(&result, "42\n\n"));
	assert_false(believed(&result, ""));
	result.output_bytes = 0;
	assert_false(believed(&result, OUTPUT));
	result = result_of("TIMEOUT", "");
	assert_false(believed(&result, "43\n"));
	assert_true(believed(&result, OUTPUT));
}

static void hashes_the_value_where_nothing_was_printed(void **state)
{
	struct wp_result result = result_of("OK", "");

	(void)state;
	result.output_bytes = 0;
	assert_false(believed(&result, ""));
	result.output_hash = wp_sha256("null", 4);
	assert_true(believed(&result, ""));
	result.result = (char *)"[1,2]";
	assert_false(believed(&result, ""));
	result.output_hash = wp_sha256("[1,2]", 5);
	assert_true(believed(&result, ""));
	/* A program that failed before it printed has no hash to compare. */
	result = result_of("ERROR", "SYNTAX");
	result.output_bytes = 0;
	memset(&result.output_hash, 0, sizeof result.output_hash);
	assert_true(believed(&result, ""));
}

/* ---- the record ---- */

static void reads_the_record(void **state)
{
	struct wp_record record = { .id = { { 5 } } };
	struct decide_facts facts;

	(void)state;
	record.values[WP_FIELD_attempt] = (char *)"2";
	record.values[WP_FIELD_engine] = (char *)"quickjs@1";
	record.values[WP_FIELD_error_code] = (char *)"TRAP";
	assert_int_equal(decide_read_facts(&facts, &record), 0);
	assert_int_equal(facts.attempt, 2);
	assert_false(facts.has_expected);
	assert_true(facts.trapped);
	assert_string_equal(facts.engine, "quickjs@1");
	record.values[WP_FIELD_error_code] = NULL;
	record.values[WP_FIELD_expected_hash] = (char *)"12";
	assert_int_equal(decide_read_facts(&facts, &record), -WP_E_FORMAT);
	record.values[WP_FIELD_expected_hash] =
		(char *)"1111111111111111111111111111111111111111111111111111111111111111";
	assert_int_equal(decide_read_facts(&facts, &record), 0);
	assert_true(facts.has_expected);
	assert_false(facts.trapped);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decides_the_whole_matrix),
		cmocka_unit_test(believes_its_own_run),
		cmocka_unit_test(does_not_believe_other_runs),
		cmocka_unit_test(does_not_believe_other_bytes),
		cmocka_unit_test(hashes_the_value_where_nothing_was_printed),
		cmocka_unit_test(reads_the_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
