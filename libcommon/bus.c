#include "libcommon/bus.h"

#include "libcommon/base.h"
#include "libcommon/bus_socket.h"
#include "libcommon/time.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#define BEAT_MS           2000
#define TTL_MS            "6000"
#define FOLLOW_MS         1000
#define GONE_MS           10000 /* a peer that left the registry keeps its socket so long */
#define PEERS_MAX         256   /* instances of one service */
#define MESSAGES_PER_TURN 64    /* then Redis and the other descriptors have their turn */

struct peer {
	char *endpoint;
	zsock_t *socket;
	bool alive;      /* in the last list */
	int64_t seen_ms; /* when it was last in a list */
};

/* One service we send to. */
struct route {
	struct wp_bus *bus;
	const char *service;
	struct peer *peers;
	size_t count, capacity;
	size_t next; /* round-robin */
};

struct wp_bus {
	struct wp_loop *loop;
	struct wp_redis *redis;
	wp_bus_fn *fn;
	void *arg;
	char *service, *instance, *directory;
	char endpoint[WP_BUS_ENDPOINT_MAX];
	char capacity_text[16];
	int capacity;
	zsock_t *pull;
	struct wp_watch *watch;
	struct wp_timer *beat, *follow;
	struct route *routes;
	size_t route_count;
	struct wp_bus_links links;
	bool registered;
	bool withdrawn;
	bool in_parts; /* the message under way has several frames: not ours, dropped */
	bool freed;
	unsigned pending; /* Redis answers and callbacks that still refer to the struct */
};

static bool release(struct wp_bus *bus)
{
	if (--bus->pending > 0 || !bus->freed)
		return !bus->freed;
	free(bus->routes);
	free(bus->service);
	free(bus->instance);
	free(bus->directory);
	free(bus);
	return false;
}

/* ---- peers ---- */

static struct peer *find_peer(const struct route *route, const char *endpoint)
{
	for (size_t i = 0; i < route->count; i++)
		if (strcmp(route->peers[i].endpoint, endpoint) == 0)
			return &route->peers[i];
	return NULL;
}

static void peer_clear(struct peer *peer)
{
	zsock_destroy(&peer->socket);
	free(peer->endpoint);
}

static int add_peer(struct route *route, const char *endpoint)
{
	struct peer peer = { .alive = true, .seen_ms = wp_time_monotonic_ms() };

	if (route->count == PEERS_MAX)
		return -WP_E_FULL;
	if (route->count == route->capacity) {
		size_t capacity = route->capacity == 0 ? 4 : 2 * route->capacity;
		struct peer *peers = realloc(route->peers, capacity * sizeof *peers);

		if (peers == NULL)
			return -ENOMEM;
		route->peers = peers;
		route->capacity = capacity;
	}
	peer.endpoint = strdup(endpoint);
	if (peer.endpoint == NULL)
		return -ENOMEM;
	peer.socket = wp_bus_socket_connect(endpoint, route->bus->capacity, true);
	if (peer.socket == NULL) {
		free(peer.endpoint);
		return -errno;
	}
	route->peers[route->count++] = peer;
	return 0;
}

static void drop_gone(struct route *route)
{
	int64_t now_ms = wp_time_monotonic_ms();

	for (size_t i = 0; i < route->count;) {
		struct peer *peer = &route->peers[i];

		if (peer->alive || now_ms - peer->seen_ms <= GONE_MS) {
			i++;
			continue;
		}
		peer_clear(peer);
		*peer = route->peers[--route->count];
	}
}

static void clear_route(struct route *route)
{
	for (size_t i = 0; i < route->count; i++)
		peer_clear(&route->peers[i]);
	free(route->peers);
	*route = (struct route){ .bus = route->bus, .service = "" };
}

/* list: instance, endpoint, … of those alive. What cannot be added is seen again in a second. */
static void follow_list(struct route *route, const redisReply *list)
{
	for (size_t i = 0; i < route->count; i++)
		route->peers[i].alive = false;
	for (size_t i = 1; i < list->elements; i += 2) {
		const redisReply *endpoint = list->element[i];
		struct peer *peer;

		if (endpoint->type != REDIS_REPLY_STRING ||
			!wp_bus_endpoint_allowed(endpoint->str, route->bus->directory))
			continue;
		peer = find_peer(route, endpoint->str);
		if (peer == NULL) {
			add_peer(route, endpoint->str);
			continue;
		}
		peer->alive = true;
		peer->seen_ms = wp_time_monotonic_ms();
	}
	drop_gone(route);
}

/* ---- the registry ---- */

static void call(struct wp_bus *bus, int argc, const char *const *argv, wp_redis_fn *fn, void *arg)
{
	if (wp_redis_send(bus->redis, argc, argv, NULL, fn, arg) == 0)
		bus->pending++;
}

static void on_list(void *arg, const redisReply *reply)
{
	struct route *route = arg;
	struct wp_bus *bus = route->bus;

	/* Without an answer the last list stays: the registry is away, not the peers. */
	if (!bus->freed && reply != NULL && reply->type == REDIS_REPLY_ARRAY)
		follow_list(route, reply);
	release(bus);
}

static void on_follow(void *arg)
{
	struct wp_bus *bus = arg;

	for (size_t i = 0; i < bus->route_count; i++) {
		const char *argv[] = { "FCALL", "wp_service_list", "0", bus->routes[i].service };
		call(bus, WP_ARRAY_LEN(argv), argv, on_list, &bus->routes[i]);
	}
}

static void on_beaten(void *arg, const redisReply *reply)
{
	struct wp_bus *bus = arg;

	bus->registered = !bus->withdrawn && reply != NULL && reply->type != REDIS_REPLY_ERROR;
	release(bus);
}

static void on_beat(void *arg)
{
	struct wp_bus *bus = arg;
	const char *argv[] = { "FCALL", "wp_service_beat", "0", bus->service, bus->instance,
		bus->endpoint, WORKPROOF_VERSION, bus->capacity_text, TTL_MS };

	call(bus, WP_ARRAY_LEN(argv), argv, on_beaten, bus);
}

void wp_bus_withdraw(struct wp_bus *bus)
{
	const char *argv[] = { "FCALL", "wp_service_leave", "0", bus->service, bus->instance };

	if (bus->withdrawn)
		return;
	bus->withdrawn = true;
	bus->registered = false;
	wp_timer_stop(bus->beat);
	wp_redis_send(bus->redis, WP_ARRAY_LEN(argv), argv, NULL, NULL, NULL);
}

/* ---- messages ---- */

/* False when there was none or the bus is gone. */
static bool receive(struct wp_bus *bus)
{
	zmq_msg_t message;
	bool is_part;

	zmq_msg_init(&message);
	if (zmq_msg_recv(&message, zsock_resolve(bus->pull), ZMQ_DONTWAIT) < 0) {
		zmq_msg_close(&message);
		return false;
	}
	is_part = bus->in_parts || zmq_msg_more(&message);
	bus->in_parts = zmq_msg_more(&message);
	if (!is_part)
		bus->fn(bus->arg, zmq_msg_data(&message), zmq_msg_size(&message));
	zmq_msg_close(&message);
	return !bus->freed;
}

static void on_readable(void *arg, unsigned events)
{
	struct wp_bus *bus = arg;

	(void)events;
	bus->pending++;
	for (int i = 0; i < MESSAGES_PER_TURN; i++)
		if (!receive(bus))
			break;
	release(bus);
}

static struct route *find_route(const struct wp_bus *bus, const char *service)
{
	for (size_t i = 0; i < bus->route_count; i++)
		if (strcmp(bus->routes[i].service, service) == 0)
			return &bus->routes[i];
	return NULL;
}

int wp_bus_push(struct wp_bus *bus, const char *service, const uint8_t *data, size_t size)
{
	struct route *route = find_route(bus, service);
	int error = -ENOTCONN;

	for (size_t tries = route != NULL ? route->count : 0; tries > 0; tries--) {
		const struct peer *peer = &route->peers[route->next++ % route->count];

		if (!peer->alive)
			continue;
		error = wp_bus_socket_send(peer->socket, data, size);
		if (error == 0)
			break;
	}
	return error;
}

int wp_bus_send(struct wp_bus *bus, const char *endpoint, const uint8_t *data, size_t size)
{
	zsock_t *socket;

	if (!wp_bus_endpoint_allowed(endpoint, bus->directory))
		return -EINVAL;
	socket = wp_bus_links_get(&bus->links, endpoint, bus->capacity);
	return socket != NULL ? wp_bus_socket_send(socket, data, size) : -ENOTCONN;
}

bool wp_bus_alive(const struct wp_bus *bus, const char *service, const char *endpoint)
{
	const struct route *route = find_route(bus, service);
	const struct peer *peer = route != NULL ? find_peer(route, endpoint) : NULL;

	return peer != NULL && peer->alive;
}

size_t wp_bus_peer_count(const struct wp_bus *bus, const char *service)
{
	const struct route *route = find_route(bus, service);
	size_t alive = 0;

	for (size_t i = 0; route != NULL && i < route->count; i++)
		alive += route->peers[i].alive;
	return alive;
}

/* ---- life ---- */

bool wp_bus_is_instance(const char *instance)
{
	size_t size = strspn(instance, "0123456789abcdefghijklmnopqrstuvwxyz-");

	return size > 0 && size <= WP_BUS_INSTANCE_MAX && instance[size] == '\0';
}

static int make_routes(struct wp_bus *bus, const char *const *peers)
{
	size_t count = 0;

	while (peers != NULL && peers[count] != NULL)
		count++;
	bus->routes = calloc(count + 1, sizeof *bus->routes);
	if (bus->routes == NULL)
		return -ENOMEM;
	bus->route_count = count;
	for (size_t i = 0; i < count; i++)
		bus->routes[i] = (struct route){ .bus = bus, .service = peers[i] };
	return 0;
}

static int open_bus(struct wp_bus *bus, const struct wp_bus_settings *settings)
{
	struct sockaddr_un address;
	int size = snprintf(bus->endpoint, sizeof bus->endpoint, "ipc://%s/%s.sock",
		settings->directory, settings->instance);

	if (size < 0 || (size_t)size - strlen("ipc://") >= sizeof address.sun_path)
		return -ENAMETOOLONG;
	snprintf(bus->capacity_text, sizeof bus->capacity_text, "%d", settings->capacity);
	bus->service = strdup(settings->service);
	bus->instance = strdup(settings->instance);
	bus->directory = strdup(settings->directory);
	bus->beat = wp_timer_new(bus->loop, on_beat, bus);
	bus->follow = wp_timer_new(bus->loop, on_follow, bus);
	if (bus->service == NULL || bus->instance == NULL || bus->directory == NULL ||
		bus->beat == NULL || bus->follow == NULL)
		return -ENOMEM;
	return make_routes(bus, settings->peers);
}

int wp_bus_start(struct wp_bus *bus)
{
	bus->pull = wp_bus_socket_bind(bus->endpoint, bus->capacity);
	if (bus->pull == NULL)
		return -errno;
	bus->watch = wp_watch_socket_new(bus->loop, bus->pull, on_readable, bus);
	if (bus->watch == NULL)
		return -ENOMEM;
	wp_timer_start(bus->beat, 0, BEAT_MS);
	wp_timer_start(bus->follow, 0, FOLLOW_MS);
	bus->withdrawn = false;
	return 0;
}

struct wp_bus *wp_bus_new(struct wp_loop *loop, struct wp_redis *redis,
	const struct wp_bus_settings *settings, wp_bus_fn *fn, void *arg)
{
	struct wp_bus *bus;
	int error = -EINVAL;

	if (!wp_bus_is_instance(settings->instance) || settings->capacity < 1) {
		errno = EINVAL;
		return NULL;
	}
	bus = calloc(1, sizeof *bus);
	if (bus == NULL)
		return NULL;
	bus->loop = loop;
	bus->redis = redis;
	bus->capacity = settings->capacity;
	bus->fn = fn;
	bus->arg = arg;
	bus->withdrawn = true; /* nothing to withdraw yet */
	error = open_bus(bus, settings);
	if (error == 0 && !settings->start_later)
		error = wp_bus_start(bus);
	if (error < 0) {
		wp_bus_free(bus);
		errno = -error;
		return NULL;
	}
	return bus;
}

void wp_bus_free(struct wp_bus *bus)
{
	if (bus == NULL || bus->freed)
		return;
	wp_bus_withdraw(bus);
	bus->freed = true;
	wp_timer_free(bus->beat);
	wp_timer_free(bus->follow);
	wp_watch_free(bus->watch);
	for (size_t i = 0; i < bus->route_count; i++)
		clear_route(&bus->routes[i]);
	wp_bus_links_clear(&bus->links);
	zsock_destroy(&bus->pull);
	/* Answers of Redis that are under way still find the struct. */
	bus->pending++;
	release(bus);
}

const char *wp_bus_endpoint(const struct wp_bus *bus)
{
	return bus->endpoint;
}

bool wp_bus_registered(const struct wp_bus *bus)
{
	return bus->registered;
}
