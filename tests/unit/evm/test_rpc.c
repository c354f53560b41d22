#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "libcommon/evm/rpc.h"
#include "libcommon/http_client.h"
#include "libcommon/http_server.h"
#include "libcommon/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT_MS 20000
#define BODY_MAX   (1u << 16)

/* A node that answers every call as the test at hand says; '#' in the text becomes the call's id.
 */
struct node {
	struct wp_loop *loop;
	struct wp_http_server *server;
	struct wp_http_client *http;
	char url[64];
	unsigned status;
	const char *text;         /* NULL: never answers */
	size_t padding;           /* spaces behind the text */
	struct wp_exchange *held; /* when hold is set, the first call waits for the second */
	bool hold;
	char request[BODY_MAX]; /* the last one */
};

struct outcome {
	struct node *node;
	struct wp_rpc *rpc; /* to free or call inside the callback, may be NULL */
	unsigned count;
	enum wp_rpc_outcome outcome;
	int64_t code;
	char message[256];
	char result[256];
	char data[64];
};

static long request_id(const char *request)
{
	return strtol(strstr(request, "\"id\":") + 5, NULL, 10);
}

static void answer(struct node *node, struct wp_exchange *exchange)
{
	static const char *const headers[] = { "Content-Type: application/json", NULL };
	size_t size = 0, length = strlen(node->text);
	const char *request = wp_exchange_body(exchange, &size);
	char *body = malloc(length + 32 + node->padding), *end = body;
	for (const char *from = node->text; *from; from++) {
		if (*from == '#')
			end += snprintf(end, 21, "%ld", request_id(request));
		else
			*end++ = *from;
	}
	memset(end, ' ', node->padding);
	end += node->padding;
	wp_exchange_answer(exchange, node->status, headers, body, (size_t)(end - body));
	free(body);
}

static void on_call(void *arg, struct wp_exchange *exchange)
{
	struct node *node = arg;
	size_t size = 0;
	const char *request = wp_exchange_body(exchange, &size);
	assert_true(size < sizeof(node->request));
	memcpy(node->request, request, size);
	node->request[size] = '\0';
	if (!node->text) {
		wp_exchange_keep(exchange, NULL, NULL);
	} else if (node->hold && !node->held) {
		node->held = exchange;
		wp_exchange_keep(exchange, NULL, NULL);
	} else {
		answer(node, exchange);
		if (node->held)
			answer(node, node->held);
		node->held = NULL;
	}
}

static int start_node(void **state)
{
	struct node *node = calloc(1, sizeof(*node));
	struct wp_http_server_settings settings = { .listen = "127.0.0.1:0",
		.body_max = BODY_MAX - 1,
		.idle_timeout_s = 60,
		.connection_max = 16 };
	node->loop = wp_loop_new();
	node->server = wp_http_server_new(node->loop, &settings, on_call, on_call, node);
	node->http = wp_http_client_new(node->loop);
	node->status = 200;
	*state = node;
	if (!node->server || !node->http)
		return -1;
	snprintf(node->url, sizeof(node->url), "http://127.0.0.1:%u/",
		wp_http_server_port(node->server));
	return 0;
}

static int stop_node(void **state)
{
	struct node *node = *state;
	wp_http_client_free(node->http);
	wp_http_server_free(node->server);
	wp_loop_free(node->loop);
	free(node);
	return 0;
}

static void print(char *text, size_t size, const cJSON *value)
{
	char *printed = value ? cJSON_PrintUnformatted(value) : NULL;
	snprintf(text, size, "%s", printed ? printed : "");
	cJSON_free(printed);
}

static void on_answer(void *arg, const struct wp_rpc_answer *answered)
{
	struct outcome *outcome = arg;
	outcome->count++;
	outcome->outcome = answered->outcome;
	outcome->code = answered->error_code;
	snprintf(outcome->message, sizeof(outcome->message), "%s", answered->error_message);
	print(outcome->result, sizeof(outcome->result), answered->result);
	print(outcome->data, sizeof(outcome->data), answered->error_data);
	wp_loop_stop(outcome->node->loop);
}

static struct outcome call(struct node *node, const char *method, cJSON *params)
{
	struct outcome outcome = { .node = node };
	struct wp_rpc *rpc = wp_rpc_new(node->http, node->url, TIMEOUT_MS);
	assert_int_equal(wp_rpc_call(rpc, method, params, on_answer, &outcome), 0);
	assert_int_equal(outcome.count, 0);
	assert_int_equal(wp_loop_run(node->loop), 0);
	wp_rpc_free(rpc);
	assert_int_equal(outcome.count, 1);
	return outcome;
}

static void sends_a_json_rpc_request(void **state)
{
	struct node *node = *state;
	node->text = "{\"jsonrpc\":\"2.0\",\"id\":#,\"result\":\"0x2a\"}";
	cJSON *params = cJSON_CreateArray();
	cJSON_AddItemToArray(params, cJSON_CreateString("0xab"));
	cJSON_AddItemToArray(params, cJSON_CreateString("latest"));
	struct outcome outcome = call(node, "eth_getBalance", params);
	assert_int_equal(outcome.outcome, WP_RPC_OK);
	assert_string_equal(outcome.result, "\"0x2a\"");
	assert_string_equal(outcome.message, "");
	assert_string_equal(node->request, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"
					   "\"eth_getBalance\",\"params\":[\"0xab\",\"latest\"]}");
	call(node, "eth_blockNumber", NULL);
	assert_string_equal(node->request,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_blockNumber\",\"params\":[]}");
}

static void results_of_every_type(void **state)
{
	struct node *node = *state;
	static const char *const cases[][2] = {
		{ "{\"jsonrpc\":\"2.0\",\"id\":#,\"result\":null}", "null" },
		{ "{\"result\":[1],\"id\":#,\"jsonrpc\":\"2.0\"}", "[1]" },
		{ " {\"id\":#,\"jsonrpc\":\"2.0\",\"result\":false,\"error\":null,\"x\":1}\n",
			"false" },
	};
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++) {
		node->text = cases[i][0];
		struct outcome outcome = call(node, "m", NULL);
		assert_int_equal(outcome.outcome, WP_RPC_OK);
		assert_string_equal(outcome.result, cases[i][1]);
	}
}

static void errors_of_the_node(void **state)
{
	struct node *node = *state;
	static const struct {
		const char *text;
		int64_t code;
		const char *message, *data;
	} cases[] = {
		{ "{\"jsonrpc\":\"2.0\",\"id\":#,\"error\":{\"code\":-32000,\"message\":"
		  "\"nonce too low\"}}",
			-32000, "nonce too low", "" },
		{ "{\"jsonrpc\":\"2.0\",\"id\":#,\"result\":null,\"error\":{\"code\":3,\"message\":"
		  "\"execution reverted\",\"data\":\"0x08c379a0\"}}",
			3, "execution reverted", "\"0x08c379a0\"" },
		{ "{\"jsonrpc\":\"2.0\",\"id\":#,\"error\":{\"code\":9007199254740991,"
		  "\"message\":\"\"}}",
			9007199254740991, "", "" },
	};
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++) {
		node->text = cases[i].text;
		struct outcome outcome = call(node, "m", NULL);
		assert_int_equal(outcome.outcome, WP_RPC_ERROR);
		assert_true(outcome.code == cases[i].code);
		assert_string_equal(outcome.message, cases[i].message);
		assert_string_equal(outcome.data, cases[i].data);
		assert_string_equal(outcome.result, "");
	}
}

#define OK_HEAD "{\"jsonrpc\":\"2.0\",\"id\":#,"

static void what_is_no_response_is_lost(void **state)
{
	struct node *node = *state;
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "", "bad JSON at byte 0: unexpected end" },
		{ "<html>", "bad JSON at byte 0: unexpected character" },
		{ OK_HEAD "\"result\":1} x", "bad JSON at byte 36: bytes behind the value" },
		{ OK_HEAD "\"result\":1", "bad JSON at byte 34: unexpected end" },
		{ OK_HEAD "\"result\":1,\"result\":2}", "bad JSON at byte 0: duplicate key" },
		{ OK_HEAD "\"result\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
			"bad JSON at byte 64: too deep" },
		{ "[]", "response is not an object" },
		{ "[{\"jsonrpc\":\"2.0\",\"id\":#,\"result\":1}]", "response is not an object" },
		{ "null", "response is not an object" },
		{ "{}", "response is not JSON-RPC 2.0" },
		{ "{\"id\":#,\"result\":1}", "response is not JSON-RPC 2.0" },
		{ "{\"jsonrpc\":\"1.0\",\"id\":#,\"result\":1}", "response is not JSON-RPC 2.0" },
		{ "{\"jsonrpc\":2.0,\"id\":#,\"result\":1}", "response is not JSON-RPC 2.0" },
		{ "{\"jsonrpc\":\"2.0\",\"result\":1}", "response to another call" },
		{ "{\"jsonrpc\":\"2.0\",\"id\":null,\"result\":1}", "response to another call" },
		{ "{\"jsonrpc\":\"2.0\",\"id\":\"#\",\"result\":1}", "response to another call" },
		{ "{\"jsonrpc\":\"2.0\",\"id\":#.5,\"result\":1}", "response to another call" },
		{ "{\"jsonrpc\":\"2.0\",\"id\":1#,\"result\":1}", "response to another call" },
		{ "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":1}", "response to another call" },
		{ "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":1,\"message\":\"x\"}}",
			"response to another call" },
		{ OK_HEAD "\"x\":1}", "neither result nor error" },
		{ OK_HEAD "\"error\":null}", "neither result nor error" },
		{ OK_HEAD "\"result\":1,\"error\":{\"code\":1,\"message\":\"x\"}}",
			"both result and error" },
		{ OK_HEAD "\"error\":\"x\"}", "malformed error object" },
		{ OK_HEAD "\"error\":[]}", "malformed error object" },
		{ OK_HEAD "\"error\":{}}", "malformed error object" },
		{ OK_HEAD "\"error\":{\"code\":1}}", "malformed error object" },
		{ OK_HEAD "\"error\":{\"message\":\"x\"}}", "malformed error object" },
		{ OK_HEAD "\"error\":{\"code\":\"1\",\"message\":\"x\"}}",
			"malformed error object" },
		{ OK_HEAD "\"error\":{\"code\":1.5,\"message\":\"x\"}}", "malformed error object" },
		{ OK_HEAD "\"error\":{\"code\":9007199254740992,\"message\":\"x\"}}",
			"malformed error object" },
		{ OK_HEAD "\"error\":{\"code\":1,\"message\":null}}", "malformed error object" },
	};
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++) {
		node->text = cases[i].text;
		struct outcome outcome = call(node, "m", NULL);
		if (outcome.outcome != WP_RPC_LOST ||
			strcmp(outcome.message, cases[i].message) != 0)
			fail_msg("%s: %d, %s", cases[i].text, outcome.outcome, outcome.message);
		assert_string_equal(outcome.result, "");
	}
}

static void http_failures_are_lost(void **state)
{
	struct node *node = *state;
	static const unsigned statuses[] = { 201, 301, 400, 403, 429, 500, 503 };
	node->text = OK_HEAD "\"result\":1}";
	for (size_t i = 0; i < WP_ARRAY_LEN(statuses); i++) {
		char expected[32];
		node->status = statuses[i];
		struct outcome outcome = call(node, "m", NULL);
		assert_int_equal(outcome.outcome, WP_RPC_LOST);
		snprintf(expected, sizeof(expected), "HTTP status %u", statuses[i]);
		assert_string_equal(outcome.message, expected);
	}
}

static void size_at_the_limit_and_past_it(void **state)
{
	struct node *node = *state;
	node->text = "{\"jsonrpc\":\"2.0\",\"id\":#,\"result\":1}";
	node->padding = WP_RPC_ANSWER_MAX - strlen(node->text);
	assert_int_equal(call(node, "m", NULL).outcome, WP_RPC_OK);
	node->padding++;
	assert_int_equal(call(node, "m", NULL).outcome, WP_RPC_LOST);
}

static void silence_and_absence_are_lost(void **state)
{
	struct node *node = *state;
	struct outcome outcome = { .node = node };
	struct wp_rpc *rpc = wp_rpc_new(node->http, node->url, 50);
	assert_int_equal(wp_rpc_call(rpc, "m", NULL, on_answer, &outcome), 0);
	assert_int_equal(wp_loop_run(node->loop), 0);
	assert_int_equal(outcome.count, 1);
	assert_int_equal(outcome.outcome, WP_RPC_LOST);
	assert_string_not_equal(outcome.message, "");
	wp_rpc_free(rpc);
	wp_http_server_free(node->server);
	node->server = NULL; /* its port is closed now */
	assert_int_equal(call(node, "m", NULL).outcome, WP_RPC_LOST);
}

static void answers_out_of_order_find_their_calls(void **state)
{
	struct node *node = *state;
	struct outcome first = { .node = node }, second = { .node = node };
	struct wp_rpc *rpc = wp_rpc_new(node->http, node->url, TIMEOUT_MS);
	node->text = "{\"jsonrpc\":\"2.0\",\"id\":#,\"result\":#}";
	node->hold = true;
	assert_int_equal(wp_rpc_call(rpc, "m", NULL, on_answer, &first), 0);
	assert_int_equal(wp_rpc_call(rpc, "m", NULL, on_answer, &second), 0);
	while (first.count + second.count < 2)
		assert_int_equal(wp_loop_run(node->loop), 0);
	assert_string_equal(first.result, "1");
	assert_string_equal(second.result, "2");
	wp_rpc_free(rpc);
}

static void call_again(void *arg, const struct wp_rpc_answer *answered)
{
	struct outcome *outcome = arg;
	on_answer(arg, answered);
	outcome->code = wp_rpc_call(outcome->rpc, "m", cJSON_CreateArray(), on_answer, arg);
}

static void freeing_ends_the_calls_under_way(void **state)
{
	struct node *node = *state;
	struct outcome outcomes[3] = { { .node = node }, { .node = node }, { .node = node } };
	struct wp_rpc *rpc = wp_rpc_new(node->http, node->url, TIMEOUT_MS);
	for (size_t i = 0; i < 3; i++) {
		outcomes[i].rpc = rpc;
		assert_int_equal(wp_rpc_call(rpc, "m", NULL, call_again, &outcomes[i]), 0);
	}
	wp_rpc_free(rpc);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(outcomes[i].count, 1);
		assert_int_equal(outcomes[i].outcome, WP_RPC_LOST);
		assert_int_equal(outcomes[i].code, -ECANCELED);
	}
	wp_http_client_free(node->http); /* ends the exchanges that are left */
	node->http = NULL;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(outcomes[i].count, 1);
	wp_rpc_free(NULL);
}

static void free_inside(void *arg, const struct wp_rpc_answer *answered)
{
	struct outcome *outcome = arg;
	wp_rpc_free(outcome->rpc);
	on_answer(arg, answered);
}

static void a_callback_may_free_the_client(void **state)
{
	struct node *node = *state;
	struct outcome outcome = { .node = node };
	node->text = "{\"jsonrpc\":\"2.0\",\"id\":#,\"result\":\"x\"}";
	outcome.rpc = wp_rpc_new(node->http, node->url, TIMEOUT_MS);
	assert_int_equal(wp_rpc_call(outcome.rpc, "m", NULL, free_inside, &outcome), 0);
	assert_int_equal(wp_loop_run(node->loop), 0);
	assert_int_equal(outcome.count, 1);
	assert_string_equal(outcome.result, "\"x\"");
}

static void a_url_of_another_kind_is_refused(void **state)
{
	struct node *node = *state;
	struct outcome outcome = { .node = node };
	struct wp_rpc *rpc = wp_rpc_new(node->http, "file:///etc/hostname", TIMEOUT_MS);
	assert_int_equal(wp_rpc_call(rpc, "m", cJSON_CreateArray(), on_answer, &outcome), -EINVAL);
	wp_rpc_free(rpc);
	assert_int_equal(outcome.count, 0);
}

#define NODE_TEST(test) cmocka_unit_test_setup_teardown(test, start_node, stop_node)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NODE_TEST(sends_a_json_rpc_request),
		NODE_TEST(results_of_every_type),
		NODE_TEST(errors_of_the_node),
		NODE_TEST(what_is_no_response_is_lost),
		NODE_TEST(http_failures_are_lost),
		NODE_TEST(size_at_the_limit_and_past_it),
		NODE_TEST(silence_and_absence_are_lost),
		NODE_TEST(answers_out_of_order_find_their_calls),
		NODE_TEST(freeing_ends_the_calls_under_way),
		NODE_TEST(a_callback_may_free_the_client),
		NODE_TEST(a_url_of_another_kind_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
