/* support.h - a directory of its own, a real Redis and a loop with a limit for the tests of
 * libcommon. */
#ifndef CORE_SUPPORT_H
#define CORE_SUPPORT_H

#include "libcommon/loop.h"
#include "libcommon/redis.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/types.h>

#include <cmocka.h>

#define TEST_PATH 200

/* A new directory below /tmp, removed with its files by test_directory_remove. */
void test_directory_make(char path[static TEST_PATH]);
void test_directory_remove(const char *path);

struct test_redis {
	char directory[TEST_PATH];
	char socket[TEST_PATH + 16];
	pid_t pid;
};
/* Starts redis-server on a unix socket and returns when it answers. */
void test_redis_start(struct test_redis *redis);
void test_redis_restart(struct test_redis *redis); /* after test_redis_kill */
void test_redis_kill(struct test_redis *redis);    /* SIGKILL */
void test_redis_stop(struct test_redis *redis);

/* Loads proto/redis/bus.lua's functions as a library. */
void test_redis_load_registry(const struct test_redis *redis);

/* Runs the loop until wp_loop_stop; fails the test after limit_ms. */
void test_run(struct wp_loop *loop, int64_t limit_ms);
/* Runs the loop until *done; fails the test after limit_ms. */
void test_run_until(struct wp_loop *loop, const bool *done, int64_t limit_ms);

#endif
