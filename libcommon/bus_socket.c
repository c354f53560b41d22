#include "libcommon/bus_socket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HEARTBEAT_MS         2000
#define HEARTBEAT_TIMEOUT_MS 6000
#define HANDSHAKE_MS         5000
#define RECONNECT_FIRST_MS   50
#define RECONNECT_LAST_MS    1000

static zsock_t *new_socket(int type, int capacity)
{
	zsock_t *socket = zsock_new(type);

	if (socket == NULL)
		return NULL;
	zsock_set_linger(socket, 0);
	zsock_set_sndhwm(socket, capacity);
	zsock_set_rcvhwm(socket, capacity);
	zsock_set_maxmsgsize(socket, WP_BUS_MESSAGE_MAX);
	zsock_set_heartbeat_ivl(socket, HEARTBEAT_MS);
	zsock_set_heartbeat_timeout(socket, HEARTBEAT_TIMEOUT_MS);
	zsock_set_heartbeat_ttl(socket, HEARTBEAT_TIMEOUT_MS);
	zsock_set_handshake_ivl(socket, HANDSHAKE_MS);
	zsock_set_reconnect_ivl(socket, RECONNECT_FIRST_MS);
	zsock_set_reconnect_ivl_max(socket, RECONNECT_LAST_MS);
	return socket;
}

zsock_t *wp_bus_socket_bind(const char *endpoint, int capacity)
{
	zsock_t *socket = new_socket(ZMQ_PULL, capacity);

	if (socket == NULL)
		return NULL;
	if (zsock_bind(socket, "%s", endpoint) < 0) {
		int error = errno;
		zsock_destroy(&socket);
		errno = error;
	}
	return socket;
}

zsock_t *wp_bus_socket_connect(const char *endpoint, int capacity, bool immediate)
{
	zsock_t *socket = new_socket(ZMQ_PUSH, capacity);

	if (socket == NULL)
		return NULL;
	zsock_set_immediate(socket, immediate);
	if (zsock_connect(socket, "%s", endpoint) < 0) {
		int error = errno;
		zsock_destroy(&socket);
		errno = error;
	}
	return socket;
}

int wp_bus_socket_send(zsock_t *socket, const uint8_t *data, size_t size)
{
	return zmq_send(zsock_resolve(socket), data, size, ZMQ_DONTWAIT) < 0 ? -EAGAIN : 0;
}

/* ---- which endpoints ---- */

static bool has_only(const char *text, const char *extra)
{
	for (; *text != '\0'; text++) {
		bool usual = (*text >= 'a' && *text <= 'z') || (*text >= '0' && *text <= '9');
		if (!usual && strchr(extra, *text) == NULL)
			return false;
	}
	return true;
}

bool wp_bus_endpoint_allowed(const char *endpoint, const char *directory)
{
	size_t size = strlen(directory);

	if (strlen(endpoint) >= WP_BUS_ENDPOINT_MAX)
		return false;
	if (strncmp(endpoint, "tcp://", 6) == 0)
		return endpoint[6] != '\0' && strchr(endpoint + 6, ':') != NULL &&
		       has_only(endpoint + 6, ".-:[]");
	if (strncmp(endpoint, "ipc://", 6) != 0 || strncmp(endpoint + 6, directory, size) != 0)
		return false;
	/* No dot at the start and no slash: nothing outside of the directory. */
	const char *name = endpoint + 6 + size;
	return name[0] == '/' && name[1] != '\0' && name[1] != '.' && has_only(name + 1, ".-");
}

/* ---- sockets on demand ---- */

static void drop(struct wp_bus_links *links, size_t index)
{
	struct wp_bus_link *link = &links->links[index];

	zsock_destroy(&link->socket);
	free(link->endpoint);
	*link = links->links[--links->count];
}

static size_t least_recently_used(const struct wp_bus_links *links)
{
	size_t least = 0;

	for (size_t i = 1; i < links->count; i++)
		if (links->links[i].used < links->links[least].used)
			least = i;
	return least;
}

zsock_t *wp_bus_links_get(struct wp_bus_links *links, const char *endpoint, int capacity)
{
	struct wp_bus_link link = { .used = ++links->uses };

	for (size_t i = 0; i < links->count; i++)
		if (strcmp(links->links[i].endpoint, endpoint) == 0) {
			links->links[i].used = links->uses;
			return links->links[i].socket;
		}
	link.endpoint = strdup(endpoint);
	if (link.endpoint == NULL)
		return NULL;
	link.socket = wp_bus_socket_connect(endpoint, capacity, false);
	if (link.socket == NULL) {
		free(link.endpoint);
		return NULL;
	}
	if (links->count == WP_BUS_LINKS_MAX)
		drop(links, least_recently_used(links));
	links->links[links->count++] = link;
	return link.socket;
}

void wp_bus_links_clear(struct wp_bus_links *links)
{
	while (links->count > 0)
		drop(links, 0);
}
