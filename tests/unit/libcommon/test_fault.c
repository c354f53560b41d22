#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef WORKPROOF_FAULTS

/* The exit status of a child of the service "reaper" that passes the point "swept". */
static int status_after(const char *at, const char *mark)
{
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (at)
			setenv("WP_CRASH_AT", at, 1);
		if (mark)
			setenv("WP_CRASH_MARK", mark, 1);
		wp_crash_service("reaper");
		WP_CRASH_POINT("swept");
		_exit(0);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void fires_where_it_is_told(void **state)
{
	(void)state;
	static const char *const hits[] = { "reaper:swept", "a:b,reaper:swept", "reaper:swept,a:b",
		",,reaper:swept,", "reaper:other,reaper:swept" };
	static const char *const misses[] = { "", ",", ":", "reaper", "swept", "reaper:", ":swept",
		"reaper:swept2", "reaper:swep", "xreaper:swept", "gateway:swept", "reaper:other",
		"reaper:swept:", " reaper:swept", "reaper,swept", "reaper-swept" };
	for (size_t i = 0; i < WP_ARRAY_LEN(hits); i++)
		assert_int_equal(status_after(hits[i], NULL), 137);
	for (size_t i = 0; i < WP_ARRAY_LEN(misses); i++)
		assert_int_equal(status_after(misses[i], NULL), 0);
	assert_int_equal(status_after(NULL, NULL), 0);
}

static void fires_once_per_marker(void **state)
{
	(void)state;
	char directory[] = "/tmp/wp-fault-XXXXXX", mark[64];
	assert_non_null(mkdtemp(directory));
	snprintf(mark, sizeof(mark), "%s/crashed", directory);
	assert_int_equal(status_after("reaper:other", mark), 0);
	assert_int_not_equal(access(mark, F_OK), 0); /* a miss leaves no marker */
	assert_int_equal(status_after("reaper:swept", mark), 137);
	assert_int_equal(access(mark, F_OK), 0);
	assert_int_equal(status_after("reaper:swept", mark), 0);
	unlink(mark);
	assert_int_equal(status_after("reaper:swept", mark), 137);
	unlink(mark);
	rmdir(directory);
}

static void fires_when_the_marker_cannot_be_made(void **state)
{
	(void)state;
	assert_int_equal(status_after("reaper:swept", "/nonexistent/mark"), 137);
}

#else

static void is_nothing_without_faults(void **state)
{
	(void)state;
	setenv("WP_CRASH_AT", "reaper:swept", 1);
	wp_crash_service("reaper");
	WP_CRASH_POINT("swept");
}

#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
#ifdef WORKPROOF_FAULTS
		cmocka_unit_test(fires_where_it_is_told),
		cmocka_unit_test(fires_once_per_marker),
		cmocka_unit_test(fires_when_the_marker_cannot_be_made),
#else
		cmocka_unit_test(is_nothing_without_faults),
#endif
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
