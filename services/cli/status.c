#include "services/cli/show.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *text_of(const cJSON *object, const char *name)
{
	const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);

	return cJSON_IsString(member) ? member->valuestring : "";
}

static bool text_is(const cJSON *object, const char *name, const char *text)
{
	return strcmp(text_of(object, name), text) == 0;
}

static void line(const char *name, const char *value)
{
	if (*value)
		printf("%-13s%s\n", name, value);
}

void cli_show(const cJSON *verification, bool as_json)
{
	const cJSON *payment = cJSON_GetObjectItemCaseSensitive(verification, "payment");
	const cJSON *attestation = cJSON_GetObjectItemCaseSensitive(verification, "attestation");
	const cJSON *refund = cJSON_GetObjectItemCaseSensitive(verification, "refund");

	if (as_json) {
		char *text = cJSON_Print(verification);

		puts(text ? text : "");
		cJSON_free(text);
		return;
	}
	line("verification", text_of(verification, "id"));
	line("status", text_of(verification, "status"));
	line("verdict", text_of(verification, "verdict"));
	line("error", text_of(verification, "errorCode"));
	line("", text_of(verification, "errorMessage"));
	line("outputHash", text_of(verification, "outputHash"));
	line("payment", text_of(payment, "transaction"));
	line("attestation", text_of(attestation, "id"));
	line("", text_of(attestation, "status"));
	line("refund", text_of(refund, "transaction"));
}

int cli_show_exit(const cJSON *verification)
{
	const char *verdict = text_of(verification, "verdict");

	if (text_is(verification, "status", "REJECTED"))
		return CLI_UNPAID;
	if (strcmp(verdict, "VALID") == 0 || strcmp(verdict, "COMPUTED") == 0)
		return CLI_OK;
	if (*verdict == '\0' || strcmp(verdict, "FAILED") == 0)
		return CLI_UNDECIDED;
	return CLI_NEGATIVE;
}

bool cli_show_is_final(const cJSON *verification)
{
	const cJSON *attestation = cJSON_GetObjectItemCaseSensitive(verification, "attestation");

	if (text_is(verification, "status", "REFUNDED") ||
		text_is(verification, "status", "REJECTED") ||
		text_is(verification, "status", "MANUAL"))
		return true;
	return text_is(verification, "status", "DONE") &&
	       !text_is(attestation, "status", "pending");
}

int cli_fetch(cJSON **ret_verification, const char *url, const char *id, const char *token)
{
	char *address = NULL, *line_text = NULL, problem[CURL_ERROR_SIZE];
	const char *headers[] = { NULL, NULL };
	struct cli_answer answer = { 0 };
	int status = CLI_SOFTWARE;

	if (asprintf(&address, "%s/v1/verifications/%s", url, id) < 0)
		return status;
	if (token && asprintf(&line_text, "Authorization: Bearer %s", token) < 0)
		goto out;
	headers[0] = line_text;
	if (cli_http(&answer, address, headers, NULL, problem) < 0) {
		status = cli_fail(CLI_UNAVAILABLE, "%s: %s", address, problem);
	} else if (answer.status != 200) {
		cli_answer_explain(&answer);
		status = answer.status >= 500 ? CLI_UNAVAILABLE : CLI_DATA;
	} else {
		*ret_verification = cli_answer_json(&answer);
		status = *ret_verification ? CLI_OK : cli_fail(CLI_DATA, "the answer is no JSON");
	}
out:
	cli_answer_free(&answer);
	free(line_text);
	free(address);
	return status;
}

int cli_status(int argc, char **argv)
{
	const char *id = NULL, *url = NULL, *token = NULL;
	bool json = false;
	const struct cli_argument arguments[] = {
		{ NULL, &id, NULL, true, "the verification's id" },
		{ "--token", &token, NULL, false, "outputToken: shows the output too" },
		{ "--url", &url, NULL, false, "of the service" },
		{ "--json", NULL, &json, false, "print the answer as it is" },
	};
	cJSON *verification = NULL;
	int status = cli_arguments(argc, argv, "status ID [--token T] [--url U] [--json]",
		arguments, WP_ARRAY_LEN(arguments));

	if (status != CLI_OK)
		return status < 0 ? CLI_OK : status;
	status = cli_fetch(&verification, cli_url(url), id, token);
	if (status == CLI_OK) {
		cli_show(verification, json);
		status = cli_show_exit(verification);
	}
	cJSON_Delete(verification);
	return status;
}
