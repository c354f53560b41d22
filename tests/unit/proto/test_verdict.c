/* Every row of the table of verdicts (SPEC 2, V1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "proto/verdict.h"

static const struct expected {
	enum wp_verdict verdict;
	const char *text;
	int number;
	bool is_charged;
	/* own transaction: by default, "direct", "batched", "receipt"; "direct" without
	 * expectedHash; TRAP */
	bool unasked, direct, batched, receipt, unexpected, trap;
} table[] = {
	{ WP_VERDICT_VALID, "VALID", 1, true, true, true, false, false, true, true },
	{ WP_VERDICT_INVALID, "INVALID", 2, true, true, true, false, false, true, true },
	{ WP_VERDICT_COMPUTED, "COMPUTED", 3, true, false, true, false, false, true, false },
	{ WP_VERDICT_NONDETERMINISTIC, "NONDETERMINISTIC", 4, true, false, false, false, false,
		false, false },
	{ WP_VERDICT_ERROR, "ERROR", 5, true, false, true, false, false, false, false },
	{ WP_VERDICT_TIMEOUT, "TIMEOUT", 6, true, false, true, false, false, false, false },
	{ WP_VERDICT_FAILED, "FAILED", 7, false, false, false, false, false, false, false },
	{ WP_VERDICT_NONE, "", 0, false, false, false, false, false, false, false },
};

static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(table); i++) {
		const struct expected *row = &table[i];
		enum wp_verdict verdict = row->verdict;

		assert_int_equal(verdict, row->number);
		assert_string_equal(wp_verdict_text(verdict), row->text);
		assert_int_equal(wp_verdict_parse(row->text), verdict);
		assert_int_equal(wp_verdict_is_charged(verdict), row->is_charged);
		assert_int_equal(wp_verdict_sentence(verdict)[0] != '\0', row->number != 0);
		assert_int_equal(wp_verdict_attested(verdict, "", true, ""), row->unasked);
		assert_int_equal(wp_verdict_attested(verdict, "direct", true, ""), row->direct);
		assert_int_equal(wp_verdict_attested(verdict, "batched", true, ""), row->batched);
		assert_int_equal(wp_verdict_attested(verdict, "receipt", true, ""), row->receipt);
		assert_int_equal(
			wp_verdict_attested(verdict, "direct", false, ""), row->unexpected);
		assert_int_equal(wp_verdict_attested(verdict, "direct", true, "TRAP"), row->trap);
	}
}

static void test_unknown(void **state)
{
	(void)state;
	assert_int_equal(wp_verdict_parse("valid"), WP_VERDICT_NONE);
	assert_int_equal(wp_verdict_parse("VALIDX"), WP_VERDICT_NONE);
	assert_int_equal(wp_verdict_parse(NULL), WP_VERDICT_NONE);
	assert_string_equal(wp_verdict_text((enum wp_verdict)8), "");
	assert_false(wp_verdict_is_charged((enum wp_verdict)8));
	assert_false(wp_verdict_attested((enum wp_verdict)8, "direct", true, ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
