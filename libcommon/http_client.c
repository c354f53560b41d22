#include "libcommon/http_client.h"

#include "libcommon/base.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CONNECTIONS_KEPT 16
#define BODY_FIRST       4096

struct exchange {
	struct exchange *next, *previous; /* in client->underway */
	struct wp_http_client *client;
	CURL *curl;
	struct curl_slist *headers;
	wp_http_fn *fn;
	void *arg;
	char *body;
	size_t body_size, body_capacity, body_max;
	bool too_large, no_memory;
	char text[CURL_ERROR_SIZE];
};

struct wp_http_client {
	struct wp_loop *loop;
	CURLM *multi;
	struct wp_timer *timer;
	struct exchange *underway;
	bool freed;
	unsigned
		depth; /* of callbacks: the struct outlives wp_http_client_free until they return */
};

/* ---- one exchange ---- */

static void list_add(struct wp_http_client *client, struct exchange *exchange)
{
	exchange->next = client->underway;
	if (exchange->next != NULL)
		exchange->next->previous = exchange;
	client->underway = exchange;
}

static void list_remove(struct wp_http_client *client, struct exchange *exchange)
{
	if (exchange->previous != NULL)
		exchange->previous->next = exchange->next;
	else
		client->underway = exchange->next;
	if (exchange->next != NULL)
		exchange->next->previous = exchange->previous;
}

static void exchange_free(struct exchange *exchange)
{
	curl_easy_cleanup(exchange->curl);
	curl_slist_free_all(exchange->headers);
	free(exchange->body);
	free(exchange);
}

static size_t on_body(char *data, size_t unit, size_t count, void *arg)
{
	struct exchange *exchange = arg;
	size_t size = unit * count;
	size_t wanted = exchange->body_capacity == 0 ? BODY_FIRST : exchange->body_capacity;

	exchange->too_large = size > exchange->body_max - exchange->body_size;
	if (exchange->too_large)
		return 0;
	while (wanted < exchange->body_size + size + 1)
		wanted *= 2;
	if (wanted != exchange->body_capacity) {
		char *grown = realloc(exchange->body, wanted);

		exchange->no_memory = grown == NULL;
		if (exchange->no_memory)
			return 0;
		exchange->body = grown;
		exchange->body_capacity = wanted;
	}
	memcpy(exchange->body + exchange->body_size, data, size);
	exchange->body_size += size;
	exchange->body[exchange->body_size] = '\0';
	return size;
}

/* A definite failure to connect means that the request was not seen; everything else may have been.
 */
static int error_of(const struct exchange *exchange, CURLcode code)
{
	if (exchange->too_large)
		return -EMSGSIZE;
	if (exchange->no_memory || code == CURLE_OUT_OF_MEMORY)
		return -ENOMEM;
	if (code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST)
		return -ECONNREFUSED;
	return code == CURLE_OK ? 0 : -WP_E_UNKNOWN;
}

/* Calls fn and frees. */
static void finish(struct exchange *exchange, int error, const char *text)
{
	struct wp_http_answer answer = { .error = error, .text = "", .body = "" };

	if (error == 0) {
		curl_easy_getinfo(exchange->curl, CURLINFO_RESPONSE_CODE, &answer.status);
		if (exchange->body != NULL)
			answer.body = exchange->body;
		answer.body_size = exchange->body_size;
	} else {
		answer.text = text;
	}
	list_remove(exchange->client, exchange);
	curl_multi_remove_handle(exchange->client->multi, exchange->curl);
	exchange->fn(exchange->arg, &answer);
	exchange_free(exchange);
}

/* ---- libcurl and the loop ---- */

static void client_destroy(struct wp_http_client *client)
{
	curl_multi_cleanup(client->multi);
	wp_timer_free(client->timer);
	free(client);
}

static void finish_ended(struct wp_http_client *client)
{
	CURLMsg *message;
	int left;

	client->depth++;
	while (!client->freed && (message = curl_multi_info_read(client->multi, &left)) != NULL) {
		struct exchange *exchange = NULL;
		CURLcode code = message->data.result;

		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&exchange);
		int error = error_of(exchange, code);
		const char *text = error == -EMSGSIZE ? "answer too large" : exchange->text;
		finish(exchange, error, text[0] != '\0' ? text : curl_easy_strerror(code));
	}
	if (--client->depth == 0 && client->freed)
		client_destroy(client);
}

static void act(struct wp_http_client *client, curl_socket_t fd, int bits)
{
	int running;

	curl_multi_socket_action(client->multi, fd, bits, &running);
	finish_ended(client);
}

static void on_timer(void *arg)
{
	act(arg, CURL_SOCKET_TIMEOUT, 0);
}

struct socket {
	struct wp_http_client *client;
	struct wp_watch *watch;
	curl_socket_t fd;
};

static void on_event(void *arg, unsigned events)
{
	const struct socket *socket = arg;
	int bits = 0;

	if (events & WP_LOOP_READ)
		bits |= CURL_CSELECT_IN;
	if (events & WP_LOOP_WRITE)
		bits |= CURL_CSELECT_OUT;
	act(socket->client, socket->fd, bits);
}

static int add_socket(struct wp_http_client *client, curl_socket_t fd, unsigned events)
{
	struct socket *socket = calloc(1, sizeof *socket);

	if (socket == NULL)
		return -1;
	socket->client = client;
	socket->fd = fd;
	socket->watch = wp_watch_new(client->loop, fd, events, on_event, socket);
	if (socket->watch == NULL) {
		free(socket);
		return -1;
	}
	curl_multi_assign(client->multi, fd, socket);
	return 0;
}

static int on_socket(CURL *curl, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
	struct wp_http_client *client = arg;
	struct socket *socket = socket_arg;
	unsigned events = 0;

	(void)curl;
	if (what == CURL_POLL_REMOVE) {
		if (socket != NULL)
			wp_watch_free(socket->watch);
		free(socket);
		return 0;
	}
	if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
		events |= WP_LOOP_READ;
	if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
		events |= WP_LOOP_WRITE;
	if (socket == NULL)
		return add_socket(client, fd, events);
	wp_watch_set(socket->watch, events);
	return 0;
}

static int on_timeout(CURLM *multi, long timeout_ms, void *arg)
{
	struct wp_http_client *client = arg;

	(void)multi;
	if (timeout_ms < 0)
		wp_timer_stop(client->timer);
	else
		wp_timer_start(client->timer, timeout_ms, 0);
	return 0;
}

/* ---- public ---- */

struct wp_http_client *wp_http_client_new(struct wp_loop *loop)
{
	struct wp_http_client *client = calloc(1, sizeof *client);

	if (client == NULL)
		return NULL;
	client->loop = loop;
	curl_global_init(CURL_GLOBAL_DEFAULT);
	client->multi = curl_multi_init();
	client->timer = wp_timer_new(loop, on_timer, client);
	if (client->multi == NULL || client->timer == NULL) {
		client_destroy(client);
		return NULL;
	}
	curl_multi_setopt(client->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(client->multi, CURLMOPT_SOCKETDATA, client);
	curl_multi_setopt(client->multi, CURLMOPT_TIMERFUNCTION, on_timeout);
	curl_multi_setopt(client->multi, CURLMOPT_TIMERDATA, client);
	curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_KEPT);
	return client;
}

void wp_http_client_free(struct wp_http_client *client)
{
	if (client == NULL || client->freed)
		return;
	client->freed = true;
	client->depth++;
	while (client->underway != NULL)
		finish(client->underway, -ECANCELED, "the client is being closed");
	if (--client->depth == 0)
		client_destroy(client);
}

static int set_headers(struct exchange *exchange, const char *const *headers)
{
	for (; headers != NULL && *headers != NULL; headers++) {
		struct curl_slist *longer = curl_slist_append(exchange->headers, *headers);

		if (longer == NULL)
			return -ENOMEM;
		exchange->headers = longer;
	}
	/* No "Expect: 100-continue": it costs a round trip. */
	struct curl_slist *longer = curl_slist_append(exchange->headers, "Expect:");
	if (longer == NULL)
		return -ENOMEM;
	exchange->headers = longer;
	return 0;
}

static CURLcode set_target(CURL *curl, const struct wp_http_request *request)
{
	CURLcode code = curl_easy_setopt(curl, CURLOPT_URL, request->url);

	if (code == CURLE_OK)
		code = curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	if (code == CURLE_OK && request->unix_socket != NULL)
		code = curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, request->unix_socket);
	if (code == CURLE_OK)
		code = curl_easy_setopt(curl, CURLOPT_PROXY, "");
	if (code == CURLE_OK)
		code = curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	if (code == CURLE_OK)
		code = curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	if (code == CURLE_OK)
		code = curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
	if (code == CURLE_OK)
		code = curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)request->timeout_ms);
	return code;
}

static CURLcode set_payload(CURL *curl, const struct wp_http_request *request)
{
	CURLcode code = CURLE_OK;

	if (strcmp(request->method, "HEAD") == 0)
		return curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
	if (request->body != NULL || strcmp(request->method, "POST") == 0) {
		code = curl_easy_setopt(
			curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_size);
		if (code == CURLE_OK)
			code = curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS,
				request->body != NULL ? request->body : "");
	}
	if (code == CURLE_OK)
		code = curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
	return code;
}

static CURLcode set_exchange(struct exchange *exchange)
{
	CURLcode code = curl_easy_setopt(exchange->curl, CURLOPT_PRIVATE, exchange);

	if (code == CURLE_OK)
		code = curl_easy_setopt(exchange->curl, CURLOPT_ERRORBUFFER, exchange->text);
	if (code == CURLE_OK)
		code = curl_easy_setopt(exchange->curl, CURLOPT_WRITEFUNCTION, on_body);
	if (code == CURLE_OK)
		code = curl_easy_setopt(exchange->curl, CURLOPT_WRITEDATA, exchange);
	if (code == CURLE_OK)
		code = curl_easy_setopt(exchange->curl, CURLOPT_HTTPHEADER, exchange->headers);
	return code;
}

static bool is_valid(const struct wp_http_request *request)
{
	if (request->method == NULL || request->url == NULL || request->timeout_ms <= 0 ||
		(request->body == NULL && request->body_size > 0))
		return false;
	return strncmp(request->url, "http://", 7) == 0 ||
	       strncmp(request->url, "https://", 8) == 0;
}

int wp_http_send(struct wp_http_client *client, const struct wp_http_request *request,
	wp_http_fn *fn, void *arg)
{
	struct exchange *exchange;
	int error = -ENOMEM;

	if (client->freed || !is_valid(request))
		return -EINVAL;
	exchange = calloc(1, sizeof *exchange);
	if (exchange == NULL)
		return -ENOMEM;
	exchange->client = client;
	exchange->fn = fn;
	exchange->arg = arg;
	exchange->body_max = request->answer_max > 0 ? request->answer_max : WP_HTTP_ANSWER_MAX;
	exchange->curl = curl_easy_init();
	if (exchange->curl == NULL || set_headers(exchange, request->headers) < 0)
		goto fail;
	if (set_exchange(exchange) != CURLE_OK || set_target(exchange->curl, request) != CURLE_OK ||
		set_payload(exchange->curl, request) != CURLE_OK)
		goto fail;
	list_add(client, exchange);
	if (curl_multi_add_handle(client->multi, exchange->curl) != CURLM_OK) {
		list_remove(client, exchange);
		error = -EINVAL;
		goto fail;
	}
	return 0;
fail:
	exchange_free(exchange);
	return error;
}
