/* redis.h - asynchronous, pipelined Redis on the event loop (hiredis). Reconnects by itself. */
#ifndef WP_REDIS_H
#define WP_REDIS_H

#include "libcommon/loop.h"

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stddef.h>

struct wp_redis;

/* reply NULL: the connection was lost before an answer came; whether the command took effect is not
 * known. An error reply has type REDIS_REPLY_ERROR. Valid during the callback. */
typedef void wp_redis_fn(void *arg, const redisReply *reply);

#define WP_REDIS_WAITING_MAX  10000  /* commands before the first connection */
#define WP_REDIS_UNDERWAY_MAX 100000 /* commands without an answer: Redis hangs */

/* socket: path of Redis's unix socket. Connects in the background (a Redis that is loading its data
 * does not count as connected); commands sent before that wait. After a loss it tries again every
 * 50 ms … 1 s. NULL: errno says why. */
struct wp_redis *wp_redis_new(struct wp_loop *loop, const char *socket);
/* Commands under way end with a NULL reply first, from inside this call. NULL is fine. */
void wp_redis_free(struct wp_redis *redis);
bool wp_redis_connected(const struct wp_redis *redis);
/* Called at every change of connection, also the first. */
void wp_redis_on_change(struct wp_redis *redis, void (*fn)(void *arg, bool connected), void *arg);

/* fn (may be NULL) is called exactly once, later. While disconnected after having been connected
 * once, commands fail at once with a NULL reply (from the loop, not from inside this call).
 * sizes may be NULL: then the arguments are texts. 0, -ENOMEM, -ENOBUFS (one of the limits above is
 * reached, or wp_redis_free is under way); then fn is not called. */
int wp_redis_send(struct wp_redis *redis, int argc, const char *const *argv, const size_t *sizes,
	wp_redis_fn *fn, void *arg);

#endif
