/* Even a captured engine falsifies only its own run (X6): the host stays whole and its verdicts its
 * own. */
#include "tests/unit/driver/harness.h"

struct row {
	const char *attack;
	enum driver_outcome outcome;
	enum driver_error_code code;
	size_t output_bytes;
};

static const struct row rows[] = {
	{ "garbage", DRIVER_ERROR, DRIVER_TRAP, 0 },
	{ "flood", DRIVER_ERROR, DRIVER_OUTPUT, DRIVER_OUTPUT_MAX },
	{ "inject", DRIVER_ERROR, DRIVER_TRAP, 0 },
	{ "message", DRIVER_ERROR, DRIVER_RUNTIME, 0 },
	{ "linger", DRIVER_OK, DRIVER_NONE, 0 },
	{ "segv", DRIVER_ERROR, DRIVER_TRAP, 0 },
	{ "half", DRIVER_ERROR, DRIVER_TRAP, 1 },
	{ "nothing", DRIVER_ERROR, DRIVER_TRAP, 0 },
};

static void a_captured_guest_harms_only_itself_X6(void **unused)
{
	const struct driver *driver = driver_by_name("process");
	void *state = open_driver(driver, WP_HOSTILE_GUEST, 1);

	(void)unused;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct driver_task task = task_of("a", rows[i].attack);
		struct kept kept = { 0 };
		struct driver_run *run = start(driver, state, &task, &kept);
		const struct driver_result *result = wait_end(driver, run);
		if (result->outcome != rows[i].outcome || result->error_code != rows[i].code ||
			result->output_bytes != rows[i].output_bytes ||
			kept.size != rows[i].output_bytes)
			fail_msg("%s: %d %d %zu %s", rows[i].attack, result->outcome,
				result->error_code, result->output_bytes, result->error_message);
		assert_string_equal(result->result, "null");
		if (rows[i].code == DRIVER_RUNTIME)
			assert_string_equal(result->error_message, "a b \xef\xbf\xbd");
		driver->free(run);
		free(kept.data);
	}
	driver->close(state);
}

static void one_that_goes_silent_meets_the_hard_end_X7(void **unused)
{
	const struct driver *driver = driver_by_name("process");
	void *state = open_driver(driver, WP_HOSTILE_GUEST, 1);
	struct driver_task task = task_of("a", "close");
	struct kept kept = { 0 };

	(void)unused;
	task.wall_ms = 300;
	struct driver_run *run = start(driver, state, &task, &kept);
	assert_int_equal(wait_end(driver, run)->outcome, DRIVER_FAILED);
	driver->free(run);
	driver->close(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_captured_guest_harms_only_itself_X6),
		cmocka_unit_test(one_that_goes_silent_meets_the_hard_end_X7),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
