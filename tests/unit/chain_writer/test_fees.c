/* C4: fees and the ten percent rule; no value ever exceeds the ceiling. */
#include "libcommon/base.h"
#include "services/chain-writer/fees.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct wp_amount amount(uint64_t value)
{
	return wp_amount_from_u64(value);
}

static void expect(const struct wp_amount *got, uint64_t value)
{
	uint64_t number = 0;

	assert_true(wp_amount_to_u64(&number, got));
	assert_int_equal(number, value);
}

static void test_suggestion(void **state)
{
	struct wp_amount base = amount(100), tip = amount(7), ceiling = amount(1000);
	struct fees fees = fees_suggest(&base, &tip, &ceiling);

	(void)state;
	expect(&fees.max_fee, 207);
	expect(&fees.priority_fee, 7);
	ceiling = amount(207);
	fees = fees_suggest(&base, &tip, &ceiling);
	expect(&fees.max_fee, 207);
	ceiling = amount(206);
	fees = fees_suggest(&base, &tip, &ceiling);
	expect(&fees.max_fee, 206);
	ceiling = amount(5);
	fees = fees_suggest(&base, &tip, &ceiling);
	expect(&fees.priority_fee, 5);
}

static void test_bump_is_at_least_ten_percent_rounded_up(void **state)
{
	static const uint64_t rows[][2] = { { 0, 1 }, { 1, 2 }, { 9, 10 }, { 10, 11 }, { 11, 13 },
		{ 100, 110 }, { 101, 112 }, { 109, 120 }, { 110, 121 },
		{ 1000000007, 1100000008 } };
	struct wp_amount ceiling = amount(UINT64_MAX);
	struct fees suggestion = { 0 };

	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(rows); i++) {
		struct fees old = { amount(rows[i][0]), amount(rows[i][0]) };
		struct fees bumped;
		assert_true(fees_bump(&bumped, &old, &suggestion, &ceiling));
		expect(&bumped.max_fee, rows[i][1]);
		expect(&bumped.priority_fee, rows[i][1]);
		assert_true(rows[i][0] * 11 <= rows[i][1] * 10);
	}
}

static void test_bump_follows_the_market(void **state)
{
	struct wp_amount ceiling = amount(1000);
	struct fees old = { amount(100), amount(10) };
	struct fees suggestion = { amount(500), amount(20) };
	struct fees bumped;

	(void)state;
	assert_true(fees_bump(&bumped, &old, &suggestion, &ceiling));
	expect(&bumped.max_fee, 500);
	expect(&bumped.priority_fee, 20);
}

static void test_ceiling_at_and_one_past(void **state)
{
	struct wp_amount ceiling = amount(110);
	struct fees old = { amount(100), amount(10) };
	struct fees suggestion = { amount(500), amount(20) };
	struct fees bumped = { amount(1), amount(1) };

	(void)state;
	assert_true(fees_bump(&bumped, &old, &suggestion, &ceiling));
	expect(&bumped.max_fee, 110);
	ceiling = amount(109);
	bumped.max_fee = amount(1);
	assert_false(fees_bump(&bumped, &old, &suggestion, &ceiling));
	expect(&bumped.max_fee, 1); /* untouched */
	/* A tip beyond the ceiling is not offered either. */
	ceiling = amount(110);
	suggestion.priority_fee = amount(111);
	assert_false(fees_bump(&bumped, &old, &suggestion, &ceiling));
}

static void test_overflow(void **state)
{
	struct fees old, bumped;
	struct fees suggestion = { 0 };
	struct wp_amount ceiling;

	(void)state;
	memset(&old, 0xff, sizeof old);
	memset(&ceiling, 0xff, sizeof ceiling);
	assert_false(fees_bump(&bumped, &old, &suggestion, &ceiling));
}

static void test_text(void **state)
{
	struct fees fees = { amount(30), amount(2) };
	char text[FEES_TEXT];

	(void)state;
	assert_string_equal(fees_text(text, &fees), "30/2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_suggestion),
		cmocka_unit_test(test_bump_is_at_least_ten_percent_rounded_up),
		cmocka_unit_test(test_bump_follows_the_market),
		cmocka_unit_test(test_ceiling_at_and_one_past),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
