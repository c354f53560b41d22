#include "services/cli/cli.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define EXCHANGE_SECONDS 120L

static size_t collect(char *data, size_t size, size_t count, void *buffer)
{
	wp_buffer_append(buffer, data, size * count);
	return ((struct wp_buffer *)buffer)->failed ? 0 : size * count;
}

int cli_http(struct cli_answer *ret_answer, const char *url, const char *const *headers,
	const char *body, char *ret_problem)
{
	struct cli_answer answer = { 0 };
	struct curl_slist *list = NULL;
	CURL *curl = curl_easy_init();
	int rc = -WP_E_UNKNOWN;

	ret_problem[0] = '\0';
	if (!curl)
		return -ENOMEM;
	for (; headers && *headers; headers++)
		list = curl_slist_append(list, *headers);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, EXCHANGE_SECONDS);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, ret_problem);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, collect);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer.headers);
	if (body) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(body));
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
	}
	if (curl_easy_perform(curl) == CURLE_OK) {
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
		wp_buffer_append(&answer.body, "", 1);
		wp_buffer_append(&answer.headers, "", 1);
		rc = answer.body.failed || answer.headers.failed ? -ENOMEM : 0;
	}
	if (rc == 0) {
		answer.body.size--;
		answer.headers.size--;
		*ret_answer = answer;
	} else {
		cli_answer_free(&answer);
	}
	curl_slist_free_all(list);
	curl_easy_cleanup(curl);
	return rc;
}

void cli_answer_free(struct cli_answer *answer)
{
	wp_buffer_free(&answer->body);
	wp_buffer_free(&answer->headers);
}

int cli_answer_header(const struct cli_answer *answer, const char *name, char **ret_value)
{
	size_t length = strlen(name);
	const char *line = (const char *)answer->headers.data;

	while (line && *line) {
		const char *end = strstr(line, "\r\n");

		if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
			const char *value = line + length + 1 + strspn(line + length + 1, " \t");

			*ret_value = strndup(value, end ? (size_t)(end - value) : strlen(value));
			return *ret_value ? 0 : -ENOMEM;
		}
		line = end ? end + 2 : NULL;
	}
	return -ENOENT;
}

cJSON *cli_answer_json(const struct cli_answer *answer)
{
	return cJSON_ParseWithLength((const char *)answer->body.data, answer->body.size);
}

void cli_answer_explain(const struct cli_answer *answer)
{
	cJSON *problem = cli_answer_json(answer);
	const cJSON *code = cJSON_GetObjectItemCaseSensitive(problem, "code");
	const cJSON *detail = cJSON_GetObjectItemCaseSensitive(problem, "detail");
	const cJSON *error = cJSON_GetObjectItemCaseSensitive(problem, "error");

	fprintf(stderr, "workproof: the service answered %ld %s%s%s\n", answer->status,
		cJSON_IsString(code) ? code->valuestring : "",
		cJSON_IsString(detail) || cJSON_IsString(error) ? ": " : "",
		cJSON_IsString(detail)  ? detail->valuestring
		: cJSON_IsString(error) ? error->valuestring
					: "");
	cJSON_Delete(problem);
}
