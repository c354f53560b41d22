/* C4: a lane stands still only if the chain said so again and again. */
#include "services/chain-writer/watch.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define SECOND 1000

static void test_still(void **state)
{
	struct watch watch = { 0 };
	int64_t now_ms = 777000;

	(void)state;
	assert_int_equal(watch_still_ms(&watch), 0);
	watch_count(&watch, 5, 3, now_ms); /* the first count of a life proves nothing */
	assert_int_equal(watch_still_ms(&watch), 0);
	for (int i = 0; i < 90; i++)
		watch_count(&watch, 5, 3, now_ms += SECOND);
	assert_int_equal(watch_still_ms(&watch), 90 * SECOND);
	watch_count(&watch, 4, 4, now_ms += SECOND); /* a reorganisation mines nothing */
	assert_int_equal(watch_still_ms(&watch), 91 * SECOND);
	watch_count(&watch, 5, 3, now_ms += SECOND); /* it rose */
	assert_int_equal(watch_still_ms(&watch), 0);
	watch_count(&watch, 5, 3, now_ms += SECOND);
	assert_int_equal(watch_still_ms(&watch), SECOND);
	watch_count(&watch, 5, 0, now_ms += SECOND); /* nothing waits */
	assert_int_equal(watch_still_ms(&watch), 0);
}

static void test_silence_proves_nothing(void **state)
{
	struct watch watch = { 0 };
	int64_t now_ms = 777000;

	(void)state;
	watch_count(&watch, 5, 3, now_ms);
	watch_count(&watch, 5, 3, now_ms += WATCH_GAP_MS);
	assert_int_equal(watch_still_ms(&watch), WATCH_GAP_MS);
	watch_count(&watch, 5, 3, now_ms += WATCH_GAP_MS + 1);
	assert_int_equal(watch_still_ms(&watch), 0);
}

static void test_starved(void **state)
{
	struct watch watch = { 0 };

	(void)state;
	assert_int_equal(watch_starved_ms(&watch), 0);
	watch_send(&watch, true, 5000);
	assert_int_equal(watch_starved_ms(&watch), 0);
	watch_send(&watch, true, 9000);
	assert_int_equal(watch_starved_ms(&watch), 4000);
	watch_send(&watch, false, 10000);
	assert_int_equal(watch_starved_ms(&watch), 0);
	watch_send(&watch, true, 12000);
	assert_int_equal(watch_starved_ms(&watch), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_still),
		cmocka_unit_test(test_silence_proves_nothing),
		cmocka_unit_test(test_starved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
