#include "support.h"

#include "libcommon/time.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_LIMIT_MS 20000

void test_directory_make(char path[static TEST_PATH])
{
	snprintf(path, TEST_PATH, "/tmp/wp-core-XXXXXX");
	assert_non_null(mkdtemp(path));
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return remove(path);
}

void test_directory_remove(const char *path)
{
	nftw(path, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static redisContext *connect_when_ready(const char *socket)
{
	int64_t limit_ms = wp_time_monotonic_ms() + START_LIMIT_MS;

	for (;;) {
		redisContext *context = redisConnectUnix(socket);
		redisReply *reply =
			context != NULL && context->err == 0 ? redisCommand(context, "PING") : NULL;
		bool ready = reply != NULL && reply->type == REDIS_REPLY_STATUS;

		if (reply != NULL)
			freeReplyObject(reply);
		if (ready)
			return context;
		if (context != NULL)
			redisFree(context);
		assert_true(wp_time_monotonic_ms() < limit_ms);
		/* A starting Redis announces nothing that could be waited for. */
		usleep(2000);
	}
}

void test_redis_restart(struct test_redis *redis)
{
	redis->pid = fork();
	assert_true(redis->pid >= 0);
	if (redis->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", redis->socket,
			"--dir", redis->directory, "--appendonly", "yes", "--save", "", "--logfile",
			"redis.log", (char *)NULL);
		_exit(127);
	}
	redisFree(connect_when_ready(redis->socket));
}

void test_redis_start(struct test_redis *redis)
{
	test_directory_make(redis->directory);
	snprintf(redis->socket, sizeof redis->socket, "%s/redis.sock", redis->directory);
	test_redis_restart(redis);
}

void test_redis_kill(struct test_redis *redis)
{
	if (redis->pid <= 0)
		return;
	kill(redis->pid, SIGKILL);
	waitpid(redis->pid, NULL, 0);
	redis->pid = 0;
}

void test_redis_stop(struct test_redis *redis)
{
	test_redis_kill(redis);
	test_directory_remove(redis->directory);
}

/* The registry's functions with what stands before them in the library (proto/generate.py). */
void test_redis_load_registry(const struct test_redis *redis)
{
	static const char *const names[] = { "header", "state.gen", "core", "bus" };
	char library[32768], path[512];
	size_t size = 0;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		snprintf(path, sizeof path, "%s/proto/redis/%s.lua", WP_SOURCE_DIR, names[i]);
		FILE *file = fopen(path, "re");
		assert_non_null(file);
		size += fread(library + size, 1, sizeof library - size - 1, file);
		fclose(file);
	}
	assert_true(size < sizeof library - 1);
	library[size] = '\0';
	redisContext *context = connect_when_ready(redis->socket);
	redisReply *reply = redisCommand(context, "FUNCTION LOAD REPLACE %s", library);
	assert_non_null(reply);
	assert_int_not_equal(reply->type, REDIS_REPLY_ERROR);
	freeReplyObject(reply);
	redisFree(context);
}

struct limit {
	struct wp_loop *loop;
	const bool *done;
	bool passed;
};

static void on_limit(void *arg)
{
	struct limit *limit = arg;

	limit->passed = true;
	wp_loop_stop(limit->loop);
}

void test_run(struct wp_loop *loop, int64_t limit_ms)
{
	struct limit limit = { .loop = loop };
	struct wp_timer *timer = wp_timer_new(loop, on_limit, &limit);

	wp_timer_start(timer, limit_ms, 0);
	assert_int_equal(wp_loop_run(loop), 0);
	wp_timer_free(timer);
	assert_false(limit.passed);
}

static void on_look(void *arg)
{
	struct limit *limit = arg;

	if (*limit->done)
		wp_loop_stop(limit->loop);
}

void test_run_until(struct wp_loop *loop, const bool *done, int64_t limit_ms)
{
	struct limit limit = { .loop = loop, .done = done };
	struct wp_timer *look = wp_timer_new(loop, on_look, &limit);

	wp_timer_start(look, 0, 2);
	test_run(loop, limit_ms);
	wp_timer_free(look);
}
