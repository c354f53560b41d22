/* http_server.h - libmicrohttpd on the event loop: one server per listener, bodies collected up to
 * a limit, answers now, later or piece by piece. Used by the admin listener and by the gateway.
 * Refused with an empty answer before a handler sees them: framing that two parsers may read
 * differently (400: Content-Length or Transfer-Encoding twice or both, names that are no tokens), a
 * target over WP_HTTP_TARGET_MAX (414), headers over the connection's memory (431). A NUL ends a
 * header's value early in libmicrohttpd and cannot be seen here: the proxy in front refuses it. */
#ifndef WP_HTTP_SERVER_H
#define WP_HTTP_SERVER_H

#include "libcommon/loop.h"

#include <stdbool.h>
#include <stddef.h>

struct wp_http_server;
struct wp_exchange; /* one request and its answer */

#define WP_HTTP_TARGET_MAX        4096         /* bytes of path and query */
#define WP_HTTP_CONNECTION_MEMORY (32u << 10)  /* per connection: request head and answer head */
#define WP_HTTP_SWALLOW_MAX       (8u << 20)   /* bytes past body_max read and dropped */
#define WP_HTTP_STREAM_MAX        (256u << 10) /* bytes written and not yet taken by the client */

struct wp_http_server_settings {
	const char *listen; /* "unix:/path" (mode 0660), "127.0.0.1:0", "[::1]:8080" */
	size_t body_max;    /* a longer body is answered through on_too_large */
	int idle_timeout_s;
	unsigned connection_max;
};

/* Called once when the whole request is here. The handler answers before it returns, or keeps the
 * exchange and answers later from the loop (wp_exchange_answer, wp_exchange_stream). It must not
 * free the server. on_too_large sees an exchange without body; if the body is announced to be much
 * larger, the connection closes after the answer. */
typedef void wp_exchange_fn(void *arg, struct wp_exchange *exchange);
/* The client went away before the answer: the exchange dies when this returns. */
typedef void wp_exchange_gone_fn(void *arg);

struct wp_http_server *wp_http_server_new(struct wp_loop *loop,
	const struct wp_http_server_settings *settings, wp_exchange_fn *fn,
	wp_exchange_fn *on_too_large, void *arg); /* NULL: errno says why */
/* Kept exchanges are told that the client is gone. NULL is fine. */
void wp_http_server_free(struct wp_http_server *server);
/* The port when listening on TCP (port 0 asked for a free one), else 0. */
unsigned wp_http_server_port(const struct wp_http_server *server);
/* No new connections; those that are open go on. */
void wp_http_server_quiesce(struct wp_http_server *server);
/* Exchanges whose answer is not sent in full yet. */
unsigned wp_http_server_open_exchanges(const struct wp_http_server *server);

const char *wp_exchange_method(const struct wp_exchange *exchange);
const char *wp_exchange_path(
	const struct wp_exchange *exchange); /* without the query, not decoded */
/* First header or query argument of that name (case-insensitive for headers), or NULL. */
const char *wp_exchange_header(const struct wp_exchange *exchange, const char *name);
const char *wp_exchange_query(const struct wp_exchange *exchange, const char *name);
/* How often the header occurs. */
size_t wp_exchange_header_count(const struct wp_exchange *exchange, const char *name);
/* Bytes of all header names and values. */
size_t wp_exchange_header_size(const struct wp_exchange *exchange);
/* Bytes of the longest header value. */
size_t wp_exchange_header_longest(const struct wp_exchange *exchange);
const char *wp_exchange_body(const struct wp_exchange *exchange, size_t *ret_size);

/* For a handler that answers later: who is told if the client goes away first (a client that closes
 * its sending side counts as gone). gone may be NULL. A handler that neither answers nor keeps:
 * 500. */
void wp_exchange_keep(struct wp_exchange *exchange, wp_exchange_gone_fn *gone, void *arg);

/* headers: "Name: value" lines, NULL-terminated, may be NULL. Body is copied. Once per exchange,
 * which is dead afterwards. 0, -ENOMEM (then a bare 500 was sent). */
int wp_exchange_answer(struct wp_exchange *exchange, unsigned status, const char *const *headers,
	const void *body, size_t body_size);

/* Begins an answer whose length is not known yet (Server-Sent Events); gone as for
 * wp_exchange_keep, until wp_exchange_end. 0, -ENOMEM (then a bare 500 was sent and the exchange is
 * dead). */
int wp_exchange_stream(struct wp_exchange *exchange, unsigned status, const char *const *headers,
	wp_exchange_gone_fn *gone, void *arg);
/* 0, -ENOMEM, -ENOBUFS when WP_HTTP_STREAM_MAX would be passed: the client reads too slowly. */
int wp_exchange_write(struct wp_exchange *exchange, const void *data, size_t size);
/* The exchange is dead afterwards; what was written is still sent. */
void wp_exchange_end(struct wp_exchange *exchange);

#endif
