#include "services/gateway/documents.h"

#include "libcommon/evm/secp.h"
#include "proto/task.h"
#include "proto/verdict.h"

void document_openapi(struct reply *reply, const char *unused)
{
	(void)unused;
	reply_send(reply, 200, "application/json", NULL, openapi_json, openapi_json_size);
}

/* ---- prices, verdicts, limits ---- */

static void add_address(cJSON *object, const char *name, const struct wp_address *address)
{
	char text[WP_ADDRESS_TEXT];
	cJSON_AddStringToObject(object, name, wp_address_checksum(text, address));
}

static void add_price(cJSON *root, const struct gateway *gateway)
{
	const struct offer_terms *terms = &gateway->terms;
	char amount[WP_AMOUNT_TEXT], network[32];
	cJSON *price = cJSON_AddObjectToObject(root, "price");
	cJSON_AddStringToObject(price, "amount", wp_amount_text(amount, &terms->price));
	cJSON_AddNumberToObject(price, "decimals", terms->token_decimals);
	cJSON_AddStringToObject(price, "token", terms->token_name);
	add_address(price, "asset", &terms->asset);
	cJSON_AddStringToObject(price, "network", offer_network_v2(network, terms->chain_id));
	add_address(price, "payTo", &terms->pay_to);
	cJSON_AddStringToObject(price, "unit", "one verification");
	cJSON *methods = cJSON_AddArrayToObject(root, "methods");
	cJSON_AddItemToArray(methods, cJSON_CreateString("x402-v2"));
	if (offer_network_v1(terms->chain_id))
		cJSON_AddItemToArray(methods, cJSON_CreateString("x402-v1"));
}

static const char *attested_text(enum wp_attest_rule rule)
{
	switch (rule) {
	case WP_ATTEST_TRUE:
		return "true";
	case WP_ATTEST_FALSE:
		return "false";
	case WP_ATTEST_ON_REQUEST:
		return "false, on request";
	case WP_ATTEST_NEVER:
		break;
	}
	return "no";
}

static void add_verdict(cJSON *verdicts, enum wp_verdict verdict)
{
	cJSON *row = cJSON_CreateObject();
	cJSON_AddItemToArray(verdicts, row);
	cJSON_AddStringToObject(row, "verdict", wp_verdict_text(verdict));
	cJSON_AddStringToObject(row, "meaning", wp_verdict_sentence(verdict));
	cJSON_AddStringToObject(
		row, "charge", wp_verdict_is_charged(verdict) ? "kept" : "refunded");
	cJSON_AddStringToObject(row, "attested", attested_text(wp_verdict_rule(verdict)));
}

static void add_limits(cJSON *root)
{
	cJSON *limits = cJSON_AddObjectToObject(root, "limits");
	cJSON_AddNumberToObject(limits, "bodyBytes", WP_BODY_MAX_BYTES);
	cJSON_AddNumberToObject(limits, "codeBytes", WP_CODE_MAX_BYTES);
	cJSON_AddNumberToObject(limits, "codeLines", WP_CODE_MAX_LINES);
	cJSON_AddNumberToObject(limits, "timeoutSecondsMin", WP_TIMEOUT_MIN_S);
	cJSON_AddNumberToObject(limits, "timeoutSecondsDefault", WP_TIMEOUT_DEFAULT_S);
	cJSON_AddNumberToObject(limits, "timeoutSecondsMax", WP_TIMEOUT_MAX_S);
	cJSON_AddNumberToObject(limits, "memoryBytes", WP_MEMORY_LIMIT_BYTES);
	cJSON_AddNumberToObject(limits, "outputBytes", WP_OUTPUT_LIMIT_BYTES);
}

void document_pricing(struct reply *reply, const char *unused)
{
	static const enum wp_verdict listed[] = {
#define X(name, number, kept, rule, sentence) WP_VERDICT_##name,
		WP_VERDICTS(X)
#undef X
	};
	const struct gateway_settings *settings = reply->gateway->settings;
	cJSON *root = cJSON_CreateObject();
	(void)unused;
	add_price(root, reply->gateway);
	cJSON *verdicts = cJSON_AddArrayToObject(root, "verdicts");
	for (size_t i = 0; i < sizeof(listed) / sizeof(listed[0]); i++)
		add_verdict(verdicts, listed[i]);
	cJSON *refusals = cJSON_AddArrayToObject(root, "refusedBeforePayment");
	static const char *const names[] = { "SIZE", "LINES", "BLOCKED" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		cJSON_AddItemToArray(refusals, cJSON_CreateString(names[i]));
	add_limits(root);
	add_address(root, "registry", &settings->registry_address);
	add_address(root, "verifier", &settings->verifier_address);
	reply_json(reply, 200, NULL, root);
}

/* ---- errors ---- */

static cJSON *error_json(const struct problem_row *row)
{
	cJSON *object = cJSON_CreateObject();
	cJSON_AddStringToObject(object, "code", row->code);
	cJSON_AddNumberToObject(object, "status", row->status);
	cJSON_AddStringToObject(object, "title", row->title);
	cJSON_AddBoolToObject(object, "retryable", row->retryable);
	cJSON_AddStringToObject(object, "money", row->money);
	return object;
}

void document_errors(struct reply *reply, const char *unused)
{
	cJSON *root = cJSON_CreateObject();
	cJSON *errors = cJSON_AddArrayToObject(root, "errors");
	(void)unused;
	for (unsigned code = 0; code < PROBLEM_COUNT; code++)
		cJSON_AddItemToArray(errors, error_json(problem_row((enum problem_code)code)));
	reply_json(reply, 200, NULL, root);
}

void document_error(struct reply *reply, const char *code)
{
	const struct problem_row *row = problem_find(code);
	if (row)
		reply_json(reply, 200, NULL, error_json(row));
	else
		reply_code(reply, PROBLEM_NOT_FOUND);
}
