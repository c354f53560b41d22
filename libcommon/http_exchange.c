#include "libcommon/http_exchange.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HEADER_NAME_MAX  128
#define BODY_FIRST       1000
#define STREAM_BLOCK     16384
#define STATUS_NO_MEMORY 500

struct wp_exchange *wp_exchange_new(
	struct wp_http_server *server, struct MHD_Connection *connection, const char *target)
{
	size_t size = strlen(target);
	struct wp_exchange *exchange = calloc(1, sizeof *exchange + size + 1);

	if (exchange == NULL)
		return NULL;
	exchange->server = server;
	exchange->connection = connection;
	memcpy(exchange->path, target, size + 1);
	exchange->query = strchr(exchange->path, '?');
	if (exchange->query != NULL)
		*exchange->query++ = '\0';
	server->open_exchanges++;
	return exchange;
}

void wp_exchange_free(struct wp_exchange *exchange)
{
	wp_watch_free(exchange->watch);
	if (exchange->response != NULL)
		MHD_destroy_response(exchange->response);
	exchange->server->open_exchanges--;
	free(exchange->body);
	free(exchange->stream);
	free(exchange);
}

/* Room for size more bytes and a NUL. */
static int reserve(char **data, size_t *capacity, size_t used, size_t size, size_t first)
{
	size_t wanted = *capacity == 0 ? first : *capacity;

	while (wanted < used + size + 1)
		wanted *= 2;
	if (wanted == *capacity)
		return 0;
	char *grown = realloc(*data, wanted);
	if (grown == NULL)
		return -ENOMEM;
	*data = grown;
	*capacity = wanted;
	return 0;
}

int wp_exchange_collect(struct wp_exchange *exchange, const char *data, size_t size)
{
	size_t body_max = exchange->server->body_max;

	if (size > body_max - (exchange->too_large ? body_max : exchange->body_size)) {
		/* From here on body_size counts what is dropped. */
		if (!exchange->too_large)
			exchange->body_size = 0;
		exchange->too_large = true;
		exchange->body_size += size;
		return exchange->body_size > WP_HTTP_SWALLOW_MAX ? -EMSGSIZE : 0;
	}
	if (reserve(&exchange->body, &exchange->body_capacity, exchange->body_size, size,
		    BODY_FIRST) < 0)
		return -ENOMEM;
	memcpy(exchange->body + exchange->body_size, data, size);
	exchange->body_size += size;
	exchange->body[exchange->body_size] = '\0';
	return 0;
}

/* ---- kept exchanges ---- */

static void list_add(struct wp_exchange *exchange)
{
	exchange->next = exchange->server->kept;
	exchange->previous = NULL;
	if (exchange->next != NULL)
		exchange->next->previous = exchange;
	exchange->server->kept = exchange;
}

static void list_remove(struct wp_exchange *exchange)
{
	if (exchange->previous != NULL)
		exchange->previous->next = exchange->next;
	else
		exchange->server->kept = exchange->next;
	if (exchange->next != NULL)
		exchange->next->previous = exchange->previous;
}

static void on_hangup(void *arg, unsigned events)
{
	struct wp_exchange *exchange = arg;

	(void)events;
	wp_exchange_tell_gone(exchange);
	wp_exchange_resume(exchange);
}

void wp_exchange_suspend(struct wp_exchange *exchange)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	MHD_suspend_connection(exchange->connection);
	exchange->suspended = true;
	list_add(exchange);
	/* Without the watch a hang-up is only seen when the answer is sent. */
	if (info != NULL)
		exchange->watch = wp_watch_new(exchange->server->loop, info->connect_fd,
			WP_LOOP_HANGUP, on_hangup, exchange);
}

void wp_exchange_resume(struct wp_exchange *exchange)
{
	if (!exchange->suspended)
		return;
	exchange->suspended = false;
	list_remove(exchange);
	wp_watch_free(exchange->watch);
	exchange->watch = NULL;
	MHD_resume_connection(exchange->connection);
	wp_timer_start(exchange->server->run, 0, 0);
}

void wp_exchange_tell_gone(struct wp_exchange *exchange)
{
	wp_exchange_gone_fn *gone = exchange->gone;

	if (exchange->phase != WP_EXCHANGE_KEPT && exchange->phase != WP_EXCHANGE_STREAMING)
		return;
	exchange->phase = WP_EXCHANGE_GONE;
	exchange->gone = NULL;
	if (gone != NULL)
		gone(exchange->gone_arg);
}

void wp_exchange_keep(struct wp_exchange *exchange, wp_exchange_gone_fn *gone, void *arg)
{
	exchange->kept = true;
	exchange->gone = gone;
	exchange->gone_arg = arg;
}

/* ---- answers ---- */

static enum MHD_Result queue(
	struct wp_exchange *exchange, unsigned status, struct MHD_Response *response)
{
	/* A stream goes on to be the handler's until it ends it. */
	if (exchange->phase != WP_EXCHANGE_STREAMING)
		exchange->phase = WP_EXCHANGE_ANSWERED;
	return MHD_queue_response(exchange->connection, status, response);
}

enum MHD_Result wp_exchange_queue(struct wp_exchange *exchange)
{
	if (exchange->response == NULL)
		return queue(exchange, STATUS_NO_MEMORY, exchange->server->failure);
	return queue(exchange, exchange->status, exchange->response);
}

enum MHD_Result wp_exchange_refuse(struct wp_exchange *exchange, unsigned status)
{
	return queue(exchange, status, exchange->server->failure);
}

static int add_header(struct MHD_Response *response, const char *line)
{
	char name[HEADER_NAME_MAX];
	const char *colon = strchr(line, ':');
	size_t size = colon != NULL ? (size_t)(colon - line) : 0;

	if (size == 0 || size >= sizeof name)
		return -EINVAL;
	memcpy(name, line, size);
	name[size] = '\0';
	return MHD_add_response_header(response, name, colon + 1 + strspn(colon + 1, " ")) ==
			       MHD_YES
		       ? 0
		       : -ENOMEM;
}

static int add_headers(struct MHD_Response *response, const char *const *headers)
{
	int error = 0;

	for (; headers != NULL && *headers != NULL && error == 0; headers++)
		error = add_header(response, *headers);
	return error;
}

/* The answer is sent by the handler's caller, or by libmicrohttpd's next call after resuming. */
static int store_response(struct wp_exchange *exchange, unsigned status, const char *const *headers,
	struct MHD_Response *response)
{
	if (response != NULL && add_headers(response, headers) < 0) {
		MHD_destroy_response(response);
		response = NULL;
	}
	exchange->response = response;
	exchange->status = status;
	if (response == NULL)
		exchange->phase = WP_EXCHANGE_ANSWERED;
	wp_exchange_resume(exchange);
	return response != NULL ? 0 : -ENOMEM;
}

int wp_exchange_answer(struct wp_exchange *exchange, unsigned status, const char *const *headers,
	const void *body, size_t body_size)
{
	/* The library takes a pointer to writable memory, which it only reads here. */
	struct MHD_Response *response = MHD_create_response_from_buffer(
		body_size, (void *)(uintptr_t)body, MHD_RESPMEM_MUST_COPY);

	exchange->phase = WP_EXCHANGE_ANSWERED;
	return store_response(exchange, status, headers, response);
}

/* ---- streams ---- */

static ssize_t on_stream_read(void *arg, uint64_t position, char *buffer, size_t size)
{
	struct wp_exchange *exchange = arg;
	size_t waiting = exchange->stream_end - exchange->stream_start;

	(void)position;
	if (exchange->phase == WP_EXCHANGE_GONE)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (waiting == 0 && exchange->stream_ended)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (waiting == 0) {
		wp_exchange_suspend(exchange);
		return 0;
	}
	if (size > waiting)
		size = waiting;
	memcpy(buffer, exchange->stream + exchange->stream_start, size);
	exchange->stream_start += size;
	if (exchange->stream_start == exchange->stream_end)
		exchange->stream_start = exchange->stream_end = 0;
	return (ssize_t)size;
}

int wp_exchange_stream(struct wp_exchange *exchange, unsigned status, const char *const *headers,
	wp_exchange_gone_fn *gone, void *arg)
{
	struct MHD_Response *response = MHD_create_response_from_callback(
		MHD_SIZE_UNKNOWN, STREAM_BLOCK, on_stream_read, exchange, NULL);

	exchange->phase = WP_EXCHANGE_STREAMING;
	exchange->gone = gone;
	exchange->gone_arg = arg;
	return store_response(exchange, status, headers, response);
}

int wp_exchange_write(struct wp_exchange *exchange, const void *data, size_t size)
{
	if (size > WP_HTTP_STREAM_MAX - (exchange->stream_end - exchange->stream_start))
		return -ENOBUFS;
	if (exchange->stream_start > 0) {
		exchange->stream_end -= exchange->stream_start;
		memmove(exchange->stream, exchange->stream + exchange->stream_start,
			exchange->stream_end);
		exchange->stream_start = 0;
	}
	if (reserve(&exchange->stream, &exchange->stream_capacity, exchange->stream_end, size,
		    BODY_FIRST) < 0)
		return -ENOMEM;
	memcpy(exchange->stream + exchange->stream_end, data, size);
	exchange->stream_end += size;
	wp_exchange_resume(exchange);
	return 0;
}

void wp_exchange_end(struct wp_exchange *exchange)
{
	exchange->phase = WP_EXCHANGE_ANSWERED;
	exchange->stream_ended = true;
	wp_exchange_resume(exchange);
}

/* ---- the request ---- */

const char *wp_exchange_method(const struct wp_exchange *exchange)
{
	return exchange->method;
}

const char *wp_exchange_path(const struct wp_exchange *exchange)
{
	return exchange->path;
}

const char *wp_exchange_header(const struct wp_exchange *exchange, const char *name)
{
	return MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, name);
}

struct search {
	const char *name;
	const char *value; /* the first one */
	size_t count;
};

static enum MHD_Result find_exact(
	void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct search *search = arg;

	(void)kind;
	if (strcmp(name, search->name) != 0)
		return MHD_YES;
	search->value = value != NULL ? value : "";
	return MHD_NO;
}

const char *wp_exchange_query(const struct wp_exchange *exchange, const char *name)
{
	struct search search = { .name = name };

	MHD_get_connection_values(exchange->connection, MHD_GET_ARGUMENT_KIND, find_exact, &search);
	return search.value;
}

static enum MHD_Result count_name(
	void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct search *search = arg;

	(void)kind;
	(void)value;
	search->count += strcasecmp(name, search->name) == 0;
	return MHD_YES;
}

size_t wp_exchange_header_count(const struct wp_exchange *exchange, const char *name)
{
	struct search search = { .name = name };

	MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, count_name, &search);
	return search.count;
}

size_t wp_exchange_header_size(const struct wp_exchange *exchange)
{
	return exchange->header_size;
}

size_t wp_exchange_header_longest(const struct wp_exchange *exchange)
{
	return exchange->header_longest;
}

const char *wp_exchange_body(const struct wp_exchange *exchange, size_t *ret_size)
{
	bool has_body = exchange->body != NULL && !exchange->too_large;

	*ret_size = has_body ? exchange->body_size : 0;
	return has_body ? exchange->body : "";
}
