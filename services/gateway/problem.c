#include "services/gateway/problem.h"

#include <stdio.h>
#include <string.h>

static const struct problem_row rows[PROBLEM_COUNT] = {
#define X(name, code, status, retryable, title, money)                                             \
	[PROBLEM_##name] = { code, status, retryable, title, money },
	PROBLEMS(X)
#undef X
};

const struct problem_row *problem_row(enum problem_code code)
{
	return &rows[code];
}

const struct problem_row *problem_find(const char *code)
{
	for (size_t i = 0; i < PROBLEM_COUNT; i++)
		if (strcmp(rows[i].code, code) == 0)
			return &rows[i];
	return NULL;
}

static bool add_optional(cJSON *object, const char *name, const char *text)
{
	return !text || cJSON_AddStringToObject(object, name, text);
}

static bool add_fields(cJSON *object, const struct problem_field *fields, size_t count)
{
	if (count == 0)
		return true;
	cJSON *errors = cJSON_AddArrayToObject(object, "errors");
	for (size_t i = 0; errors && i < count; i++) {
		cJSON *entry = cJSON_CreateObject();
		if (!entry || !cJSON_AddItemToArray(errors, entry) ||
			!cJSON_AddStringToObject(entry, "pointer", fields[i].pointer) ||
			!cJSON_AddStringToObject(entry, "detail", fields[i].detail))
			return false;
	}
	return errors != NULL;
}

cJSON *problem_json(const struct problem *problem)
{
	const struct problem_row *row = &rows[problem->code];
	/* Relative to the answer's own address (RFC 9457, section 3.1.1). */
	char type[80];
	snprintf(type, sizeof(type), "/errors/%s", row->code);
	cJSON *object = cJSON_CreateObject();
	if (object && cJSON_AddStringToObject(object, "type", type) &&
		cJSON_AddStringToObject(object, "title", row->title) &&
		cJSON_AddNumberToObject(object, "status", row->status) &&
		add_optional(object, "detail", problem->detail) &&
		cJSON_AddStringToObject(object, "code", row->code) &&
		cJSON_AddBoolToObject(object, "retryable", row->retryable) &&
		cJSON_AddStringToObject(object, "money", row->money) &&
		add_optional(object, "reason", problem->reason) &&
		add_fields(object, problem->fields, problem->field_count) &&
		add_optional(object, "requestId", problem->request_id))
		return object;
	cJSON_Delete(object);
	return NULL;
}
