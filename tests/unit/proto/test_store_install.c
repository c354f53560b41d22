/* Loading the library: what is taken for "there is none", and a load that cannot be sent whole
 * (O9). */
#include "store_fixture.h"

#include <stdio.h>
#include <string.h>

static struct answer installed;

static void on_installed(void *arg, int status, const char *text)
{
	(void)arg;
	installed = (struct answer){ .status = status };
	snprintf(installed.text, sizeof installed.text, "%s", text);
	fixture_done();
}

static struct answer install(void)
{
	assert_int_equal(wp_store_install(fixture.store, on_installed, NULL), 0);
	fixture_await();
	return installed;
}

/* Replaces the library by one whose wp_version has this body; none if body is NULL. */
static void load_other(const char *body)
{
	char text[256];

	freeReplyObject(wp_test_redis_command(&fixture.server, "FUNCTION FLUSH"));
	if (body == NULL)
		return;
	snprintf(text, sizeof text,
		"#!lua name=workproof\nredis.register_function{function_name='%s',"
		"callback=function() %s end, flags={'no-writes'}}",
		strcmp(body, "") == 0 ? "wp_other" : "wp_version", body);
	redisReply *reply = wp_test_redis_command(&fixture.server, "FUNCTION LOAD %s", text);
	assert_int_equal(reply->type, REDIS_REPLY_STRING);
	freeReplyObject(reply);
}

static bool is_loaded(void)
{
	redisReply *reply = wp_test_redis_command(&fixture.server, "FCALL wp_slots 0");
	bool loaded = reply->type == REDIS_REPLY_ARRAY;

	freeReplyObject(reply);
	return loaded;
}

static void test_none_is_loaded(void **state)
{
	(void)state;
	load_other(NULL);
	assert_status(install(), 0);
	assert_true(is_loaded());
	load_other(""); /* one of our name that knows no version */
	assert_status(install(), 0);
	assert_true(is_loaded());
}

/* Any other error says nothing about what is there: nothing is replaced, it may be tried again. */
static void test_errors_are_not_none(void **state)
{
	static const char *const bodies[] = { "return redis.error_reply('BUSY running a script')",
		"return redis.error_reply('ERR no memory')", "error('x')", "return 'text'",
		"return {}" };

	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(bodies); i++) {
		load_other(bodies[i]);
		assert_status(install(), -EAGAIN);
		assert_string_not_equal(installed.text, "");
		assert_false(is_loaded());
	}
	load_other(NULL);
	assert_status(install(), 0); /* the connection is as it was */
	assert_true(is_loaded());
}

/* Fills the connection but for so many commands: the load gets no further than these. */
static void fill(size_t but)
{
	static const char *const ping[] = { "PING" };
	size_t sent = 0;

	while (sent + 2 + but < WP_REDIS_UNDERWAY_MAX &&
		wp_redis_send(fixture.redis, 1, ping, NULL, NULL, NULL) == 0)
		sent++;
	assert_int_equal(sent, WP_REDIS_UNDERWAY_MAX - 2 - but);
}

static void on_pong(void *arg, const redisReply *reply)
{
	char *text = arg;

	snprintf(text, 16, "%s", reply != NULL ? reply->str : "");
	fixture_done();
}

/* MULTI was sent and the rest does not fit: the transaction must not stay open and swallow what is
 * sent next. The look's two answers make room for two commands. */
static void test_half_a_load(void **state)
{
	static const char *const ping[] = { "PING" };
	char text[16];

	(void)state;
	for (size_t but = 0; but < 2; but++) {
		load_other(NULL);
		assert_int_equal(wp_store_install(fixture.store, on_installed, NULL), 0);
		fill(but);
		fixture_await();
		assert_status(installed, -ENOBUFS);
		assert_int_equal(wp_redis_send(fixture.redis, 1, ping, NULL, on_pong, text), 0);
		fixture_await();
		assert_string_equal(text, "PONG");
		assert_false(is_loaded());
		assert_status(install(), 0);
		assert_true(is_loaded());
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_none_is_loaded, fixture_empty),
		cmocka_unit_test_setup(test_errors_are_not_none, fixture_empty),
		cmocka_unit_test_setup(test_half_a_load, fixture_empty),
	};

	return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
