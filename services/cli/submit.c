#include "libcommon/json.h"
#include "libcommon/time.h"
#include "proto/task.h"
#include "services/cli/show.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WAIT_MS       150000
#define POLL_US       200000
#define PRESENT_TRIES 5 /* the same payment again after a lost answer is the same verification */
#define DEFAULT_MOST  "100000" /* atomic units: ten cents of USDC, as stock clients cap it */

struct submission {
	const char *file, *expect, *input, *key_file, *url, *timeout, *max_amount;
	bool wait, json;
};

static int body_build(char **ret_body, const struct submission *submission)
{
	struct wp_buffer code = { 0 }, input = { 0 };
	cJSON *body = cJSON_CreateObject();
	int status = CLI_IO, rc;

	rc = cli_read_file(&code, submission->file, WP_BODY_MAX_BYTES);
	if (rc == 0 && submission->input)
		rc = cli_read_file(&input, submission->input, WP_BODY_MAX_BYTES);
	if (rc < 0) {
		cli_fail(status, "reading the program or its input: %s", wp_strerror(-rc));
		goto out;
	}
	cJSON_AddStringToObject(body, "taskType", "code-execution");
	cJSON_AddStringToObject(body, "code", (const char *)code.data);
	if (submission->expect)
		cJSON_AddStringToObject(body, "expectedHash", submission->expect);
	if (submission->input)
		cJSON_AddStringToObject(body, "inputData", (const char *)input.data);
	if (submission->timeout)
		cJSON_AddNumberToObject(body, "timeoutSeconds", strtod(submission->timeout, NULL));
	*ret_body = cJSON_PrintUnformatted(body);
	status = *ret_body ? CLI_OK : CLI_SOFTWARE;
out:
	cJSON_Delete(body);
	wp_buffer_free(&input);
	wp_buffer_free(&code);
	return status;
}

/* Asks without paying: the offer, or why the service would not take it. */
static int offer_fetch(char **ret_offer, const char *address, const char *body)
{
	const char *headers[] = { "Content-Type: application/json", NULL };
	char problem[CURL_ERROR_SIZE];
	struct cli_answer answer = { 0 };
	int status = CLI_DATA;

	if (cli_http(&answer, address, headers, body, problem) < 0)
		return cli_fail(CLI_UNAVAILABLE, "%s: %s", address, problem);
	if (answer.status != 402) {
		cli_answer_explain(&answer);
		status = answer.status >= 500 ? CLI_UNAVAILABLE : CLI_DATA;
	} else if (cli_answer_header(&answer, "PAYMENT-REQUIRED", ret_offer) == 0) {
		status = CLI_OK;
	} else {
		cli_fail(status, "the 402 has no PAYMENT-REQUIRED header");
	}
	cli_answer_free(&answer);
	return status;
}

/* Presents the payment until there is an answer: it is worth the same verification every time. */
static int present(cJSON **ret_accepted, const char *address, const char *body, const char *payment)
{
	const char *headers[] = { "Content-Type: application/json", payment, NULL };
	char problem[CURL_ERROR_SIZE] = "";
	struct cli_answer answer = { 0 };
	int status = CLI_UNAVAILABLE;

	for (int try = 0; try < PRESENT_TRIES; try++) {
		cli_answer_free(&answer);
		answer = (struct cli_answer){ 0 };
		if (try > 0)
			usleep(1000000);
		if (cli_http(&answer, address, headers, body, problem) == 0 && answer.status < 500)
			break;
	}
	if (answer.status == 200 || answer.status == 202) {
		*ret_accepted = cli_answer_json(&answer);
		status = *ret_accepted ? CLI_OK : cli_fail(CLI_DATA, "the answer is no JSON");
	} else if (answer.status == 0) {
		cli_fail(status, "%s: %s", address, problem);
	} else {
		cli_answer_explain(&answer);
		status = answer.status >= 500 ? CLI_UNAVAILABLE : CLI_UNPAID;
	}
	cli_answer_free(&answer);
	return status;
}

static int wait_for_end(cJSON **verification, const char *url)
{
	const cJSON *member = cJSON_GetObjectItemCaseSensitive(*verification, "outputToken");
	char *token = cJSON_IsString(member) ? strdup(member->valuestring) : NULL;
	char id[WP_ID_TEXT] = "";
	int64_t end = wp_time_monotonic_ms() + WAIT_MS;
	int status = CLI_OK;

	member = cJSON_GetObjectItemCaseSensitive(*verification, "id");
	if (cJSON_IsString(member))
		snprintf(id, sizeof(id), "%s", member->valuestring);
	while (status == CLI_OK && !cli_show_is_final(*verification) &&
		wp_time_monotonic_ms() < end) {
		cJSON *newer = NULL;

		usleep(POLL_US);
		status = cli_fetch(&newer, url, id, token);
		if (status == CLI_OK) {
			cJSON_Delete(*verification);
			*verification = newer;
		} else if (status == CLI_UNAVAILABLE) {
			status = CLI_OK; /* the money is in: an outage is waited for */
		}
	}
	free(token);
	return status;
}

static int submit(const struct submission *submission)
{
	char *body = NULL, *offer = NULL, *payment = NULL, *address = NULL;
	struct wp_secret key = { 0 };
	cJSON *verification = NULL;
	int status = body_build(&body, submission), rc;

	if (status != CLI_OK)
		goto out;
	status = CLI_SOFTWARE;
	if (asprintf(&address, "%s/v1/verifications", submission->url) < 0)
		goto out;
	status = offer_fetch(&offer, address, body);
	if (status != CLI_OK)
		goto out;
	if (!submission->key_file) {
		status = cli_fail(CLI_UNPAID,
			"this costs money: give the paying account's key with --key-file");
		goto out;
	}
	rc = wp_secret_load(&key, submission->key_file, 256);
	if (rc == 0)
		rc = wp_secret_from_hex(&key, 32);
	if (rc < 0) {
		status = cli_fail(CLI_IO, "%s: %s", submission->key_file, wp_strerror(-rc));
		goto out;
	}
	status = cli_payment_header(&payment, offer, &key, submission->max_amount);
	if (status == CLI_OK)
		status = present(&verification, address, body, payment);
	if (status == CLI_OK && submission->wait)
		status = wait_for_end(&verification, submission->url);
	if (status == CLI_OK) {
		cli_show(verification, submission->json);
		status = submission->wait ? cli_show_exit(verification) : CLI_OK;
	}
out:
	cJSON_Delete(verification);
	wp_secret_wipe(&key);
	free(payment);
	free(offer);
	free(address);
	cJSON_free(body);
	return status;
}

int cli_submit(int argc, char **argv)
{
	struct submission submission = { .max_amount = DEFAULT_MOST };
	const struct cli_argument arguments[] = {
		{ NULL, &submission.file, NULL, true,
			"the program (JavaScript); - is standard input" },
		{ "--expect", &submission.expect, NULL, false, "the output hash that is claimed" },
		{ "--input", &submission.input, NULL, false, "a file the program sees as `input`" },
		{ "--key-file", &submission.key_file, NULL, false,
			"private key of the paying account, hex" },
		{ "--max-amount", &submission.max_amount, NULL, false,
			"most to pay, in atomic units" },
		{ "--timeout", &submission.timeout, NULL, false, "seconds of CPU time, 5 to 60" },
		{ "--url", &submission.url, NULL, false, "of the service" },
		{ "--wait", NULL, &submission.wait, false,
			"until the verdict is there and attested" },
		{ "--json", NULL, &submission.json, false, "print the answer as it is" },
	};
	int status = cli_arguments(argc, argv,
		"submit FILE [--expect HASH] [--input FILE] [--key-file F] [--max-amount N] [--timeout S] "
		"[--url U] [--wait] [--json]",
		arguments, WP_ARRAY_LEN(arguments));

	if (status != CLI_OK)
		return status < 0 ? CLI_OK : status;
	submission.url = cli_url(submission.url);
	return submit(&submission);
}
