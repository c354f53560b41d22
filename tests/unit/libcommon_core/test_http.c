/* http_server.c, http_exchange.c, listener.c and http_client.c against each other, and raw bytes
 * where a client library would not send them. */
#include "support.h"

#include "libcommon/base.h"
#include "libcommon/http_client.h"
#include "libcommon/http_server.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define LIMIT_MS 20000
#define BODY_MAX 10000

struct fixture {
	char directory[TEST_PATH];
	char listen[TEST_PATH + 16];
	char url[TEST_PATH];
	const char *unix_socket;
	struct wp_loop *loop;
	struct wp_http_server *server;
	struct wp_http_client *client;
	/* what the server saw */
	struct wp_exchange *kept;
	struct wp_timer *timer;
	int requests, too_large, gone, pieces;
	char query[64], header[64], path[64];
	size_t header_count, header_size, body_size;
	/* what the client got */
	int answers, expected, error;
	long status;
	char body[200];
	size_t answer_size;
	bool done, seen;
	/* raw */
	int fd;
	struct wp_watch *watch;
	char raw[4096];
	size_t raw_size;
};

static void on_gone(void *arg)
{
	struct fixture *f = arg;

	f->gone++;
	f->kept = NULL;
	f->seen = true;
}

static void on_late(void *arg)
{
	struct fixture *f = arg;

	if (f->kept != NULL)
		assert_int_equal(wp_exchange_answer(f->kept, 202, NULL, "late", 4), 0);
	f->kept = NULL;
}

static void on_piece(void *arg)
{
	struct fixture *f = arg;

	if (f->kept == NULL)
		return;
	assert_int_equal(wp_exchange_write(f->kept, "data: x\n\n", 9), 0);
	if (++f->pieces < 5) {
		wp_timer_start(f->timer, 3, 0);
		return;
	}
	wp_exchange_end(f->kept);
	f->kept = NULL;
}

static void copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from != NULL ? from : "(none)");
}

static void stream(struct fixture *f, struct wp_exchange *exchange)
{
	const char *const headers[] = { "Content-Type: text/event-stream", NULL };

	assert_int_equal(wp_exchange_stream(exchange, 200, headers, on_gone, f), 0);
	f->kept = exchange;
	wp_timer_start(f->timer, 3, 0);
}

/* Fills the buffer that waits for the client, and one byte more. */
static void overfill(struct wp_exchange *exchange)
{
	char *block = calloc(1, WP_HTTP_STREAM_MAX);

	assert_int_equal(wp_exchange_stream(exchange, 200, NULL, NULL, NULL), 0);
	assert_int_equal(wp_exchange_write(exchange, block, WP_HTTP_STREAM_MAX), 0);
	assert_int_equal(wp_exchange_write(exchange, block, 1), -ENOBUFS);
	wp_exchange_end(exchange);
	free(block);
}

static void on_request(void *arg, struct wp_exchange *exchange)
{
	struct fixture *f = arg;
	const char *path = wp_exchange_path(exchange);
	const char *const headers[] = { "X-One: 1", "Content-Type: text/plain", NULL };
	const char *body = wp_exchange_body(exchange, &f->body_size);

	f->requests++;
	copy(f->path, sizeof f->path, path);
	copy(f->query, sizeof f->query, wp_exchange_query(exchange, "q"));
	copy(f->header, sizeof f->header, wp_exchange_header(exchange, "x-test"));
	f->header_count = wp_exchange_header_count(exchange, "X-TEST");
	f->header_size = wp_exchange_header_size(exchange);
	assert_int_equal(strlen(body), f->body_size);
	if (strcmp(path, "/keep") == 0) {
		wp_exchange_keep(exchange, on_gone, f);
		f->kept = exchange;
		f->seen = true;
		if (wp_exchange_query(exchange, "answer") != NULL)
			wp_timer_start(f->timer, 20, 0);
	} else if (strcmp(path, "/stream") == 0) {
		stream(f, exchange);
	} else if (strcmp(path, "/overfill") == 0) {
		overfill(exchange);
	} else if (strcmp(path, "/forget") != 0) {
		assert_int_equal(wp_exchange_answer(exchange, 200, headers, body, f->body_size), 0);
	}
}

static void on_too_large(void *arg, struct wp_exchange *exchange)
{
	struct fixture *f = arg;
	size_t size = 1;

	f->too_large++;
	assert_string_equal(wp_exchange_body(exchange, &size), "");
	assert_int_equal(size, 0);
	assert_int_equal(wp_exchange_answer(exchange, 413, NULL, "big", 3), 0);
}

static struct fixture *set_up(const char *listen)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct wp_http_server_settings settings = { .body_max = BODY_MAX,
		.idle_timeout_s = 10,
		.connection_max = 100,
		.listen = f->listen };

	test_directory_make(f->directory);
	snprintf(f->listen, sizeof f->listen, listen, f->directory);
	f->loop = wp_loop_new();
	f->server = wp_http_server_new(f->loop, &settings, on_request, on_too_large, f);
	assert_non_null(f->server);
	f->client = wp_http_client_new(f->loop);
	f->timer = wp_timer_new(f->loop, on_late, f);
	f->fd = -1;
	if (strncmp(listen, "unix:", 5) == 0) {
		f->unix_socket = f->listen + 5;
		snprintf(f->url, sizeof f->url, "http://localhost");
	} else {
		assert_true(wp_http_server_port(f->server) > 0);
		snprintf(f->url, sizeof f->url, "http://%s:%u",
			listen[0] == '[' ? "[::1]" : "127.0.0.1", wp_http_server_port(f->server));
	}
	f->expected = 1;
	return f;
}

static int set_up_tcp(void **state)
{
	*state = set_up("127.0.0.1:0");
	return 0;
}

static int set_up_unix(void **state)
{
	*state = set_up("unix:%s/http.sock");
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	wp_watch_free(f->watch);
	if (f->fd >= 0)
		close(f->fd);
	wp_http_client_free(f->client);
	wp_http_server_free(f->server);
	wp_timer_free(f->timer);
	wp_loop_free(f->loop);
	test_directory_remove(f->directory);
	free(f);
	return 0;
}

static void on_answer(void *arg, const struct wp_http_answer *answer)
{
	struct fixture *f = arg;

	f->answers++;
	f->error = answer->error;
	f->status = answer->status;
	f->answer_size = answer->body_size;
	copy(f->body, sizeof f->body, answer->error == 0 ? answer->body : answer->text);
	f->done = f->answers == f->expected;
}

static int ask(
	struct fixture *f, const char *method, const char *path, const void *body, size_t size)
{
	char url[TEST_PATH * 2];
	static const char *const headers[] = { "X-Test: one", "X-Test: two", NULL };
	struct wp_http_request request = { .method = method,
		.url = url,
		.headers = headers,
		.unix_socket = f->unix_socket,
		.body = body,
		.body_size = size,
		.timeout_ms = LIMIT_MS };

	snprintf(url, sizeof url, "%s%s", f->url, path);
	f->done = false;
	return wp_http_send(f->client, &request, on_answer, f);
}

static void wait_answer(struct fixture *f)
{
	test_run_until(f->loop, &f->done, LIMIT_MS);
}

/* ---- requests and answers ---- */

static void a_request_is_seen_as_it_was_sent(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ask(f, "POST", "/a%20b/c?x=1&q=d%2Fe", "hello", 5), 0);
	wait_answer(f);
	assert_int_equal(f->error, 0);
	assert_int_equal(f->status, 200);
	assert_string_equal(f->body, "hello");
	assert_string_equal(f->path, "/a%20b/c");
	assert_string_equal(f->query, "d/e");
	assert_string_equal(f->header, "one");
	assert_int_equal(f->header_count, 2);
	assert_true(f->header_size > 2 * strlen("X-Testone"));
}

static void a_body_may_have_the_limit_and_not_one_byte_more(void **state)
{
	struct fixture *f = *state;
	char *body = malloc(BODY_MAX + 1);

	memset(body, 'b', BODY_MAX + 1);
	assert_int_equal(ask(f, "POST", "/", body, BODY_MAX), 0);
	wait_answer(f);
	assert_int_equal(f->status, 200);
	assert_int_equal(f->answer_size, BODY_MAX);
	assert_int_equal(f->body_size, BODY_MAX);

	f->expected = 2;
	assert_int_equal(ask(f, "POST", "/", body, BODY_MAX + 1), 0);
	wait_answer(f);
	assert_int_equal(f->error, 0);
	assert_int_equal(f->status, 413);
	assert_string_equal(f->body, "big");
	assert_int_equal(f->requests, 1);
	assert_int_equal(f->too_large, 1);
	free(body);
}

static void a_thousand_requests_share_a_connection(void **state)
{
	struct fixture *f = *state;

	for (int i = 1; i <= 1000; i++) {
		f->expected = i;
		assert_int_equal(ask(f, "POST", "/", "x", 1), 0);
		while (!f->done)
			test_run_until(f->loop, &f->done, LIMIT_MS);
		assert_int_equal(f->status, 200);
	}
	assert_int_equal(f->requests, 1000);
	assert_int_equal(wp_http_server_open_exchanges(f->server), 0);
}

static void fifty_at_once_are_all_answered(void **state)
{
	struct fixture *f = *state;

	f->expected = 50;
	for (int i = 0; i < 50; i++)
		assert_int_equal(ask(f, "POST", "/", "x", 1), 0);
	wait_answer(f);
	assert_int_equal(f->error, 0);
	assert_int_equal(f->requests, 50);
}

static void a_handler_that_forgets_its_exchange_answers_500(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ask(f, "GET", "/forget", NULL, 0), 0);
	wait_answer(f);
	assert_int_equal(f->status, 500);
}

/* ---- later ---- */

static void a_kept_exchange_is_answered_later(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ask(f, "POST", "/keep?answer=1", "x", 1), 0);
	wait_answer(f);
	assert_int_equal(f->status, 202);
	assert_string_equal(f->body, "late");
	assert_int_equal(f->gone, 0);
	/* The connection is good for another one. */
	f->expected = 2;
	assert_int_equal(ask(f, "GET", "/", NULL, 0), 0);
	wait_answer(f);
	assert_int_equal(f->status, 200);
}

static void a_client_that_goes_away_is_noticed_while_kept(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ask(f, "GET", "/keep", NULL, 0), 0);
	test_run_until(f->loop, &f->seen, LIMIT_MS);
	assert_int_equal(wp_http_server_open_exchanges(f->server), 1);
	f->seen = false;
	wp_http_client_free(f->client);
	f->client = NULL;
	assert_int_equal(f->error, -ECANCELED);
	test_run_until(f->loop, &f->seen, LIMIT_MS);
	assert_int_equal(f->gone, 1);
	while (wp_http_server_open_exchanges(f->server) > 0) {
		f->done = true;
		test_run_until(f->loop, &f->done, LIMIT_MS);
	}
}

static void kept_exchanges_end_with_the_server(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ask(f, "GET", "/keep", NULL, 0), 0);
	test_run_until(f->loop, &f->seen, LIMIT_MS);
	wp_http_server_free(f->server);
	f->server = NULL;
	assert_int_equal(f->gone, 1);
	wait_answer(f);
	assert_int_equal(f->error, -WP_E_UNKNOWN);
}

static void a_stream_arrives_piece_by_piece(void **state)
{
	struct fixture *f = *state;

	wp_timer_free(f->timer);
	f->timer = wp_timer_new(f->loop, on_piece, f);
	assert_int_equal(ask(f, "GET", "/stream", NULL, 0), 0);
	wait_answer(f);
	assert_int_equal(f->status, 200);
	assert_string_equal(f->body, "data: x\n\ndata: x\n\ndata: x\n\ndata: x\n\ndata: x\n\n");
	assert_int_equal(f->gone, 0);
}

static void a_stream_ends_when_the_client_goes_away(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ask(f, "GET", "/stream", NULL, 0), 0);
	while (f->kept == NULL) {
		f->done = true;
		test_run_until(f->loop, &f->done, LIMIT_MS);
	}
	wp_timer_stop(f->timer);
	wp_http_client_free(f->client);
	f->client = NULL;
	test_run_until(f->loop, &f->seen, LIMIT_MS);
	assert_int_equal(f->gone, 1);
}

static void a_stream_keeps_a_bounded_amount_for_a_slow_client(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ask(f, "GET", "/overfill", NULL, 0), 0);
	wait_answer(f);
	assert_int_equal(f->status, 200);
	assert_int_equal(f->answer_size, WP_HTTP_STREAM_MAX);
}

static void a_quiet_server_finishes_what_it_has(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ask(f, "GET", "/keep?answer=1", NULL, 0), 0);
	test_run_until(f->loop, &f->seen, LIMIT_MS);
	wp_http_server_quiesce(f->server);
	wait_answer(f);
	assert_int_equal(f->status, 202);
	wp_http_client_free(f->client);
	f->client = wp_http_client_new(f->loop);
	f->expected = f->answers + 1;
	assert_int_equal(ask(f, "GET", "/", NULL, 0), 0);
	wait_answer(f);
	assert_int_equal(f->error, -ECONNREFUSED);
}

/* ---- the client ---- */

static void answers_may_have_the_limit_and_not_one_byte_more(void **state)
{
	struct fixture *f = *state;
	struct wp_http_request request = { .method = "POST",
		.url = f->url,
		.body = "12345",
		.body_size = 5,
		.timeout_ms = LIMIT_MS,
		.answer_max = 5 };

	assert_int_equal(wp_http_send(f->client, &request, on_answer, f), 0);
	wait_answer(f);
	assert_int_equal(f->error, 0);
	assert_string_equal(f->body, "12345");
	request.answer_max = 4;
	f->expected = 2;
	f->done = false;
	assert_int_equal(wp_http_send(f->client, &request, on_answer, f), 0);
	wait_answer(f);
	assert_int_equal(f->error, -EMSGSIZE);
}

static void a_time_out_leaves_the_outcome_unknown(void **state)
{
	struct fixture *f = *state;
	char url[TEST_PATH * 2];
	struct wp_http_request request = { .method = "GET", .url = url, .timeout_ms = 50 };

	snprintf(url, sizeof url, "%s/keep", f->url);
	assert_int_equal(wp_http_send(f->client, &request, on_answer, f), 0);
	wait_answer(f);
	assert_int_equal(f->error, -WP_E_UNKNOWN);
	assert_true(strlen(f->body) > 0);
}

static void requests_that_make_no_sense_are_refused(void **state)
{
	struct fixture *f = *state;
	struct wp_http_request request = {
		.method = "GET", .url = "file:///etc/passwd", .timeout_ms = 1000
	};

	assert_int_equal(wp_http_send(f->client, &request, on_answer, f), -EINVAL);
	request.url = "ftp://127.0.0.1/";
	assert_int_equal(wp_http_send(f->client, &request, on_answer, f), -EINVAL);
	request.url = f->url;
	request.timeout_ms = 0;
	assert_int_equal(wp_http_send(f->client, &request, on_answer, f), -EINVAL);
	assert_int_equal(f->answers, 0);
}

static void on_free_client(void *arg, const struct wp_http_answer *answer)
{
	struct fixture *f = arg;
	struct wp_http_client *client = f->client;

	on_answer(arg, answer);
	f->client = NULL;
	wp_http_client_free(client);
}

static void the_client_may_be_freed_by_an_answer(void **state)
{
	struct fixture *f = *state;
	struct wp_http_request request = { .method = "GET", .url = f->url, .timeout_ms = LIMIT_MS };

	f->expected = 2;
	assert_int_equal(wp_http_send(f->client, &request, on_free_client, f), 0);
	assert_int_equal(ask(f, "GET", "/keep", NULL, 0), 0);
	wait_answer(f);
	assert_int_equal(f->error, -ECANCELED);
}

/* ---- raw bytes ---- */

static void on_raw(void *arg, unsigned events)
{
	struct fixture *f = arg;
	ssize_t size = recv(f->fd, f->raw + f->raw_size, sizeof f->raw - 1 - f->raw_size, 0);

	(void)events;
	if (size > 0)
		f->raw_size += (size_t)size;
	f->raw[f->raw_size] = '\0';
	f->done = size <= 0 || strstr(f->raw, "\r\n\r\n") != NULL;
}

static void send_raw(struct fixture *f, const char *data, size_t size)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)wp_http_server_port(f->server)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	wp_watch_free(f->watch);
	if (f->fd >= 0)
		close(f->fd);
	f->fd = socket(AF_INET, SOCK_STREAM, 0);
	f->raw_size = 0;
	f->done = false;
	assert_int_equal(connect(f->fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(send(f->fd, data, size, MSG_NOSIGNAL), size);
	f->watch = wp_watch_new(f->loop, f->fd, WP_LOOP_READ, on_raw, f);
	test_run_until(f->loop, &f->done, LIMIT_MS);
}

static int raw_status(const struct fixture *f)
{
	int status = 0;

	return sscanf(f->raw, "HTTP/1.1 %d", &status) == 1 ? status : 0;
}

static void framing_that_can_be_read_in_two_ways_is_refused(void **state)
{
	struct fixture *f = *state;
	static const char *const requests[] = {
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy",
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
		"0\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
		"Transfer-Encoding: identity\r\n\r\n0\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 1\r\n\r\nx",
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx",
		"POST / HTTP/1.1\r\nHost: a\r\nX(y: 1\r\n\r\n",
		"P{ST / HTTP/1.1\r\nHost: a\r\n\r\n",
	};

	for (size_t i = 0; i < WP_ARRAY_LEN(requests); i++) {
		send_raw(f, requests[i], strlen(requests[i]));
		assert_int_equal(raw_status(f), 400);
	}
	assert_int_equal(f->requests, 0);

	static const char chunked[] =
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
		"1\r\nx\r\n0\r\n\r\n";
	send_raw(f, chunked, sizeof chunked - 1);
	assert_int_equal(raw_status(f), 200);
	assert_int_equal(f->body_size, 1);
}

static void a_target_may_have_the_limit_and_not_one_byte_more(void **state)
{
	struct fixture *f = *state;
	char target[WP_HTTP_TARGET_MAX + 2];
	char request[WP_HTTP_TARGET_MAX + 100];

	memset(target, 'a', sizeof target);
	memcpy(target, "/?q=", 4);
	for (size_t size = WP_HTTP_TARGET_MAX; size <= WP_HTTP_TARGET_MAX + 1; size++) {
		int length = snprintf(request, sizeof request,
			"GET %.*s HTTP/1.1\r\nHost: a\r\n\r\n", (int)size, target);
		send_raw(f, request, (size_t)length);
		assert_int_equal(raw_status(f), size == WP_HTTP_TARGET_MAX ? 200 : 414);
	}
}

/* Returns the status of a request with so many headers of 8,192 bytes. */
static int status_with_headers(struct fixture *f, int count)
{
	char *request = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&request, &size);

	fprintf(out, "GET / HTTP/1.1\r\nHost: a\r\n");
	for (int i = 0; i < count; i++)
		fprintf(out, "X-Test: %08192d\r\n", i);
	fprintf(out, "\r\n");
	fclose(out);
	send_raw(f, request, size);
	free(request);
	return raw_status(f);
}

static void three_large_headers_fit_and_a_fourth_is_refused(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(status_with_headers(f, 3), 200);
	assert_int_equal(f->header_count, 3);
	assert_true(f->header_size > 3 * 8192);
	assert_int_equal(status_with_headers(f, 4), 431);
}

static void a_header_name_is_a_token(void **state)
{
	static const char others[] = "!#$%&'*+-.^_`|~"; /* RFC 9110 section 5.6.2 */
	struct fixture *f = *state;

	for (int c = 0x21; c < 0x100; c++) {
		char request[64];
		bool token = (c < 0x80 && isalnum(c)) || strchr(others, c) != NULL;
		int size = snprintf(
			request, sizeof request, "GET / HTTP/1.1\r\nHost: a\r\nX%cX: 1\r\n\r\n", c);

		if (c == ':') /* ends the name */
			continue;
		send_raw(f, request, (size_t)size);
		assert_int_equal(raw_status(f), token ? 200 : 400);
	}
}

static void a_body_that_is_announced_much_too_large_is_not_read(void **state)
{
	struct fixture *f = *state;
	char request[200];

	snprintf(request, sizeof request,
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %u\r\n\r\n",
		BODY_MAX + WP_HTTP_SWALLOW_MAX + 1);
	send_raw(f, request, strlen(request));
	assert_int_equal(raw_status(f), 413);
	assert_non_null(strcasestr(f->raw, "Connection: close"));
	snprintf(request, sizeof request,
		"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: %u\r\n\r\n",
		BODY_MAX + 1);
	send_raw(f, request, strlen(request));
	assert_int_equal(raw_status(f), 413);
	assert_int_equal(f->too_large, 2);
}

/* ---- listeners ---- */

static void a_unix_listener_has_its_mode_and_goes_away(void **state)
{
	struct fixture *f = *state;
	struct stat status;

	assert_int_equal(stat(f->unix_socket, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0660);
	assert_int_equal(wp_http_server_port(f->server), 0);
	wp_http_server_free(f->server);
	f->server = NULL;
	assert_int_equal(stat(f->unix_socket, &status), -1);
}

static void listeners_that_cannot_be_are_refused(void **state)
{
	struct wp_loop *loop = wp_loop_new();
	struct wp_http_server_settings settings = {
		.body_max = 1, .connection_max = 1, .idle_timeout_s = 1
	};
	char path[120];
	static const char *const wrong[] = { "", "127.0.0.1", ":80", "localhost:80",
		"unix:relative", "127.0.0.1:65536", "[::1:80" };

	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(wrong); i++) {
		settings.listen = wrong[i];
		errno = 0;
		assert_null(wp_http_server_new(loop, &settings, on_request, on_too_large, NULL));
		assert_int_equal(errno, EINVAL);
	}
	memset(path, 'a', sizeof path - 1);
	path[sizeof path - 1] = '\0';
	memcpy(path, "unix:/", 6);
	settings.listen = path;
	assert_null(wp_http_server_new(loop, &settings, on_request, on_too_large, NULL));
	assert_int_equal(errno, ENAMETOOLONG);
	wp_loop_free(loop);
}

static void it_listens_on_ipv6_too(void **state)
{
	struct fixture *f = set_up("[::1]:0");
	void *own = f;

	(void)state;
	assert_int_equal(ask(f, "GET", "/", NULL, 0), 0);
	wait_answer(f);
	assert_int_equal(f->status, 200);
	tear_down(&own);
}

#define TCP(name)  cmocka_unit_test_setup_teardown(name, set_up_tcp, tear_down)
#define UNIX(name) cmocka_unit_test_setup_teardown(name, set_up_unix, tear_down)
#define BOTH(name) TCP(name), UNIX(name)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(a_request_is_seen_as_it_was_sent),
		BOTH(a_body_may_have_the_limit_and_not_one_byte_more),
		BOTH(a_thousand_requests_share_a_connection),
		BOTH(fifty_at_once_are_all_answered),
		TCP(a_handler_that_forgets_its_exchange_answers_500),
		BOTH(a_kept_exchange_is_answered_later),
		BOTH(a_client_that_goes_away_is_noticed_while_kept),
		BOTH(kept_exchanges_end_with_the_server),
		BOTH(a_stream_arrives_piece_by_piece),
		BOTH(a_stream_ends_when_the_client_goes_away),
		BOTH(a_stream_keeps_a_bounded_amount_for_a_slow_client),
		BOTH(a_quiet_server_finishes_what_it_has),
		TCP(answers_may_have_the_limit_and_not_one_byte_more),
		TCP(a_time_out_leaves_the_outcome_unknown),
		TCP(requests_that_make_no_sense_are_refused),
		TCP(the_client_may_be_freed_by_an_answer),
		TCP(framing_that_can_be_read_in_two_ways_is_refused),
		TCP(a_target_may_have_the_limit_and_not_one_byte_more),
		TCP(three_large_headers_fit_and_a_fourth_is_refused),
		TCP(a_header_name_is_a_token),
		TCP(a_body_that_is_announced_much_too_large_is_not_read),
		UNIX(a_unix_listener_has_its_mode_and_goes_away),
		cmocka_unit_test(listeners_that_cannot_be_are_refused),
		cmocka_unit_test(it_listens_on_ipv6_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
