/* The table of the states as C sees it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "proto/state.gen.h"

static void test_texts(void **state)
{
	(void)state;
	for (int i = 1; i < WP_STATE_COUNT; i++)
		assert_int_equal(wp_state_parse(wp_state_text((enum wp_state)i)), i);
	assert_int_equal(WP_STATE_COUNT, 19);
	assert_string_equal(wp_state_text(WP_STATE_NONE), "");
	assert_string_equal(wp_state_text((enum wp_state)99), "");
	assert_int_equal(wp_state_parse(""), WP_STATE_NONE);
	assert_int_equal(wp_state_parse("PAI"), WP_STATE_NONE);
	assert_int_equal(wp_state_parse("PAIDX"), WP_STATE_NONE);
	assert_int_equal(wp_state_parse("paid"), WP_STATE_NONE);
	assert_int_equal(wp_state_parse(NULL), WP_STATE_NONE);
}

static void test_rows(void **state)
{
	(void)state;
	assert_string_equal(
		wp_state_public(WP_STATE_DECIDED), "RUNNING"); /* V3: nothing is shown yet */
	assert_string_equal(wp_state_public(WP_STATE_ATT_SIGNED), "DONE");
	assert_string_equal(wp_state_public(WP_STATE_NONE), "");
	assert_string_equal(wp_state_mover(WP_STATE_RUNNING), "log-streamer");
	assert_null(wp_state_mover(WP_STATE_LAPSED));
	assert_int_equal(wp_state_lease_ms(WP_STATE_PAID), 2000);
	assert_int_equal(wp_state_lease_ms(WP_STATE_DONE), 0);
	assert_true(wp_state_is_end(WP_STATE_VOID));
	assert_false(wp_state_is_end(WP_STATE_MANUAL));
	assert_false(wp_state_is_end(WP_STATE_NONE));
}

static void test_moves(void **state)
{
	size_t count = 0;

	(void)state;
	for (int from = 0; from < WP_STATE_COUNT; from++)
		for (int to = 0; to < WP_STATE_COUNT; to++)
			count += wp_state_may_move((enum wp_state)from, (enum wp_state)to);
	assert_int_equal(count, 30);
	assert_true(wp_state_may_move(WP_STATE_PAID, WP_STATE_RUNNING));
	assert_true(wp_state_may_move(WP_STATE_LAPSED, WP_STATE_PAY_WAIT));
	/* V3, DESIGN 2.7: after ATT_SIGNED there is no way to a refund */
	assert_false(wp_state_may_move(WP_STATE_ATT_SIGNED, WP_STATE_REFUND_DUE));
	assert_false(wp_state_may_move(WP_STATE_ATT_SENT, WP_STATE_REFUND_DUE));
	assert_false(wp_state_may_move(WP_STATE_PAID, (enum wp_state)40));
	assert_false(wp_state_may_move((enum wp_state)40, WP_STATE_PAID));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_moves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
