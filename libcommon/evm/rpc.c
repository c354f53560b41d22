#include "libcommon/evm/rpc.h"

#include "libcommon/base.h"
#include "libcommon/http_client.h"
#include "libcommon/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* JSON numbers are doubles: larger error codes could not be told apart. */
#define CODE_MAX INT64_C(9007199254740991)

struct call {
	struct wp_rpc *rpc; /* NULL once the call was ended by wp_rpc_free */
	struct call **link; /* what points to this call */
	struct call *next;
	int64_t id;
	wp_rpc_fn *fn;
	void *arg;
};

struct wp_rpc {
	struct wp_http_client *http;
	char *url;
	int64_t timeout_ms;
	int64_t last_id;
	struct call *calls; /* under way */
	bool closing;
};

struct wp_rpc *wp_rpc_new(struct wp_http_client *http, const char *url, int64_t timeout_ms)
{
	struct wp_rpc *rpc = calloc(1, sizeof(*rpc));
	char *copy = strdup(url);
	if (!rpc || !copy) {
		free(rpc);
		free(copy);
		return NULL;
	}
	*rpc = (struct wp_rpc){ .http = http, .url = copy, .timeout_ms = timeout_ms };
	return rpc;
}

static void call_link(struct call *call, struct wp_rpc *rpc)
{
	call->rpc = rpc;
	call->link = &rpc->calls;
	call->next = rpc->calls;
	if (call->next)
		call->next->link = &call->next;
	rpc->calls = call;
}

static void call_unlink(struct call *call)
{
	*call->link = call->next;
	if (call->next)
		call->next->link = call->link;
	call->rpc = NULL;
}

static struct wp_rpc_answer lost(const char *message)
{
	return (struct wp_rpc_answer){ .outcome = WP_RPC_LOST, .error_message = message };
}

void wp_rpc_free(struct wp_rpc *rpc)
{
	if (!rpc || rpc->closing)
		return;
	rpc->closing = true;
	while (rpc->calls) {
		struct call *call = rpc->calls;
		struct wp_rpc_answer answer = lost("client closed");
		call_unlink(call); /* freed when its HTTP exchange ends */
		call->fn(call->arg, &answer);
	}
	free(rpc->url);
	free(rpc);
}

/* NULL, or why this is not the response to call id. */
static const char *response_problem(const cJSON *response, int64_t id)
{
	const char *version;
	int64_t answered;
	if (!cJSON_IsObject(response))
		return "response is not an object";
	if (wp_json_string(response, "jsonrpc", &version) || strcmp(version, "2.0") != 0)
		return "response is not JSON-RPC 2.0";
	if (wp_json_integer(response, "id", id, id, &answered))
		return "response to another call";
	return NULL;
}

static struct wp_rpc_answer read_error(const cJSON *error)
{
	struct wp_rpc_answer answer = {
		.outcome = WP_RPC_ERROR,
		.error_data = cJSON_GetObjectItemCaseSensitive(error, "data"),
	};
	if (!cJSON_IsObject(error) ||
		wp_json_integer(error, "code", -CODE_MAX, CODE_MAX, &answer.error_code) ||
		wp_json_string(error, "message", &answer.error_message))
		return lost("malformed error object");
	return answer;
}

/* Some nodes send the member that does not apply as null. */
static struct wp_rpc_answer read_response(const cJSON *response, int64_t id)
{
	const char *problem = response_problem(response, id);
	if (problem)
		return lost(problem);
	const cJSON *result = cJSON_GetObjectItemCaseSensitive(response, "result");
	const cJSON *error = cJSON_GetObjectItemCaseSensitive(response, "error");
	bool failed = error && !cJSON_IsNull(error);
	if (failed && result && !cJSON_IsNull(result))
		return lost("both result and error");
	if (failed)
		return read_error(error);
	if (!result)
		return lost("neither result nor error");
	return (struct wp_rpc_answer){
		.outcome = WP_RPC_OK, .result = result, .error_message = ""
	};
}

static void end_call(struct call *call, const struct wp_http_answer *http)
{
	char text[96] = "";
	const char *problem;
	size_t offset;
	cJSON *response = NULL;
	struct wp_rpc_answer answer = lost(text);
	if (http->error)
		answer.error_message = http->text;
	else if (http->status != 200)
		snprintf(text, sizeof(text), "HTTP status %ld", http->status);
	else if (wp_json_parse(&response, http->body, http->body_size, &problem, &offset))
		snprintf(text, sizeof(text), "bad JSON at byte %zu: %s", offset, problem);
	else
		answer = read_response(response, call->id);
	call->fn(call->arg, &answer);
	cJSON_Delete(response);
}

static void on_http_answer(void *arg, const struct wp_http_answer *http)
{
	struct call *call = arg;
	if (call->rpc) {
		call_unlink(call);
		end_call(call, http);
	}
	free(call);
}

/* {"jsonrpc":"2.0","id":…,"method":…,"params":[…]}; takes params over. NULL: no memory. */
static char *request_text(int64_t id, const char *method, cJSON *params)
{
	cJSON *request = cJSON_CreateObject();
	if (!params)
		params = cJSON_CreateArray();
	bool complete = params && cJSON_AddStringToObject(request, "jsonrpc", "2.0") &&
			cJSON_AddNumberToObject(request, "id", (double)id) &&
			cJSON_AddStringToObject(request, "method", method);
	if (!complete || !cJSON_AddItemToObject(request, "params", params)) {
		cJSON_Delete(params);
		complete = false;
	}
	char *text = complete ? cJSON_PrintUnformatted(request) : NULL;
	cJSON_Delete(request);
	return text;
}

static int send_call(struct wp_rpc *rpc, struct call *call, const char *body)
{
	static const char *const headers[] = { "Content-Type: application/json", NULL };
	struct wp_http_request request = {
		.method = "POST",
		.url = rpc->url,
		.headers = headers,
		.body = body,
		.body_size = strlen(body),
		.timeout_ms = rpc->timeout_ms,
		.answer_max = WP_RPC_ANSWER_MAX,
	};
	return wp_http_send(rpc->http, &request, on_http_answer, call);
}

int wp_rpc_call(struct wp_rpc *rpc, const char *method, cJSON *params, wp_rpc_fn *fn, void *arg)
{
	int error;
	struct call *call = NULL;
	char *body = request_text(++rpc->last_id, method, params);
	if (rpc->closing) {
		error = -ECANCELED;
		goto out;
	}
	call = calloc(1, sizeof(*call));
	if (!body || !call) {
		error = -ENOMEM;
		goto out;
	}
	*call = (struct call){ .id = rpc->last_id, .fn = fn, .arg = arg };
	error = send_call(rpc, call, body);
	if (error)
		goto out;
	call_link(call, rpc);
	call = NULL;
out:
	free(call);
	cJSON_free(body);
	return error;
}
