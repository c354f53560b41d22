/* log.c: every line is one valid JSON object of at most 8 KB, whatever it is given. */
#include "support.h"

#include "libcommon/log.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 8192

static char output[4 * LINE_MAX_BYTES];
static int saved, pipes[2];

static int set_up(void **state)
{
	(void)state;
	saved = dup(STDERR_FILENO);
	assert_int_equal(pipe(pipes), 0);
	assert_true(dup2(pipes[1], STDERR_FILENO) >= 0);
	wp_log_open("test", "test-1", WP_LOG_INFO);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	close(pipes[0]);
	close(pipes[1]);
	return 0;
}

/* What was logged; restores stderr. */
static size_t collect(void)
{
	close(pipes[1]);
	dup2(saved, STDERR_FILENO);
	close(saved);
	size_t size = 0;
	for (ssize_t got; (got = read(pipes[0], output + size, sizeof output - 1 - size)) > 0;)
		size += (size_t)got;
	output[size] = '\0';
	return size;
}

static const char *field(const cJSON *object, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

static void a_line_has_its_fields(void **state)
{
	struct wp_id id = { { 1 } };

	(void)state;
	wp_log(WP_LOG_WARNING, "hello", "trace_id", "abc", "id", wp_log_id(&id), "n",
		wp_log_i64(-5), "none", (const char *)NULL, "last", "x", NULL);
	collect();
	cJSON *object = cJSON_Parse(output);
	assert_non_null(object);
	assert_int_equal(strlen(field(object, "ts")), 24);
	assert_string_equal(field(object, "level"), "warning");
	assert_string_equal(field(object, "service"), "test");
	assert_string_equal(field(object, "instance"), "test-1");
	assert_string_equal(field(object, "msg"), "hello");
	assert_string_equal(field(object, "trace_id"), "abc");
	assert_string_equal(field(object, "id"), "0x01000000000000000000000000000000");
	assert_string_equal(field(object, "n"), "-5");
	assert_string_equal(field(object, "none"), "");
	assert_string_equal(field(object, "last"), "x");
	assert_int_equal(output[strlen(output) - 1], '\n');
	cJSON_Delete(object);
}

static void lines_below_the_level_are_left_out(void **state)
{
	(void)state;
	wp_log(WP_LOG_DEBUG, "no", NULL);
	wp_log(WP_LOG_INFO, "yes", NULL);
	collect();
	assert_null(strstr(output, "no\""));
	assert_non_null(strstr(output, "yes"));
}

static void values_are_escaped(void **state)
{
	static const char value[] = "\"\\\n\r\t\x01\x1f\x7f/\xc3\xa4\xf0\x9f\x98\x80";

	(void)state;
	wp_log(WP_LOG_INFO, "m", "v", value, "in\"jected", "\"}\n{\"", NULL);
	collect();
	cJSON *object = cJSON_Parse(output);
	assert_non_null(object);
	assert_string_equal(field(object, "v"), value);
	assert_string_equal(field(object, "in\"jected"), "\"}\n{\"");
	assert_ptr_equal(strchr(output, '\n'), output + strlen(output) - 1);
	cJSON_Delete(object);
}

static void bytes_that_are_no_utf8_are_replaced(void **state)
{
	(void)state;
	wp_log(WP_LOG_INFO, "m", "v", "a\xff\xc0\x80\xed\xa0\x80z\xc3", NULL);
	collect();
	cJSON *object = cJSON_Parse(output);
	assert_non_null(object);
#define BAD "\xef\xbf\xbd"
	assert_string_equal(field(object, "v"), "a" BAD BAD BAD BAD BAD BAD "z" BAD);
	cJSON_Delete(object);
}

/* Logs a value of size times text; returns the line's size after checking that it is valid. */
static size_t log_value(const char *text, size_t size, size_t *ret_value)
{
	char *value = calloc(1, size * strlen(text) + 1);

	for (size_t i = 0; i < size; i++)
		memcpy(value + i * strlen(text), text, strlen(text));
	wp_log(WP_LOG_INFO, "m", "v", value, "after", "x", NULL);
	size_t line = collect();
	cJSON *object = cJSON_Parse(output);
	assert_non_null(object);
	const char *seen = field(object, "v");
	assert_non_null(seen);
	assert_memory_equal(seen, value, strlen(seen));
	*ret_value = strlen(seen);
	assert_int_equal(*ret_value % strlen(text), 0);
	cJSON_Delete(object);
	free(value);
	return line;
}

static void a_long_line_is_cut_at_8_kb(void **state)
{
	size_t value;

	(void)state;
	assert_int_equal(log_value("a", 20000, &value), LINE_MAX_BYTES);
	assert_null(strstr(output, "after"));
	assert_true(value > 8000);
}

static void it_is_cut_between_characters(void **state)
{
	size_t value;

	(void)state;
	assert_in_range(
		log_value("\xf0\x9f\x98\x80", 5000, &value), LINE_MAX_BYTES - 3, LINE_MAX_BYTES);
}

static void it_is_cut_between_escapes(void **state)
{
	size_t value;

	(void)state;
	assert_in_range(log_value("\x01", 5000, &value), LINE_MAX_BYTES - 5, LINE_MAX_BYTES);
}

/* Around the limit every size gives a valid line, and the second field is whole or absent. */
static void sizes_around_the_limit_are_all_valid(void **state)
{
	char *value = calloc(1, LINE_MAX_BYTES + 1);

	(void)state;
	collect();
	for (size_t size = LINE_MAX_BYTES - 200; size <= LINE_MAX_BYTES; size++) {
		set_up(NULL);
		memset(value, 'a', size);
		value[size] = '\0';
		wp_log(WP_LOG_INFO, "m", "v", value, "second", "yes", NULL);
		assert_true(collect() <= LINE_MAX_BYTES);
		close(pipes[0]);
		cJSON *object = cJSON_Parse(output);
		assert_non_null(object);
		const char *second = field(object, "second");
		if (second != NULL)
			assert_memory_equal(second, "yes", strlen(second));
		cJSON_Delete(object);
	}
	set_up(NULL);
	collect();
	free(value);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_line_has_its_fields),
		TEST(lines_below_the_level_are_left_out),
		TEST(values_are_escaped),
		TEST(bytes_that_are_no_utf8_are_replaced),
		TEST(a_long_line_is_cut_at_8_kb),
		TEST(it_is_cut_between_characters),
		TEST(it_is_cut_between_escapes),
		TEST(sizes_around_the_limit_are_all_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
