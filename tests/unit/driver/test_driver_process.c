/* The process driver with the real guest: verdicts, limits, names, and that nothing survives (X1,
 * X7, X9). */
#include "tests/unit/driver/harness.h"

#include "libcommon/time.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define ENDLESS  "for(;;){}"
#define SLACK_MS 250 /* X7 */

static const struct driver *driver;

static struct driver_result run_code(
	void *state, const char *code, int64_t timeout_ms, struct kept *kept)
{
	struct driver_task task = task_of("0xab:1", code);

	task.timeout_ms = timeout_ms;
	struct driver_run *run = start(driver, state, &task, kept);
	struct driver_result result = *wait_end(driver, run);
	result.result = strdup(result.result);
	driver->free(run);
	return result;
}

static void prints_and_answers_H1(void **unused)
{
	void *state = open_driver(driver, WP_GUEST, 1);
	struct kept kept = { 0 };
	struct wp_hash printed = wp_sha256("x 1\n", 4), value = wp_sha256("{\"a\":[1,2]}", 11);

	(void)unused;
	struct driver_result result = run_code(state, "console.log('x', 1); 2", 5000, &kept);
	assert_int_equal(result.outcome, DRIVER_OK);
	assert_string_equal(kept.data, "x 1\n");
	assert_string_equal(result.result, "2");
	assert_true(wp_hash_equal(&result.output_hash, &printed));
	assert_int_equal(result.output_bytes, 4);
	assert_string_equal(result.engine_name, "quickjs");
	assert_false(wp_hash_is_zero(&result.guest_digest));
	free(result.result);
	result = run_code(state, "({a:[1,2]})", 5000, &kept);
	assert_true(wp_hash_equal(&result.output_hash, &value));
	assert_int_equal(result.output_bytes, 0);
	free(result.result);
	free(kept.data);
	driver->close(state);
}

static void output_comes_while_it_runs_X11(void **unused)
{
	void *state = open_driver(driver, WP_GUEST, 1);
	struct kept kept = { 0 };

	(void)unused;
	struct driver_result result = run_code(state,
		"for (let i = 0; i < 10000; i++) console.log('a line of text that is ' + i)", 30000,
		&kept);
	assert_int_equal(result.outcome, DRIVER_OK);
	assert_true(kept.pieces > 1);
	assert_int_equal(kept.size, result.output_bytes);
	struct wp_hash hash = wp_sha256(kept.data, kept.size);
	assert_true(wp_hash_equal(&hash, &result.output_hash));
	free(result.result);
	free(kept.data);
	driver->close(state);
}

static void seed_clock_and_input_reach_it_X4(void **unused)
{
	void *state = open_driver(driver, WP_GUEST, 1);
	struct driver_task task = task_of("a", "[Math.random() < 1, Date.now(), input]");
	struct kept kept = { 0 };

	(void)unused;
	task.input = "in\"put";
	task.input_size = 6;
	task.clock_ms = 42;
	struct driver_run *run = start(driver, state, &task, &kept);
	assert_string_equal(wait_end(driver, run)->result, "[true,42,\"in\\\"put\"]");
	driver->free(run);
	driver->close(state);
}

static void cpu_time_ends_it_in_time_X7(void **unused)
{
	static const char *const endless[] = { ENDLESS, "new Array(4294967295).join('')",
		"/(a+)+$/.test('a'.repeat(60)+'b')" };
	void *state = open_driver(driver, WP_GUEST, 1);
	struct kept kept = { 0 };

	(void)unused;
	for (size_t i = 0; i < 3; i++) {
		struct driver_result result = run_code(state, endless[i], 300, &kept);
		assert_int_equal(result.outcome, DRIVER_TIMEOUT);
		assert_in_range(result.time_ms, 299, 300 + SLACK_MS);
		free(result.result);
	}
	driver->close(state);
}

static void lost_wall_time_is_ours_V5(void **unused)
{
	void *state = open_driver(driver, WP_GUEST, 1);
	struct driver_task task = task_of("a", ENDLESS);
	struct kept kept = { 0 };

	(void)unused;
	task.wall_ms = 200;
	struct driver_run *run = start(driver, state, &task, &kept);
	const struct driver_result *result = wait_end(driver, run);
	assert_int_equal(result->outcome, DRIVER_FAILED);
	assert_in_range(result->wall_time_us, 200000, 200000 + 3000000);
	driver->free(run);
	driver->close(state);
}

static void killing_fails_it(void **unused)
{
	void *state = open_driver(driver, WP_GUEST, 2);
	struct driver_task task = task_of("a", ENDLESS);
	struct kept kept = { 0 };

	(void)unused;
	struct driver_run *run = start(driver, state, &task, &kept);
	driver->kill(run);
	assert_int_equal(wait_end(driver, run)->outcome, DRIVER_FAILED);
	driver->free(run);
	run = start(driver, state, &task, &kept);
	driver->free(run); /* kills and waits */
	driver->close(state);
}

static void capacity_at_the_limit_and_one_past(void **unused)
{
	void *state = open_driver(driver, WP_GUEST, 2);
	struct driver_task task = task_of("a", ENDLESS);
	struct kept kept = { 0 };
	struct driver_run *third = NULL;

	(void)unused;
	struct driver_run *first = start(driver, state, &task, &kept);
	struct driver_run *second = start(driver, state, &task, &kept);
	assert_int_equal(driver->spawn(state, &task, keep_output, &kept, &third), -EAGAIN);
	driver->free(first);
	third = start(driver, state, &task, &kept);
	driver->free(second);
	driver->free(third);
	driver->close(state);
}

static void a_task_must_be_one(void **unused)
{
	void *state = open_driver(driver, WP_GUEST, 1);
	struct driver_run *run = NULL;
	struct driver_task bad[4] = { task_of("", "1"), task_of("A", "1"), task_of("a", "1"),
		task_of("a", "1") };
	char longest[DRIVER_NAME_MAX + 1];

	(void)unused;
	bad[2].engine = "v8";
	bad[3].timeout_ms = 0;
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(driver->spawn(state, &bad[i], keep_output, NULL, &run), -EINVAL);
	memset(longest, 'n', sizeof(longest));
	longest[DRIVER_NAME_MAX] = '\0';
	struct driver_task named = task_of(longest, "1");
	assert_int_equal(driver->spawn(state, &named, keep_output, NULL, &run), -EINVAL);
	longest[DRIVER_NAME_MAX - 1] = '\0';
	struct kept kept = { 0 };
	run = start(driver, state, &named, &kept);
	assert_int_equal(wait_end(driver, run)->outcome, DRIVER_OK);
	driver->free(run);
	driver->close(state);
}

struct names {
	char text[512];
	unsigned count;
	int64_t oldest_ms;
};

static void note_name(void *arg, const char *name, int64_t age_ms)
{
	struct names *names = arg;
	size_t used = strlen(names->text);

	snprintf(names->text + used, sizeof(names->text) - used, "%s ", name);
	names->count++;
	names->oldest_ms = age_ms > names->oldest_ms ? age_ms : names->oldest_ms;
}

static unsigned count_live(void *state, struct names *ret_names)
{
	struct names names = { .count = 0 };

	assert_int_equal(driver->list(state, note_name, &names), 0);
	*ret_names = names;
	return names.count;
}

static void another_owner_finds_and_kills_X9(void **unused)
{
	void *state = open_driver(driver, WP_GUEST, 2), *other = open_driver(driver, WP_GUEST, 2);
	struct driver_task one = task_of("0x01:1", ENDLESS), two = task_of("0x02:3", ENDLESS);
	struct kept kept = { 0 };
	struct names names;

	(void)unused;
	struct driver_run *first = start(driver, state, &one, &kept);
	struct driver_run *second = start(driver, state, &two, &kept);
	struct pollfd idle = { -1, 0, 0 };
	/* the child names itself soon after it is cloned */
	for (int i = 0; i < 500 && count_live(other, &names) < 2; i++)
		poll(&idle, 1, 10);
	assert_int_equal(names.count, 2);
	assert_non_null(strstr(names.text, "0x01:1 "));
	assert_non_null(strstr(names.text, "0x02:3 "));
	assert_in_range(names.oldest_ms, 0, 60000);
	assert_int_equal(driver->kill_by_name(other, "0x02:3"), 0);
	assert_int_equal(wait_end(driver, second)->outcome, DRIVER_FAILED);
	assert_int_equal(driver->kill_by_name(other, "0x02:3"), -ESRCH);
	assert_int_equal(count_live(other, &names), 1);
	driver->free(second);
	driver->free(first);
	assert_int_equal(count_live(other, &names), 0);
	driver->close(other);
	driver->close(state);
}

/* Our children that are not waited for, by the kernel's list. */
static void read_children(char text[static 256])
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, 255);
	text[n < 0 ? 0 : n] = '\0';
	if (fd >= 0)
		close(fd);
}

static void a_dead_zygote_is_replaced(void **unused)
{
	char children[256];
	void *state = open_driver(driver, WP_GUEST, 2);
	struct kept kept = { 0 };
	struct driver_task task =
		task_of("a", "let n = 0; for (let i = 0; i < 2e7; i++) n += i; n");

	(void)unused;
	read_children(children);
	pid_t zygote = (pid_t)strtol(children, NULL, 10);
	assert_true(zygote > 1);
	struct driver_run *run = start(driver, state, &task, &kept);
	kill(zygote, SIGKILL);
	struct driver_result next = run_code(state, "1+1", 5000, &kept);
	assert_int_equal(next.outcome, DRIVER_OK);
	assert_string_equal(next.result, "2");
	free(next.result);
	/* a run is our own child: it lives on */
	assert_int_equal(wait_end(driver, run)->outcome, DRIVER_OK);
	driver->free(run);
	driver->close(state);
	read_children(children);
	assert_string_equal(children, "");
}

static _Noreturn void be_an_owner(int ready)
{
	void *state = open_driver(driver, WP_GUEST, 4);
	struct kept kept = { 0 };

	for (int i = 0; i < 3; i++) {
		char name[8];
		snprintf(name, sizeof(name), "own:%d", i);
		struct driver_task task = task_of(name, ENDLESS);
		start(driver, state, &task, &kept);
	}
	if (write(ready, "r", 1) == 1)
		pause();
	_exit(0);
}

static void an_owner_that_dies_leaves_nothing_X9(void **unused)
{
	int ready[2];
	char byte;
	struct names names;
	void *state = open_driver(driver, WP_GUEST, 1);
	struct pollfd idle = { -1, 0, 0 };

	(void)unused;
	assert_int_equal(pipe(ready), 0);
	pid_t owner = fork();
	if (owner == 0)
		be_an_owner(ready[1]);
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	kill(owner, SIGKILL);
	assert_int_equal(waitpid(owner, NULL, 0), owner);
	int64_t until_ms = wp_time_monotonic_ms() + 5000;
	while (count_live(state, &names) > 0 && wp_time_monotonic_ms() < until_ms)
		poll(&idle, 1, 10);
	assert_int_equal(names.count, 0);
	close(ready[0]);
	driver->close(state);
}

static void closing_ends_all(void **unused)
{
	char children[256];
	void *state = open_driver(driver, WP_GUEST, 3);
	struct driver_task task = task_of("a", ENDLESS);
	struct kept kept = { 0 };

	(void)unused;
	struct driver_run *run = start(driver, state, &task, &kept);
	driver->kill(run);
	wait_end(driver, run);
	driver->free(run);
	driver->close(state);
	read_children(children);
	assert_string_equal(children, "");
}

static void open_says_what_is_wrong(void **unused)
{
	struct driver_settings bad_name = {
		.installation = "Not Good", .guest_path = WP_GUEST, .capacity = 1
	};
	struct driver_settings no_guest = {
		.installation = "a", .guest_path = "/nonexistent/guest", .capacity = 1
	};
	struct driver_settings no_program = {
		.installation = "a", .guest_path = "/dev/null", .capacity = 1
	};
	const char *why = NULL;
	void *state = NULL;

	(void)unused;
	assert_int_equal(driver->open(&bad_name, &state, &why), -EINVAL);
	assert_non_null(strstr(why, "installation"));
	assert_int_equal(driver->open(&no_guest, &state, &why), -ENOENT);
	assert_non_null(strstr(why, "/nonexistent/guest"));
	assert_true(driver->open(&no_program, &state, &why) < 0);
	assert_non_null(strstr(why, "did not start"));
	assert_null(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_and_answers_H1),
		cmocka_unit_test(output_comes_while_it_runs_X11),
		cmocka_unit_test(seed_clock_and_input_reach_it_X4),
		cmocka_unit_test(cpu_time_ends_it_in_time_X7),
		cmocka_unit_test(lost_wall_time_is_ours_V5),
		cmocka_unit_test(killing_fails_it),
		cmocka_unit_test(capacity_at_the_limit_and_one_past),
		cmocka_unit_test(a_task_must_be_one),
		cmocka_unit_test(another_owner_finds_and_kills_X9),
		cmocka_unit_test(a_dead_zygote_is_replaced),
		cmocka_unit_test(an_owner_that_dies_leaves_nothing_X9),
		cmocka_unit_test(closing_ends_all),
		cmocka_unit_test(open_says_what_is_wrong),
	};
	driver = driver_by_name("process");
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
