/* The driver that runs nothing keeps the same manners. */
#include "tests/unit/driver/harness.h"

#include <errno.h>

static void answers_null_at_once(void **unused)
{
	const struct driver *driver = driver_by_name("null");
	void *state = open_driver(driver, NULL, 1);
	struct driver_task task = task_of("a:1", "whatever");
	struct kept kept = { 0 };
	struct wp_hash hash = wp_sha256("null\n", 5);

	(void)unused;
	struct driver_run *run = start(driver, state, &task, &kept);
	const struct driver_result *result = wait_end(driver, run);
	assert_int_equal(result->outcome, DRIVER_OK);
	assert_string_equal(result->result, "null");
	assert_string_equal(kept.data, "null\n");
	assert_true(wp_hash_equal(&result->output_hash, &hash));
	driver->free(run);
	driver->close(state);
	free(kept.data);
}

static void capacity_and_kill(void **unused)
{
	const struct driver *driver = driver_by_name("null");
	void *state = open_driver(driver, NULL, 1);
	struct driver_task task = task_of("a:1", "");
	struct kept kept = { 0 };
	struct driver_run *second = NULL;

	(void)unused;
	struct driver_run *run = start(driver, state, &task, &kept);
	assert_int_equal(driver->spawn(state, &task, keep_output, &kept, &second), -EAGAIN);
	driver->kill(run);
	assert_int_equal(wait_end(driver, run)->outcome, DRIVER_FAILED);
	assert_int_equal(kept.size, 0);
	driver->free(run);
	run = start(driver, state, &task, &kept);
	driver->free(run); /* without waiting */
	driver->free(NULL);
	run = start(driver, state, &task, &kept);
	driver->free(run);
	assert_int_equal(driver->kill_by_name(state, "a:1"), -ESRCH);
	driver->close(state);
	driver->close(NULL);
}

static void drivers_are_found_by_name(void **unused)
{
	(void)unused;
	assert_string_equal(driver_by_name("process")->isolation, "process");
	assert_string_equal(driver_by_name("null")->isolation, "none");
	assert_null(driver_by_name("docker"));
	assert_null(driver_by_name(""));
	assert_string_equal(driver_error_code_text(DRIVER_NONE), "");
	assert_string_equal(driver_error_code_text(DRIVER_TRAP), "TRAP");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_null_at_once),
		cmocka_unit_test(capacity_and_kill),
		cmocka_unit_test(drivers_are_found_by_name),
	};
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
