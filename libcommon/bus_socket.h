/* bus_socket.h - the ZeroMQ sockets of the bus and their options. For bus.c only. */
#ifndef WP_BUS_SOCKET_H
#define WP_BUS_SOCKET_H

#include "libcommon/bus.h"

#include <czmq.h>

#define WP_BUS_LINKS_MAX 256 /* sockets to endpoints that are no peers of ours */

/* Binds a PULL socket. NULL: errno says why. */
zsock_t *wp_bus_socket_bind(const char *endpoint, int capacity);
/* A PUSH socket to endpoint. immediate: refuses messages until it is connected, so that another
 * peer is tried; otherwise keeps up to capacity of them meanwhile. NULL: errno says why. */
zsock_t *wp_bus_socket_connect(const char *endpoint, int capacity, bool immediate);
/* Never waits. 0 or -EAGAIN. */
int wp_bus_socket_send(zsock_t *socket, const uint8_t *data, size_t size);

/* True for the sockets of directory and for tcp addresses: what a message may name to be answered.
 */
bool wp_bus_endpoint_allowed(const char *endpoint, const char *directory);

/* Sockets made on demand, one per endpoint; the least recently used one gives way. */
struct wp_bus_links {
	struct wp_bus_link {
		char *endpoint;
		zsock_t *socket;
		uint64_t used;
	} links[WP_BUS_LINKS_MAX];
	size_t count;
	uint64_t uses;
};
/* NULL: errno says why. */
zsock_t *wp_bus_links_get(struct wp_bus_links *links, const char *endpoint, int capacity);
void wp_bus_links_clear(struct wp_bus_links *links);

#endif
