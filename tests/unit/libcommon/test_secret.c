#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "libcommon/secret.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file with the given content; the caller unlinks path. */
static void write_file(char *path, const void *data, size_t size)
{
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, size), (ssize_t)size);
	close(fd);
}

static int load(struct wp_secret *secret, const void *data, size_t size, size_t limit)
{
	char path[] = "/tmp/wp-secret-XXXXXX";
	write_file(path, data, size);
	int error = wp_secret_load(secret, path, limit);
	unlink(path);
	return error;
}

static void copies_and_replaces(void **state)
{
	(void)state;
	struct wp_secret secret = { 0 };
	char source[] = "abc";
	assert_int_equal(wp_secret_set(&secret, source, 3), 0);
	source[0] = 'x';
	assert_int_equal(secret.size, 3);
	assert_memory_equal(secret.data, "abc", 3);
	assert_int_equal(wp_secret_set(&secret, secret.data + 1, 2), 0); /* out of itself */
	assert_memory_equal(secret.data, "bc", 2);
	assert_int_equal(wp_secret_set(&secret, NULL, 0), 0);
	assert_null(secret.data);
	assert_int_equal(secret.size, 0);
	wp_secret_wipe(&secret);
	wp_secret_wipe(&secret);
}

static void loads_up_to_the_limit(void **state)
{
	(void)state;
	struct wp_secret secret = { 0 };
	assert_int_equal(load(&secret, "abcd", 4, 4), 0);
	assert_int_equal(secret.size, 4);
	assert_int_equal(load(&secret, "abcde", 5, 4), -WP_E_RANGE);
	assert_memory_equal(secret.data, "abcd", 4);
	assert_int_equal(load(&secret, "abcd\n", 5, 4), -WP_E_RANGE);
	wp_secret_wipe(&secret);
}

static void drops_one_newline(void **state)
{
	(void)state;
	struct wp_secret secret = { 0 };
	assert_int_equal(load(&secret, "ab\n", 3, 10), 0);
	assert_int_equal(secret.size, 2);
	assert_int_equal(load(&secret, "ab\n\n", 4, 10), 0);
	assert_int_equal(secret.size, 3);
	assert_memory_equal(secret.data, "ab\n", 3);
	wp_secret_wipe(&secret);
}

static void refuses_what_is_no_secret(void **state)
{
	(void)state;
	struct wp_secret secret = { 0 };
	assert_int_equal(load(&secret, "", 0, 10), -WP_E_RANGE);
	assert_int_equal(load(&secret, "\n", 1, 10), -WP_E_RANGE);
	assert_int_equal(wp_secret_load(&secret, "/nonexistent/key", 10), -ENOENT);
	assert_int_equal(wp_secret_load(&secret, "/tmp", 10), -EISDIR);
	assert_null(secret.data);
}

static void decodes_hex_in_place(void **state)
{
	(void)state;
	static const char *const good[] = { "00ffAb", "0x00ffAb" };
	static const char *const bad[] = { "", "0x", "00ff", "00ffAbc", "00ffAbcd", "00ffAg",
		"0X00ffAb", "00 ffA", "00:fAb", "00ff\xc3\xa4" };
	struct wp_secret secret = { 0 };
	for (size_t i = 0; i < WP_ARRAY_LEN(good); i++) {
		assert_int_equal(wp_secret_set(&secret, good[i], strlen(good[i])), 0);
		assert_int_equal(wp_secret_from_hex(&secret, 3), 0);
		assert_int_equal(secret.size, 3);
		assert_memory_equal(secret.data, "\x00\xff\xab", 3);
	}
	for (size_t i = 0; i < WP_ARRAY_LEN(bad); i++) {
		assert_int_equal(wp_secret_set(&secret, bad[i], strlen(bad[i])), 0);
		assert_int_equal(wp_secret_from_hex(&secret, 3), -WP_E_FORMAT);
		assert_int_equal(secret.size, strlen(bad[i]));
	}
	wp_secret_wipe(&secret);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_and_replaces),
		cmocka_unit_test(loads_up_to_the_limit),
		cmocka_unit_test(drops_one_newline),
		cmocka_unit_test(refuses_what_is_no_secret),
		cmocka_unit_test(decodes_hex_in_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
