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

/* socket: path of Redis's unix socket. Connects in the background; commands sent before that wait
 * (at most 10,000, then -ENOBUFS). NULL: no memory. */
struct wp_redis *wp_redis_new(struct wp_loop *loop, const char *socket);
/* Commands under way end with a NULL reply first. NULL is fine. */
void wp_redis_free(struct wp_redis *redis);
bool wp_redis_connected(const struct wp_redis *redis);
/* Called at every change of connection, also the first. */
void wp_redis_on_change(struct wp_redis *redis, void (*fn)(void *arg, bool connected), void *arg);

/* fn (may be NULL) is called exactly once, later. While disconnected after having been connected
 * once, commands fail at once with a NULL reply (from the loop, not from inside this call).
 * sizes may be NULL: then the arguments are texts. 0, -ENOMEM, -ENOBUFS (then fn is not called). */
int wp_redis_send(struct wp_redis *redis, int argc, const char *const *argv, const size_t *sizes,
	wp_redis_fn *fn, void *arg);

#endif
