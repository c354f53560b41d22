#include "services/gateway/request.h"

#include "libcommon/base.h"
#include "libcommon/hex.h"
#include "libcommon/json.h"
#include "proto/program.h"

#include <stdio.h>
#include <string.h>

struct parser {
	struct request *request;
	struct request_fault *fault;
};

/* Values of the options: what is known, and what this installation serves. */
struct choice {
	const char *value;
	bool is_served;
};

static const struct choice task_types[] = { { "code-execution", true }, { "wasm-execution", false },
	{ "data-transformation", false }, { 0 } };
static const struct choice isolations[] = { { "process", true }, { "vm", false }, { 0 } };
static const struct choice determinism_checks[] = { { "same-engine", false },
	{ "cross-engine", false }, { 0 } };
static const struct choice attest_modes[] = { { "receipt", true }, { "direct", true },
	{ "batched", false }, { 0 } };

static void refuse(
	struct parser *parser, enum problem_code code, const char *pointer, const char *detail)
{
	struct request_fault *fault = parser->fault;
	/* One answer has one code: what is malformed is told before what is not served. */
	if (fault->field_count > 0 && fault->code != code) {
		if (code != PROBLEM_INVALID_REQUEST)
			return;
		fault->field_count = 0;
	}
	fault->code = code;
	if (fault->field_count < REQUEST_FAULT_FIELDS)
		fault->fields[fault->field_count++] =
			(struct problem_field){ .pointer = pointer, .detail = detail };
}

static void invalid(struct parser *parser, const char *pointer, const char *detail)
{
	refuse(parser, PROBLEM_INVALID_REQUEST, pointer, detail);
}

/* cJSON's own question ignores the case of the name. */
static bool has_member(const struct parser *parser, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(parser->request->root, name) != NULL;
}

/* The member's text, or NULL when it is absent or refused. */
static const char *text_member(struct parser *parser, const char *pointer, const char *otherwise)
{
	const char *text = NULL;
	if (wp_json_string(parser->request->root, pointer + 1, &text) == -WP_E_FORMAT)
		invalid(parser, pointer, otherwise);
	return text;
}

/* One of the choices; NULL when it is absent or refused. detail lists them. */
static const char *choice_member(struct parser *parser, const char *pointer,
	const struct choice *choices, const char *detail)
{
	const char *text = text_member(parser, pointer, detail);
	if (!text)
		return NULL;
	for (; choices->value; choices++) {
		if (strcmp(choices->value, text) != 0)
			continue;
		if (choices->is_served)
			return choices->value;
		refuse(parser, PROBLEM_UNSUPPORTED_OPTION, pointer,
			"this installation does not serve that value");
		return NULL;
	}
	invalid(parser, pointer, detail);
	return NULL;
}

static void number_member(struct parser *parser, const char *pointer, int64_t min, int64_t max,
	int64_t *value, const char *detail)
{
	int error = wp_json_integer(parser->request->root, pointer + 1, min, max, value);
	if (error && error != -ENOENT)
		invalid(parser, pointer, detail);
}

/* RFC 6901: '~' and '/' of a name are escaped; what does not fit is cut. */
static void write_pointer(char *pointer, size_t size, const char *name)
{
	size_t used = 0;
	pointer[used++] = '/';
	for (; *name && used + 3 < size; name++) {
		if (*name == '~' || *name == '/') {
			pointer[used++] = '~';
			pointer[used++] = *name == '~' ? '0' : '1';
		} else {
			pointer[used++] = *name;
		}
	}
	/* A cut must not split a UTF-8 sequence. */
	if (*name)
		while (used > 1 && (pointer[used - 1] & 0x80))
			used--;
	pointer[used] = '\0';
}

static void check_names(struct parser *parser)
{
	static const char *const names[] = { "taskType", "code", "expectedHash", "inputData",
		"timeoutSeconds", "clockMs", "engine", "isolation", "checkDeterminism", "attest",
		"agentId", "salt", NULL };
	struct request_fault *fault = parser->fault;
	const cJSON *member;
	cJSON_ArrayForEach(member, parser->request->root)
	{
		bool known = false;
		for (size_t i = 0; names[i] && !known; i++)
			known = strcmp(names[i], member->string) == 0;
		if (known || fault->field_count == REQUEST_FAULT_FIELDS)
			continue;
		char *pointer = fault->texts[fault->field_count];
		write_pointer(pointer, sizeof(fault->texts[0]), member->string);
		invalid(parser, pointer, "there is no such field");
	}
}

static void read_task_type(struct parser *parser)
{
	static const char detail[] = "must be \"code-execution\"";
	if (!has_member(parser, "taskType"))
		invalid(parser, "/taskType", "is required");
	const char *type = choice_member(parser, "/taskType", task_types, detail);
	parser->request->task.task_type = type ? type : task_types[0].value;
}

static void read_code(struct parser *parser)
{
	struct request *request = parser->request;
	if (!has_member(parser, "code")) {
		invalid(parser, "/code", "is required");
		return;
	}
	const char *code = text_member(parser, "/code", "must be a string");
	if (!code)
		return;
	request->code = code;
	request->code_size = strlen(code);
	if (request->code_size == 0)
		invalid(parser, "/code", "must not be empty");
}

static void read_expected_hash(struct parser *parser)
{
	static const char detail[] =
		"must be exactly 64 hexadecimal digits, as sha256sum prints them";
	struct wp_task *task = &parser->request->task;
	const char *text = text_member(parser, "/expectedHash", detail);
	if (!text)
		return;
	size_t length = strnlen(text, REQUEST_HASH_MAX_CHARS + 1);
	if (length > REQUEST_HASH_MAX_CHARS) {
		invalid(parser, "/expectedHash", "must not have more than 128 characters");
		return;
	}
	task->has_expected =
		length == REQUEST_HASH_DIGITS && wp_hash_parse(&task->expected_hash, text) == 0;
	if (!task->has_expected)
		invalid(parser, "/expectedHash", detail);
}

static void read_input(struct parser *parser)
{
	struct request *request = parser->request;
	request->input = text_member(parser, "/inputData", "must be a string");
	request->input_size = request->input ? strlen(request->input) : 0;
}

static void read_numbers(struct parser *parser)
{
	struct wp_task *task = &parser->request->task;
	int64_t timeout_s = WP_TIMEOUT_DEFAULT_S;
	task->clock_ms = WP_CLOCK_DEFAULT_MS;
	number_member(parser, "/timeoutSeconds", WP_TIMEOUT_MIN_S, WP_TIMEOUT_MAX_S, &timeout_s,
		"must be a whole number from 5 to 60");
	number_member(parser, "/clockMs", 0, REQUEST_CLOCK_MAX_MS, &task->clock_ms,
		"must be a whole number from 0 to 8640000000000000");
	task->timeout_ms = timeout_s * 1000;
}

static void read_engine(struct parser *parser)
{
	static const struct choice engines[] = { { "quickjs", true }, { "duktape", true }, { 0 } };
	struct request *request = parser->request;
	const char *name =
		choice_member(parser, "/engine", engines, "must be \"quickjs\" or \"duktape\"");
	request->task.engine = wp_engine_resolve(name);
	if (!request->task.engine)
		refuse(parser, PROBLEM_UNSUPPORTED_OPTION, "/engine",
			"this installation does not have that engine");
}

static void read_options(struct parser *parser)
{
	struct request *request = parser->request;
	const char *isolation =
		choice_member(parser, "/isolation", isolations, "must be \"process\" or \"vm\"");
	request->isolation = isolation ? isolation : isolations[0].value;
	choice_member(parser, "/checkDeterminism", determinism_checks,
		"must be \"same-engine\" or \"cross-engine\"");
	const char *attest = choice_member(
		parser, "/attest", attest_modes, "must be \"receipt\", \"batched\" or \"direct\"");
	request->attest = attest ? attest : "";
	if (has_member(parser, "agentId"))
		refuse(parser, PROBLEM_UNSUPPORTED_OPTION, "/agentId",
			"this installation does not answer ERC-8004 requests");
}

static void read_salt(struct parser *parser)
{
	static const char detail[] = "must be 1 to 64 bytes in hexadecimal, 0x in front or not";
	struct request *request = parser->request;
	const char *text = text_member(parser, "/salt", detail);
	if (!text)
		return;
	size_t length = strlen(text);
	size_t digits = strncmp(text, "0x", 2) == 0 ? length - 2 : length;
	size_t size = digits / 2;
	if (size == 0 || size > sizeof(request->salt) || digits % 2 != 0 ||
		wp_hex_decode(request->salt, size, text, length) != 0) {
		invalid(parser, "/salt", detail);
		return;
	}
	request->task.salt_size = size;
}

static void read_fields(struct parser *parser)
{
	check_names(parser);
	read_task_type(parser);
	read_code(parser);
	read_expected_hash(parser);
	read_input(parser);
	read_numbers(parser);
	read_engine(parser);
	read_options(parser);
	read_salt(parser);
}

/* What could never run is told before anything is paid. */
static int check_program(struct parser *parser)
{
	const struct request *request = parser->request;
	struct request_fault *fault = parser->fault;
	struct wp_program_problem problem = { 0 };
	switch (wp_program_check(request->code, request->code_size, &problem)) {
	case WP_PROGRAM_FINE:
		return 0;
	case WP_PROGRAM_SIZE:
		fault->code = PROBLEM_PROGRAM_TOO_LARGE;
		break;
	case WP_PROGRAM_LINES:
		fault->code = PROBLEM_PROGRAM_TOO_LONG;
		break;
	case WP_PROGRAM_UNICODE: /* the body is UTF-8: it cannot come to this */
	case WP_PROGRAM_BLOCKED:
		fault->code = PROBLEM_PROGRAM_BLOCKED;
		break;
	}
	if (problem.line > 0)
		snprintf(fault->detail, sizeof(fault->detail), "line %zu, column %zu: %s",
			problem.line, problem.column, problem.text);
	else
		snprintf(fault->detail, sizeof(fault->detail), "%s", problem.text);
	fault->fields[fault->field_count++] =
		(struct problem_field){ .pointer = "/code", .detail = fault->detail };
	return -WP_E_REFUSED;
}

static int parse_json(struct parser *parser, const char *body, size_t size)
{
	const char *problem;
	size_t offset;
	int error = wp_json_parse(&parser->request->root, body, size, &problem, &offset);
	if (error == -ENOMEM)
		return error;
	if (error) {
		parser->fault->code = PROBLEM_MALFORMED_JSON;
		snprintf(parser->fault->detail, sizeof(parser->fault->detail), "%s at byte %zu",
			problem, offset);
		return -WP_E_REFUSED;
	}
	if (cJSON_IsObject(parser->request->root))
		return 0;
	invalid(parser, "", "must be an object");
	return -WP_E_REFUSED;
}

int request_parse(
	struct request *ret_request, struct request_fault *ret_fault, const char *body, size_t size)
{
	struct request request = { 0 };
	struct parser parser = { .request = &request, .fault = ret_fault };
	*ret_fault = (struct request_fault){ 0 };
	int error = parse_json(&parser, body, size);
	if (!error) {
		read_fields(&parser);
		error = ret_fault->field_count > 0 ? -WP_E_REFUSED : 0;
	}
	if (!error)
		error = check_program(&parser);
	if (error) {
		request_free(&request);
		return error;
	}
	*ret_request = request;
	return 0;
}

static int hash_body(struct request *request)
{
	struct wp_buffer canonical = { 0 };
	int error = wp_json_canonical(&canonical, request->root);
	if (!error)
		request->request_hash = wp_sha256(canonical.data, canonical.size);
	wp_buffer_free(&canonical);
	return error;
}

int request_seal(struct request *request)
{
	struct wp_task *task = &request->task;
	task->salt = request->salt;
	task->code_hash = wp_task_content_hash(
		task->salt, task->salt_size, request->code, request->code_size);
	if (request->input)
		task->input_hash = wp_task_content_hash(
			task->salt, task->salt_size, request->input, request->input_size);
	int error = hash_body(request);
	return error ? error : wp_task_hash(&request->task_hash, task);
}

void request_free(struct request *request)
{
	cJSON_Delete(request->root);
	*request = (struct request){ 0 };
}
