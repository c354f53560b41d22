/* redis_server.h - a private redis-server for one test: unix socket and append-only file (fsync
 * always) in a directory of its own, killed with the test. Blocking; for tests only. */
#ifndef WP_TEST_REDIS_SERVER_H
#define WP_TEST_REDIS_SERVER_H

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <sys/types.h>

struct wp_test_redis {
	pid_t pid; /* 0: not running */
	char directory[64];
	char socket[96];
	redisContext *connection; /* for wp_test_redis_command */
};

/* Returns when it answers. 0 or -errno. */
int wp_test_redis_start(struct wp_test_redis *server);
/* Ends it and removes its directory. */
void wp_test_redis_stop(struct wp_test_redis *server);
/* kill -9; the data stay. */
void wp_test_redis_kill(struct wp_test_redis *server);
/* Starts it again on its data. 0 or -errno. */
int wp_test_redis_restart(struct wp_test_redis *server);

/* One command, redisCommand's format. The reply is owned by the caller; never NULL (aborts). */
redisReply *wp_test_redis_command(struct wp_test_redis *server, const char *format, ...);
/* The same, for an integer (also as a text; -1 for nil) … */
long long wp_test_redis_integer(struct wp_test_redis *server, const char *format, ...);
/* … and for a text, in one of eight rotating buffers; "" for nil. */
const char *wp_test_redis_text(struct wp_test_redis *server, const char *format, ...);

#endif
