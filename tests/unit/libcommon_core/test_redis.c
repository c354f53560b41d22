/* redis.c against a real Redis: order, exactly one answer per command, loss and return. */
#include "support.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_MS 30000
#define MANY     10000

struct fixture {
	struct test_redis server;
	struct wp_loop *loop;
	struct wp_redis *redis;
	int answers, nulls, errors;
	int expected;
	long last;
	bool in_order;
	bool connected;
	int changes;
	bool done;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	test_redis_start(&f->server);
	f->loop = wp_loop_new();
	f->redis = wp_redis_new(f->loop, f->server.socket);
	f->in_order = true;
	assert_non_null(f->redis);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	wp_redis_free(f->redis);
	wp_loop_free(f->loop);
	test_redis_stop(&f->server);
	free(f);
	return 0;
}

static void on_answer(void *arg, const redisReply *reply)
{
	struct fixture *f = arg;

	f->answers++;
	if (reply == NULL) {
		f->nulls++;
	} else if (reply->type == REDIS_REPLY_INTEGER) {
		f->in_order = f->in_order && reply->integer == f->last + 1;
		f->last = (long)reply->integer;
	} else if (reply->type == REDIS_REPLY_ERROR) {
		f->errors++;
	}
	f->done = f->answers == f->expected;
}

static void on_change(void *arg, bool connected)
{
	struct fixture *f = arg;

	f->connected = connected;
	f->changes++;
}

static int incr(struct fixture *f)
{
	return wp_redis_send(f->redis, 2, (const char *[]){ "INCR", "n" }, NULL, on_answer, f);
}

static void ten_thousand_pipelined_commands_are_answered_in_order(void **state)
{
	struct fixture *f = *state;

	f->expected = MANY;
	/* All but a few are sent before the connection stands. */
	for (int i = 0; i < MANY; i++)
		assert_int_equal(incr(f), 0);
	test_run_until(f->loop, &f->done, LIMIT_MS);
	assert_int_equal(f->answers, MANY);
	assert_int_equal(f->nulls, 0);
	assert_true(f->in_order);
	assert_int_equal(f->last, MANY);
}

static void commands_before_the_connection_are_limited(void **state)
{
	struct fixture *f = *state;

	f->expected = WP_REDIS_WAITING_MAX;
	for (int i = 0; i < WP_REDIS_WAITING_MAX; i++)
		assert_int_equal(incr(f), 0);
	assert_int_equal(incr(f), -ENOBUFS);
	test_run_until(f->loop, &f->done, LIMIT_MS);
	/* Once connected the limit is another one. */
	f->expected = 2 * WP_REDIS_WAITING_MAX + 1;
	f->done = false;
	for (int i = 0; i < WP_REDIS_WAITING_MAX + 1; i++)
		assert_int_equal(incr(f), 0);
	test_run_until(f->loop, &f->done, LIMIT_MS);
	assert_true(f->in_order);
}

static void a_redis_that_hangs_is_limited_too(void **state)
{
	struct fixture *f = *state;

	wp_redis_on_change(f->redis, on_change, f);
	test_run_until(f->loop, &f->connected, LIMIT_MS);
	kill(f->server.pid, SIGSTOP);
	f->expected = WP_REDIS_UNDERWAY_MAX;
	for (int i = 0; i < WP_REDIS_UNDERWAY_MAX; i++)
		assert_int_equal(incr(f), 0);
	assert_int_equal(incr(f), -ENOBUFS);
	kill(f->server.pid, SIGCONT);
	test_run_until(f->loop, &f->done, LIMIT_MS);
	assert_true(f->in_order);
	assert_int_equal(f->nulls, 0);
}

static void on_binary(void *arg, const redisReply *reply)
{
	struct fixture *f = arg;

	assert_non_null(reply);
	assert_int_equal(reply->type, REDIS_REPLY_STRING);
	assert_int_equal(reply->len, 5);
	assert_memory_equal(reply->str, "a\0\r\nb", 5);
	f->done = true;
}

static void arguments_may_hold_any_byte_and_answers_are_not_needed(void **state)
{
	struct fixture *f = *state;
	const char *set[] = { "SET", "k", "a\0\r\nb" };
	const size_t sizes[] = { 3, 1, 5 };

	assert_int_equal(wp_redis_send(f->redis, 3, set, sizes, NULL, NULL), 0);
	assert_int_equal(
		wp_redis_send(f->redis, 2, (const char *[]){ "GET", "k" }, NULL, on_binary, f), 0);
	test_run_until(f->loop, &f->done, LIMIT_MS);
}

static void on_large(void *arg, const redisReply *reply)
{
	struct fixture *f = arg;

	assert_non_null(reply);
	assert_int_equal(reply->len, 3 << 20);
	f->done = true;
}

static void megabytes_pass_in_both_directions(void **state)
{
	struct fixture *f = *state;
	size_t size = 3 << 20;
	char *value = malloc(size);
	const char *set[] = { "SET", "k", value };
	const size_t sizes[] = { 3, 1, size };

	memset(value, 'x', size);
	assert_int_equal(wp_redis_send(f->redis, 3, set, sizes, NULL, NULL), 0);
	assert_int_equal(
		wp_redis_send(f->redis, 2, (const char *[]){ "GET", "k" }, NULL, on_large, f), 0);
	test_run_until(f->loop, &f->done, LIMIT_MS);
	free(value);
}

static void errors_are_answers(void **state)
{
	struct fixture *f = *state;

	f->expected = 1;
	assert_int_equal(
		wp_redis_send(f->redis, 1, (const char *[]){ "NONSENSE" }, NULL, on_answer, f), 0);
	test_run_until(f->loop, &f->done, LIMIT_MS);
	assert_int_equal(f->errors, 1);
}

/* ---- loss ---- */

static void on_kill_at_half(void *arg, const redisReply *reply)
{
	struct fixture *f = arg;

	on_answer(arg, reply);
	if (reply != NULL && f->server.pid > 0)
		test_redis_kill(&f->server);
	/* What is sent while the connection is being lost is answered too. */
	if (reply == NULL && f->nulls == 1) {
		assert_int_equal(incr(f), 0);
		f->expected++;
	}
}

static void every_command_is_answered_once_when_redis_is_killed(void **state)
{
	struct fixture *f = *state;

	wp_redis_on_change(f->redis, on_change, f);
	f->expected = MANY;
	for (int i = 0; i < MANY; i++)
		assert_int_equal(wp_redis_send(f->redis, 2, (const char *[]){ "INCR", "n" }, NULL,
					 on_kill_at_half, f),
			0);
	test_run_until(f->loop, &f->done, LIMIT_MS);
	assert_int_equal(f->answers, MANY + 1);
	assert_true(f->nulls > 0);
	assert_true(f->last > 0);
	assert_int_equal(f->nulls + f->last, MANY + 1);
	assert_false(wp_redis_connected(f->redis));
	assert_int_equal(f->changes, 2);
}

static void it_reconnects_and_commands_meanwhile_fail_later(void **state)
{
	struct fixture *f = *state;

	wp_redis_on_change(f->redis, on_change, f);
	test_run_until(f->loop, &f->connected, LIMIT_MS);
	test_redis_kill(&f->server);
	f->expected = 1;
	assert_int_equal(incr(f), 0);
	test_run_until(f->loop, &f->done, LIMIT_MS);
	assert_int_equal(f->nulls, 1);
	assert_false(f->connected);

	f->expected = 2;
	f->done = false;
	assert_int_equal(incr(f), 0);
	assert_int_equal(f->answers, 1);
	test_run_until(f->loop, &f->done, LIMIT_MS);
	assert_int_equal(f->nulls, 2);

	test_redis_restart(&f->server);
	test_run_until(f->loop, &f->connected, LIMIT_MS);
	assert_true(wp_redis_connected(f->redis));
	f->expected = 3;
	f->done = false;
	f->last = 0;
	assert_int_equal(incr(f), 0);
	test_run_until(f->loop, &f->done, LIMIT_MS);
	assert_int_equal(f->nulls, 2);
	assert_int_equal(f->last, 1);
}

/* ---- freeing ---- */

static void commands_under_way_are_answered_by_free(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 100; i++)
		assert_int_equal(incr(f), 0);
	wp_redis_free(f->redis);
	f->redis = NULL;
	assert_int_equal(f->answers, 100);
	assert_int_equal(f->nulls, 100);
}

static void on_free(void *arg, const redisReply *reply)
{
	struct fixture *f = arg;
	struct wp_redis *redis = f->redis;

	on_answer(arg, reply);
	f->redis = NULL;
	wp_redis_free(redis);
	f->done = true;
}

static void it_may_be_freed_by_an_answer(void **state)
{
	struct fixture *f = *state;

	f->expected = -1;
	for (int i = 0; i < 50; i++)
		assert_int_equal(wp_redis_send(f->redis, 2, (const char *[]){ "INCR", "n" }, NULL,
					 i == 20 ? on_free : on_answer, f),
			0);
	test_run_until(f->loop, &f->done, LIMIT_MS);
	assert_int_equal(f->answers, 50);
	assert_int_equal(f->nulls, 29);
}

static void a_path_that_is_too_long_is_refused(void **state)
{
	struct fixture *f = *state;
	char path[109];

	memset(path, 'a', sizeof path);
	path[0] = '/';
	path[107] = '\0';
	struct wp_redis *redis = wp_redis_new(f->loop, path);
	assert_non_null(redis);
	wp_redis_free(redis);
	path[107] = 'a';
	path[108] = '\0';
	assert_null(wp_redis_new(f->loop, path));
	assert_int_equal(errno, ENAMETOOLONG);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ten_thousand_pipelined_commands_are_answered_in_order),
		TEST(commands_before_the_connection_are_limited),
		TEST(a_redis_that_hangs_is_limited_too),
		TEST(arguments_may_hold_any_byte_and_answers_are_not_needed),
		TEST(megabytes_pass_in_both_directions),
		TEST(errors_are_answers),
		TEST(every_command_is_answered_once_when_redis_is_killed),
		TEST(it_reconnects_and_commands_meanwhile_fail_later),
		TEST(commands_under_way_are_answered_by_free),
		TEST(it_may_be_freed_by_an_answer),
		TEST(a_path_that_is_too_long_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
