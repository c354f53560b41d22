/* bus.h - the fast path: PUSH/PULL between instances. Nothing valuable lives only here: a message
 * may be lost, doubled or late. Each instance binds one PULL endpoint and registers it in Redis
 * with a time to live; peers are found there (Redis functions wp_service_beat, wp_service_list). */
#ifndef WP_BUS_H
#define WP_BUS_H

#include "libcommon/loop.h"
#include "libcommon/redis.h"

#include <stdbool.h>

#include <stddef.h>
#include <stdint.h>

#define WP_BUS_ENDPOINT_MAX 256
#define WP_BUS_INSTANCE_MAX 48
#define WP_BUS_MESSAGE_MAX  (2u << 20) /* a larger one closes the peer's connection (MAXMSGSIZE) */

struct wp_bus;

struct wp_bus_settings {
	const char *service;      /* "log-streamer" */
	const char *instance;     /* unique, [0-9a-z-]{1,48} */
	const char *directory;    /* of the ipc sockets */
	int capacity;             /* messages in flight: the high-water mark */
	const char *const *peers; /* services we send to, NULL-terminated */
	bool start_later; /* wp_bus_new opens nothing and starts no thread: wp_bus_start does */
};

/* True for [0-9a-z-]{1,48}. */
bool wp_bus_is_instance(const char *instance);

typedef void wp_bus_fn(void *arg, const uint8_t *data, size_t size);

/* Binds ipc://<directory>/<instance>.sock and starts to register every 2 s (TTL 6 s) and to follow
 * the peers. NULL: errno says why (EINVAL: instance or capacity; ENAMETOOLONG: the path of the
 * socket is longer than 107 bytes). */
struct wp_bus *wp_bus_new(struct wp_loop *loop, struct wp_redis *redis,
	const struct wp_bus_settings *settings, wp_bus_fn *fn, void *arg);
/* After start_later: binds and begins. 0 or -errno as above. */
int wp_bus_start(struct wp_bus *bus);
/* Unregisters (best effort) and closes; LINGER 0. Before wp_redis_free. NULL is fine. */
void wp_bus_free(struct wp_bus *bus);
/* Stops being found, so that no new work arrives; messages still come in. */
void wp_bus_withdraw(struct wp_bus *bus);

/* True if Redis took our last registration: others can find us. */
bool wp_bus_registered(const struct wp_bus *bus);

/* Our own endpoint, for messages that ask for an answer. */
const char *wp_bus_endpoint(const struct wp_bus *bus);

/* Sends to one live instance of service, round-robin. 0, -ENOTCONN (none known), -EAGAIN (all
 * full). A failure needs no handling where a queue in Redis holds the work. */
int wp_bus_push(struct wp_bus *bus, const char *service, const uint8_t *data, size_t size);
/* Sends to the instance at endpoint, which need not be a peer: an ipc socket of our directory or
 * tcp, else -EINVAL. Connects on demand (up to 256 sockets, the least recently used one gives way)
 * and keeps up to capacity messages until that is done. 0, -EINVAL, -ENOTCONN, -EAGAIN (full). */
int wp_bus_send(struct wp_bus *bus, const char *endpoint, const uint8_t *data, size_t size);
/* True if an instance of service registered this endpoint and is alive as far as we know. */
bool wp_bus_alive(const struct wp_bus *bus, const char *service, const char *endpoint);
/* Number of live instances known of service. */
size_t wp_bus_peer_count(const struct wp_bus *bus, const char *service);

#endif
