/* Batons that wait for an isolate. */
#include "services/vm-orchestrator/waiting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void is_first_in_first_out_up_to_its_limit(void **state)
{
	static struct waiting waiting;
	struct wp_baton baton = { .state = WP_STATE_PAID };

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (uint64_t i = 0; i < WAITING_MAX; i++) {
			baton.fence = i;
			assert_true(waiting_add(&waiting, &baton, 0));
		}
		assert_false(waiting_add(&waiting, &baton, 0));
		/* Moves the ring on by an odd number. */
		for (uint64_t i = 0; i < WAITING_MAX; i++) {
			assert_true(waiting_take(&waiting, &baton));
			assert_true(baton.fence == i);
		}
		assert_false(waiting_take(&waiting, &baton));
		assert_true(waiting_add(&waiting, &baton, 0));
		assert_true(waiting_take(&waiting, &baton));
	}
}

static void hands_back_what_waited_long(void **state)
{
	static struct waiting waiting;
	struct wp_baton baton = { .fence = 1 };

	(void)state;
	assert_false(waiting_take_long(&waiting, 1 << 20, &baton));
	assert_true(waiting_add(&waiting, &baton, 100));
	baton.fence = 2;
	assert_true(waiting_add(&waiting, &baton, 101));
	assert_false(waiting_take_long(&waiting, 100 + WAITING_LONG_MS - 1, &baton));
	assert_true(waiting_take_long(&waiting, 100 + WAITING_LONG_MS, &baton));
	assert_true(baton.fence == 1);
	assert_false(waiting_take_long(&waiting, 100 + WAITING_LONG_MS, &baton));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_first_in_first_out_up_to_its_limit),
		cmocka_unit_test(hands_back_what_waited_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
