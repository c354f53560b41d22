/* http_exchange.h - what http_server.c (connections) and http_exchange.c (one request and its
 * answer) share. For these two only. */
#ifndef WP_HTTP_EXCHANGE_H
#define WP_HTTP_EXCHANGE_H

#include "libcommon/http_server.h"

#include <microhttpd.h>

struct wp_http_server {
	struct wp_loop *loop;
	struct MHD_Daemon *daemon;
	struct MHD_Response *failure; /* empty body; for answers that cannot fail */
	struct wp_watch *watch;       /* of libmicrohttpd's epoll descriptor */
	struct wp_timer *run;         /* at the end of a turn that resumed a connection */
	struct wp_timer *idle;        /* libmicrohttpd's own time-outs */
	bool idle_armed;
	bool closing;
	wp_exchange_fn *fn;
	wp_exchange_fn *on_too_large;
	void *arg;
	size_t body_max;
	int listen_fd; /* -1 once it is closed or libmicrohttpd closes it */
	char *listen;
	unsigned port;
	unsigned open_exchanges;
	struct wp_exchange *kept; /* list */
};

enum wp_exchange_phase {
	WP_EXCHANGE_HEAD,      /* the request target is known */
	WP_EXCHANGE_BODY,      /* the body arrives */
	WP_EXCHANGE_HANDLER,   /* the handler runs */
	WP_EXCHANGE_KEPT,      /* the handler returned without an answer */
	WP_EXCHANGE_STREAMING, /* the answer is sent piece by piece */
	WP_EXCHANGE_ANSWERED,  /* the answer is libmicrohttpd's */
	WP_EXCHANGE_GONE       /* the client is gone, and whoever kept it was told */
};

struct wp_exchange {
	struct wp_http_server *server;
	struct MHD_Connection *connection;
	struct wp_exchange *next, *previous; /* in server->kept */
	enum wp_exchange_phase phase;
	bool kept; /* by wp_exchange_keep */
	bool suspended;
	bool too_large;
	const char *method;
	char *body;
	size_t body_size, body_capacity;
	size_t header_size;
	size_t header_longest;
	wp_exchange_gone_fn *gone;
	void *gone_arg;
	struct wp_watch
		*watch; /* of the client's hang-up, while suspended libmicrohttpd is blind */
	struct MHD_Response *response;
	unsigned status;
	char *stream; /* bytes stream_start..stream_end wait for the client */
	size_t stream_start, stream_end, stream_capacity;
	bool stream_ended;
	char *query; /* NULL or behind path */
	char path[];
};

/* target: path and query as received; copied. NULL: no memory. */
struct wp_exchange *wp_exchange_new(
	struct wp_http_server *server, struct MHD_Connection *connection, const char *target);
void wp_exchange_free(struct wp_exchange *exchange);
/* Adds to the body, or drops what is past body_max. 0, -ENOMEM, -EMSGSIZE when too much was
 * dropped. */
int wp_exchange_collect(struct wp_exchange *exchange, const char *data, size_t size);
/* Suspends the connection and watches the client; back by wp_exchange_resume. */
void wp_exchange_suspend(struct wp_exchange *exchange);
/* Tells whoever kept it that the client is gone, if nobody was told yet. */
void wp_exchange_tell_gone(struct wp_exchange *exchange);
void wp_exchange_resume(struct wp_exchange *exchange);
/* Hands the stored answer to libmicrohttpd. */
enum MHD_Result wp_exchange_queue(struct wp_exchange *exchange);
/* Queues an empty answer at once. */
enum MHD_Result wp_exchange_refuse(struct wp_exchange *exchange, unsigned status);

#endif
