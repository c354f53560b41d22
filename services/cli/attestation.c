/* workproof attestation: what the chain itself says, asked of any node. */
#include "libcommon/evm/abi.h"
#include "libcommon/hex.h"
#include "libcommon/time.h"
#include "services/cli/cli.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Words of the returned tuple (contracts/src/IWorkProofRegistry.sol): 0 is its offset. */
enum { WORD_TASK = 1, WORD_VERIFIER = 2, WORD_RESULT = 4, WORD_TIME = 5, WORDS = 7 };

static char *request_body(const char *registry, const struct wp_hash *id)
{
	struct wp_buffer data = { 0 };
	struct wp_abi_value argument = wp_abi_hash(id);
	cJSON *call = cJSON_CreateObject(), *params, *object;
	char *text = NULL, *body = NULL;

	wp_abi_call(&data, "getAttestation(bytes32)", &argument, 1);
	text = data.failed ? NULL : malloc(2 * data.size + 3);
	if (text) {
		wp_hex_encode0x(text, data.data, data.size);
		cJSON_AddStringToObject(call, "jsonrpc", "2.0");
		cJSON_AddNumberToObject(call, "id", 1);
		cJSON_AddStringToObject(call, "method", "eth_call");
		params = cJSON_AddArrayToObject(call, "params");
		object = cJSON_CreateObject();
		cJSON_AddStringToObject(object, "to", registry);
		cJSON_AddStringToObject(object, "data", text);
		cJSON_AddItemToArray(params, object);
		cJSON_AddItemToArray(params, cJSON_CreateString("latest"));
		body = cJSON_PrintUnformatted(call);
	}
	cJSON_Delete(call);
	free(text);
	wp_buffer_free(&data);
	return body;
}

static int attestation_print(const char *id, const char *hex)
{
	uint8_t words[WORDS][32];
	struct wp_hash task;
	struct wp_address verifier;
	char text[WP_HASH_TEXT], address[WP_ADDRESS_TEXT], time_text[25];
	uint64_t seconds = 0;

	if (strlen(hex) < 2 + 64 * WORDS ||
		wp_hex_decode(words[0], sizeof(words), hex, 2 + 2 * sizeof(words)) < 0)
		return cli_fail(CLI_DATA, "the registry's answer is not an attestation");
	memcpy(task.bytes, words[WORD_TASK], sizeof(task.bytes));
	memcpy(verifier.bytes, words[WORD_VERIFIER] + 12, sizeof(verifier.bytes));
	for (size_t i = 24; i < 32; i++)
		seconds = seconds << 8 | words[WORD_TIME][i];
	printf("attestation  %s\ntask         %s\nverifier     %s\nresult       %s\ntime         %s\n",
		id, wp_hash_text(text, &task), wp_address_text(address, &verifier),
		words[WORD_RESULT][31] ? "true" : "false",
		wp_time_text(time_text, (int64_t)seconds * 1000));
	return CLI_OK;
}

static int attestation_read(const char *id, const char *rpc, const char *registry)
{
	static const char *const headers[] = { "Content-Type: application/json", NULL };
	char problem[CURL_ERROR_SIZE], *body;
	struct cli_answer answer = { 0 };
	struct wp_address address;
	struct wp_hash hash;
	cJSON *json = NULL;
	const cJSON *result;
	int status;

	if (wp_hash_parse(&hash, id) < 0 || wp_address_parse(&address, registry) < 0)
		return cli_fail(
			CLI_USAGE, "the id is 32 bytes and the registry 20 bytes, as 0x hex");
	body = request_body(registry, &hash);
	if (!body)
		return CLI_SOFTWARE;
	if (cli_http(&answer, rpc, headers, body, problem) < 0) {
		status = cli_fail(CLI_UNAVAILABLE, "%s: %s", rpc, problem);
	} else {
		json = cli_answer_json(&answer);
		result = cJSON_GetObjectItemCaseSensitive(json, "result");
		status = cJSON_IsString(result)
				 ? attestation_print(id, result->valuestring)
				 : cli_fail(CLI_NEGATIVE, "the registry knows no attestation %s",
					   id);
	}
	cJSON_Delete(json);
	cli_answer_free(&answer);
	cJSON_free(body);
	return status;
}

int cli_attestation(int argc, char **argv)
{
	const char *id = NULL, *rpc = NULL, *registry = NULL;
	const struct cli_argument arguments[] = {
		{ NULL, &id, NULL, true, "the attestation's id, 32 bytes" },
		{ "--rpc", &rpc, NULL, true, "URL of a node" },
		{ "--registry", &registry, NULL, true, "address of the registry" },
	};
	int status = cli_arguments(argc, argv, "attestation ID --rpc URL --registry A", arguments,
		WP_ARRAY_LEN(arguments));

	if (status != CLI_OK)
		return status < 0 ? CLI_OK : status;
	return attestation_read(id, rpc, registry);
}
