#include "libcommon/http_server.h"

#include "libcommon/http_exchange.h"
#include "libcommon/listener.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUNS_PER_TURN      16 /* then other descriptors have their turn */
#define STATUS_BAD_REQUEST 400
#define STATUS_TOO_LONG    414
#define STATUS_NO_ANSWER   500

/* ---- running libmicrohttpd ---- */

/* One MHD_run handles one batch and may leave work that no descriptor announces: it has to be run
 * until it says that there is none (once per wake-up gave 335 requests/s instead of 47,000). */
static void run(struct wp_http_server *server)
{
	MHD_UNSIGNED_LONG_LONG timeout_ms = 0;
	enum MHD_Result has_timeout = MHD_YES;

	for (int i = 0; i < RUNS_PER_TURN && has_timeout == MHD_YES && timeout_ms == 0; i++) {
		MHD_run(server->daemon);
		has_timeout = MHD_get_timeout(server->daemon, &timeout_ms);
	}
	if (has_timeout == MHD_NO)
		return;
	if (timeout_ms == 0) {
		wp_timer_start(server->run, 0, 0);
	} else if (!server->idle_armed) {
		/* An armed timer is left as it is: it can only fire too early. */
		server->idle_armed = true;
		wp_timer_start(server->idle, (int64_t)timeout_ms, 0);
	}
}

static void on_event(void *arg, unsigned events)
{
	(void)events;
	run(arg);
}

static void on_run(void *arg)
{
	run(arg);
}

static void on_idle(void *arg)
{
	struct wp_http_server *server = arg;

	server->idle_armed = false;
	run(server);
}

/* ---- one request ---- */

struct framing {
	size_t lengths, encodings; /* Content-Length, Transfer-Encoding */
	size_t header_size, header_longest;
	bool malformed;
};

/* RFC 9110 section 5.6.2, a bit for each character: strchr cost more than the rest of the look. */
static bool is_token_character(unsigned char c)
{
	static const uint64_t set[2] = { 0x03ff6cfa00000000, 0x57ffffffc7fffffe };

	return c < 128 && (set[c / 64] >> c % 64 & 1) != 0;
}

static bool is_token(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (!is_token_character((unsigned char)text[i]))
			return false;
	}
	return size > 0;
}

static enum MHD_Result look_at_header(void *arg, enum MHD_ValueKind kind, const char *name,
	size_t name_size, const char *value, size_t value_size)
{
	struct framing *framing = arg;

	(void)kind;
	(void)value;
	framing->header_size += name_size + value_size;
	if (value_size > framing->header_longest)
		framing->header_longest = value_size;
	if (!is_token(name, name_size))
		framing->malformed = true;
	if (strcasecmp(name, "Content-Length") == 0)
		framing->lengths++;
	if (strcasecmp(name, "Transfer-Encoding") == 0)
		framing->encodings++;
	return MHD_YES;
}

/* The library reads some requests otherwise than a proxy in front may have read them. */
static unsigned refusal(struct wp_exchange *exchange)
{
	struct framing framing = { 0 };
	size_t target = strlen(exchange->path);

	if (exchange->query != NULL)
		target += 1 + strlen(exchange->query);
	MHD_get_connection_values_n(
		exchange->connection, MHD_HEADER_KIND, look_at_header, &framing);
	exchange->header_size = framing.header_size;
	exchange->header_longest = framing.header_longest;
	if (framing.malformed || framing.lengths + framing.encodings > 1 ||
		!is_token(exchange->method, strlen(exchange->method)))
		return STATUS_BAD_REQUEST;
	return target > WP_HTTP_TARGET_MAX ? STATUS_TOO_LONG : 0;
}

/* True if more is announced than would be read and dropped: then the answer comes first. */
static bool announces_too_much(const struct wp_exchange *exchange)
{
	const char *length = wp_exchange_header(exchange, "Content-Length");
	const char *expect = wp_exchange_header(exchange, "Expect");
	size_t body_max = exchange->server->body_max;
	size_t limit = expect != NULL ? body_max : body_max + WP_HTTP_SWALLOW_MAX;

	/* The library has checked that these are digits. */
	return length != NULL && strtoull(length, NULL, 10) > limit;
}

static enum MHD_Result handle(struct wp_exchange *exchange, wp_exchange_fn *fn)
{
	exchange->phase = WP_EXCHANGE_HANDLER;
	fn(exchange->server->arg, exchange);
	if (exchange->phase != WP_EXCHANGE_HANDLER)
		return wp_exchange_queue(exchange);
	if (!exchange->kept)
		return wp_exchange_refuse(exchange, STATUS_NO_ANSWER);
	exchange->phase = WP_EXCHANGE_KEPT;
	wp_exchange_suspend(exchange);
	return MHD_YES;
}

static enum MHD_Result on_head(struct wp_exchange *exchange, const char *method)
{
	exchange->method = method;
	exchange->phase = WP_EXCHANGE_BODY;
	unsigned status = refusal(exchange);
	if (status != 0)
		return wp_exchange_refuse(exchange, status);
	if (announces_too_much(exchange)) {
		exchange->too_large = true;
		return handle(exchange, exchange->server->on_too_large);
	}
	return MHD_YES;
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *upload, size_t *upload_size,
	void **context)
{
	struct wp_http_server *server = arg;
	struct wp_exchange *exchange = *context;

	(void)connection;
	(void)url;
	(void)version;
	if (exchange == NULL)
		return MHD_NO;
	switch (exchange->phase) {
	case WP_EXCHANGE_HEAD:
		return on_head(exchange, method);
	case WP_EXCHANGE_BODY:
		if (*upload_size > 0) {
			int error = wp_exchange_collect(exchange, upload, *upload_size);
			*upload_size = 0;
			return error == 0 ? MHD_YES : MHD_NO;
		}
		return handle(exchange, exchange->too_large ? server->on_too_large : server->fn);
	case WP_EXCHANGE_STREAMING:
	case WP_EXCHANGE_ANSWERED:
		return wp_exchange_queue(exchange);
	case WP_EXCHANGE_HANDLER:
	case WP_EXCHANGE_KEPT:
	case WP_EXCHANGE_GONE:
		return MHD_NO;
	}
	return MHD_NO;
}

static void *on_target(void *arg, const char *target, struct MHD_Connection *connection)
{
	return wp_exchange_new(arg, connection, target);
}

static void on_completed(void *arg, struct MHD_Connection *connection, void **context,
	enum MHD_RequestTerminationCode code)
{
	struct wp_exchange *exchange = *context;

	(void)arg;
	(void)connection;
	(void)code;
	*context = NULL;
	if (exchange == NULL)
		return;
	wp_exchange_tell_gone(exchange);
	wp_exchange_free(exchange);
}

/* ---- the server ---- */

static int start_daemon(
	struct wp_http_server *server, const struct wp_http_server_settings *settings)
{
	const union MHD_DaemonInfo *info;

	server->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_TURBO | MHD_ALLOW_SUSPEND_RESUME,
		0, NULL, NULL, on_request, server, MHD_OPTION_LISTEN_SOCKET, server->listen_fd,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)WP_HTTP_CONNECTION_MEMORY,
		MHD_OPTION_CONNECTION_LIMIT, settings->connection_max,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)settings->idle_timeout_s,
		MHD_OPTION_URI_LOG_CALLBACK, on_target, server, MHD_OPTION_NOTIFY_COMPLETED,
		on_completed, server, MHD_OPTION_END);
	if (server->daemon == NULL)
		return -ENOMEM;
	server->listen_fd = -1;
	info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	if (info == NULL)
		return -ENOTSUP;
	server->watch = wp_watch_new(server->loop, info->epoll_fd, WP_LOOP_READ, on_event, server);
	return server->watch != NULL ? 0 : -errno;
}

static int open_server(
	struct wp_http_server *server, const struct wp_http_server_settings *settings)
{
	server->listen = strdup(settings->listen);
	server->run = wp_timer_new(server->loop, on_run, server);
	server->idle = wp_timer_new(server->loop, on_idle, server);
	server->failure = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	if (server->listen == NULL || server->run == NULL || server->idle == NULL ||
		server->failure == NULL)
		return -ENOMEM;
	server->listen_fd = wp_listener_open(settings->listen);
	if (server->listen_fd < 0)
		return server->listen_fd;
	server->port = wp_listener_port(server->listen_fd);
	int error = start_daemon(server, settings);
	if (error == 0)
		wp_timer_start(server->run, 0, 0);
	return error;
}

struct wp_http_server *wp_http_server_new(struct wp_loop *loop,
	const struct wp_http_server_settings *settings, wp_exchange_fn *fn,
	wp_exchange_fn *on_too_large, void *arg)
{
	struct wp_http_server *server = calloc(1, sizeof *server);

	if (server == NULL)
		return NULL;
	server->loop = loop;
	server->fn = fn;
	server->on_too_large = on_too_large;
	server->arg = arg;
	server->body_max = settings->body_max;
	server->listen_fd = -1;
	int error = open_server(server, settings);
	if (error < 0) {
		wp_http_server_free(server);
		errno = -error;
		return NULL;
	}
	return server;
}

/* The library must not be stopped while connections are suspended. */
static void drop_kept(struct wp_http_server *server)
{
	while (server->kept != NULL) {
		struct wp_exchange *exchange = server->kept;

		wp_exchange_tell_gone(exchange);
		wp_exchange_resume(exchange);
	}
	MHD_run(server->daemon);
}

void wp_http_server_free(struct wp_http_server *server)
{
	if (server == NULL)
		return;
	if (server->daemon != NULL) {
		wp_http_server_quiesce(server);
		drop_kept(server);
		wp_watch_free(server->watch);
		MHD_stop_daemon(server->daemon);
	}
	if (server->listen_fd >= 0)
		close(server->listen_fd);
	if (server->failure != NULL)
		MHD_destroy_response(server->failure);
	wp_timer_free(server->run);
	wp_timer_free(server->idle);
	free(server->listen);
	free(server);
}

unsigned wp_http_server_port(const struct wp_http_server *server)
{
	return server->port;
}

void wp_http_server_quiesce(struct wp_http_server *server)
{
	const char *path = wp_listener_path(server->listen);
	int fd = MHD_quiesce_daemon(server->daemon);

	if (fd < 0 || server->closing)
		return;
	server->closing = true;
	close(fd);
	if (path != NULL)
		unlink(path);
}

unsigned wp_http_server_open_exchanges(const struct wp_http_server *server)
{
	return server->open_exchanges;
}
