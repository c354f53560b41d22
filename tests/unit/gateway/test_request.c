/* A1, A9, A10: bodies that become requests, and bodies that are refused by code and JSON pointer;
 * every limit and one past it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "libcommon/json.h"
#include "services/gateway/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HASH "4355a46b19d348dc2f57c046f8ef63d4538ebb936000f3c9ee954a27460dd865"

static void fine(const char *body)
{
	struct request request;
	struct request_fault fault;
	int error = request_parse(&request, &fault, body, strlen(body));
	if (error)
		fail_msg("%s: refused with %s %s", body, problem_row(fault.code)->code,
			fault.field_count ? fault.fields[0].pointer : fault.detail);
	request_free(&request);
}

static void refused(const char *body, enum problem_code code, const char *pointer)
{
	struct request request;
	struct request_fault fault;
	if (request_parse(&request, &fault, body, strlen(body)) != -WP_E_REFUSED)
		fail_msg("%s: not refused", body);
	assert_string_equal(problem_row(fault.code)->code, problem_row(code)->code);
	if (pointer) {
		assert_true(fault.field_count > 0);
		assert_string_equal(fault.fields[0].pointer, pointer);
		assert_true(strlen(fault.fields[0].detail) > 0);
	}
}

/* A body with one more member behind the two that are required. */
static char *with(char text[static 8192], const char *member)
{
	snprintf(text, 8192, "{\"taskType\":\"code-execution\",\"code\":\"1\"%s%s}",
		*member ? "," : "", member);
	return text;
}

static void takes(const char *member)
{
	char text[8192];
	fine(with(text, member));
}

static void refuses(const char *member, enum problem_code code, const char *pointer)
{
	char text[8192];
	refused(with(text, member), code, pointer);
}

static void invalid(const char *member, const char *pointer)
{
	refuses(member, PROBLEM_INVALID_REQUEST, pointer);
}

static void defaults(void **state)
{
	char text[8192];
	struct request request;
	struct request_fault fault;
	(void)state;
	with(text, "");
	assert_int_equal(request_parse(&request, &fault, text, strlen(text)), 0);
	assert_string_equal(request.code, "1");
	assert_null(request.input);
	assert_string_equal(request.isolation, "process");
	assert_string_equal(request.attest, "");
	assert_string_equal(request.task.task_type, "code-execution");
	assert_string_equal(request.task.engine, wp_engine_resolve("quickjs"));
	assert_int_equal(request.task.timeout_ms, 30000);
	assert_int_equal(request.task.clock_ms, 1767225600000);
	assert_false(request.task.has_expected);
	assert_int_equal(request.task.salt_size, 0);
	request_free(&request);
}

static void every_member_is_read(void **state)
{
	static const char members[] =
		"\"expectedHash\":\"" HASH
		"\",\"inputData\":\"in\",\"timeoutSeconds\":7,\"clockMs\":5,"
		"\"engine\":\"quickjs\",\"isolation\":\"process\",\"attest\":\"receipt\","
		"\"salt\":\"0x0102\"";
	char text[8192];
	struct request request;
	struct request_fault fault;
	(void)state;
	with(text, members);
	assert_int_equal(request_parse(&request, &fault, text, strlen(text)), 0);
	assert_true(request.task.has_expected);
	assert_int_equal(request.task.expected_hash.bytes[0], 0x43);
	assert_int_equal(request.input_size, 2);
	assert_int_equal(request.task.timeout_ms, 7000);
	assert_int_equal(request.task.clock_ms, 5);
	assert_string_equal(request.attest, "receipt");
	assert_int_equal(request.task.salt_size, 2);
	assert_memory_equal(request.salt, "\x01\x02", 2);
	request_free(&request);
}

static void bad_json(void **state)
{
	static const char *const bodies[] = { "", " ", "{", "nul", "{}x", "{\"a\":1,\"a\":1}",
		"{\"taskType\":\"code-execution\",\"code\":\"1\",\"\\u0063ode\":\"2\"}",
		"{\"code\":\"\\u0000\"}", "{\"code\":\"\xff\"}", "{\"code\":\"\\ud800\"}",
		"\xef\xbb\xbf{}", "{'a':1}" };
	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(bodies); i++)
		refused(bodies[i], PROBLEM_MALFORMED_JSON, NULL);
	refused("[]", PROBLEM_INVALID_REQUEST, "");
	refused("null", PROBLEM_INVALID_REQUEST, "");
	refused("\"x\"", PROBLEM_INVALID_REQUEST, "");
}

static void fields_are_known_and_typed(void **state)
{
	(void)state;
	refused("{}", PROBLEM_INVALID_REQUEST, "/taskType");
	refused("{\"taskType\":\"code-execution\"}", PROBLEM_INVALID_REQUEST, "/code");
	refused("{\"taskType\":\"code-execution\",\"code\":\"\"}", PROBLEM_INVALID_REQUEST,
		"/code");
	refused("{\"taskType\":\"code-execution\",\"code\":1}", PROBLEM_INVALID_REQUEST, "/code");
	refused("{\"taskType\":\"other\",\"code\":\"1\"}", PROBLEM_INVALID_REQUEST, "/taskType");
	refused("{\"taskType\":null,\"code\":\"1\"}", PROBLEM_INVALID_REQUEST, "/taskType");
	refused("{\"TASKTYPE\":\"code-execution\",\"taskType\":\"code-execution\",\"code\":\"1\"}",
		PROBLEM_INVALID_REQUEST, "/TASKTYPE");
	invalid("\"more\":1", "/more");
	invalid("\"a/b~c\":1", "/a~1b~0c");
	invalid("\"\":1", "/");
	invalid("\"inputData\":null", "/inputData");
	invalid("\"inputData\":{}", "/inputData");
	invalid("\"engine\":\"v8\"", "/engine");
	invalid("\"engine\":\"\"", "/engine");
	invalid("\"isolation\":\"none\"", "/isolation");
	invalid("\"attest\":\"never\"", "/attest");
	invalid("\"attest\":true", "/attest");
	invalid("\"checkDeterminism\":\"yes\"", "/checkDeterminism");
	takes("\"inputData\":\"\"");
	takes("\"attest\":\"direct\"");
}

/* Known, paid for, and not served here: said before payment, never taken and ignored. */
static void unserved_options(void **state)
{
	static const char *const members[][2] = { { "\"isolation\":\"vm\"", "/isolation" },
		{ "\"checkDeterminism\":\"same-engine\"", "/checkDeterminism" },
		{ "\"checkDeterminism\":\"cross-engine\"", "/checkDeterminism" },
		{ "\"attest\":\"batched\"", "/attest" }, { "\"agentId\":\"7\"", "/agentId" } };
	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(members); i++)
		refuses(members[i][0], PROBLEM_UNSUPPORTED_OPTION, members[i][1]);
	refused("{\"taskType\":\"wasm-execution\",\"code\":\"1\"}", PROBLEM_UNSUPPORTED_OPTION,
		"/taskType");
	if (wp_engine_resolve("duktape"))
		takes("\"engine\":\"duktape\"");
	else
		refuses("\"engine\":\"duktape\"", PROBLEM_UNSUPPORTED_OPTION, "/engine");
	/* What is malformed is told first. */
	invalid("\"isolation\":\"vm\",\"salt\":1", "/salt");
	invalid("\"salt\":1,\"isolation\":\"vm\"", "/salt");
}

static void several_bad_fields_are_all_named(void **state)
{
	static const char body[] =
		"{\"taskType\":\"x\",\"code\":2,\"timeoutSeconds\":4,\"salt\":\"0x\",\"zzz\":1}";
	struct request request;
	struct request_fault fault;
	(void)state;
	assert_int_equal(request_parse(&request, &fault, body, strlen(body)), -WP_E_REFUSED);
	assert_int_equal(fault.field_count, 5);
}

/* However many are bad, the answer stays small. */
static void a_crowd_of_bad_fields(void **state)
{
	char *body = malloc(65536);
	size_t used = (size_t)snprintf(body, 65536, "{");
	struct request request;
	struct request_fault fault;
	(void)state;
	for (int i = 0; i < 1000; i++)
		used += (size_t)snprintf(
			body + used, 65536 - used, "\"%0*d\":1,", i == 0 ? 200 : 6, i);
	snprintf(body + used, 65536 - used, "\"code\":1}");
	assert_int_equal(request_parse(&request, &fault, body, strlen(body)), -WP_E_REFUSED);
	assert_int_equal(fault.field_count, REQUEST_FAULT_FIELDS);
	/* The first name has 200 characters. */
	assert_in_range(strlen(fault.fields[0].pointer), 64, sizeof(fault.texts[0]) - 1);
	free(body);
}

static void hash_limits(void **state)
{
	char member[600], digits[130];
	(void)state;
	takes("\"expectedHash\":\"" HASH "\"");
	takes("\"expectedHash\":\"4355A46B19D348DC2F57C046F8EF63D4538EBB936000F3C9EE954A27460DD865\"");
	invalid("\"expectedHash\":\"0x" HASH "\"", "/expectedHash");
	invalid("\"expectedHash\":\"" HASH "0\"", "/expectedHash");
	invalid("\"expectedHash\":\"\"", "/expectedHash");
	invalid("\"expectedHash\":\"g355a46b19d348dc2f57c046f8ef63d4538ebb936000f3c9ee954a27460dd865\"",
		"/expectedHash");
	for (int length = 63; length <= 129; length++) {
		if (length == 64)
			continue;
		memset(digits, 'a', sizeof(digits));
		snprintf(member, sizeof(member), "\"expectedHash\":\"%.*s\"", length, digits);
		char text[8192];
		struct request request;
		struct request_fault fault;
		with(text, member);
		assert_int_equal(
			request_parse(&request, &fault, text, strlen(text)), -WP_E_REFUSED);
		/* Over 128 characters it is refused before it is looked at. */
		assert_int_equal(strstr(fault.fields[0].detail, "128") != NULL, length > 128);
	}
}

static void number_limits(void **state)
{
	(void)state;
	takes("\"timeoutSeconds\":5");
	takes("\"timeoutSeconds\":60");
	invalid("\"timeoutSeconds\":4", "/timeoutSeconds");
	invalid("\"timeoutSeconds\":61", "/timeoutSeconds");
	invalid("\"timeoutSeconds\":5.5", "/timeoutSeconds");
	invalid("\"timeoutSeconds\":\"5\"", "/timeoutSeconds");
	takes("\"clockMs\":0");
	takes("\"clockMs\":8640000000000000");
	invalid("\"clockMs\":-1", "/clockMs");
	invalid("\"clockMs\":8640000000000001", "/clockMs");
	invalid("\"clockMs\":null", "/clockMs");
}

static void salt_limits(void **state)
{
	char member[300];
	(void)state;
	takes("\"salt\":\"00\"");
	takes("\"salt\":\"0xff\"");
	invalid("\"salt\":\"\"", "/salt");
	invalid("\"salt\":\"0x\"", "/salt");
	invalid("\"salt\":\"0x1\"", "/salt");
	invalid("\"salt\":\"zz\"", "/salt");
	snprintf(member, sizeof(member), "\"salt\":\"0x%0128d\"", 0);
	takes(member);
	snprintf(member, sizeof(member), "\"salt\":\"0x%0130d\"", 0);
	invalid(member, "/salt");
}

/* {"taskType":…,"code":"<count times unit>"} */
static char *body_of(const char *unit, size_t count, const char *behind)
{
	size_t size = strlen(unit);
	char *body = malloc(128 + size * count + strlen(behind));
	char *end = body + snprintf(body, 128, "{\"taskType\":\"code-execution\",\"code\":\"");
	for (size_t i = 0; i < count; i++, end += size)
		memcpy(end, unit, size);
	memcpy(end, behind, strlen(behind));
	memcpy(end + strlen(behind), "\"}", 3);
	return body;
}

static void program_limits(void **state)
{
	static const struct {
		const char *unit;
		size_t count;
		const char *behind;
		enum problem_code code;
	} cases[] = {
		{ ";", 102400, "", PROBLEM_COUNT },
		{ ";", 102401, "", PROBLEM_PROGRAM_TOO_LARGE },
		{ "\\n", 4999, "1", PROBLEM_COUNT },
		{ "\\n", 5000, "1", PROBLEM_PROGRAM_TOO_LONG },
		{ "\\u2028", 4999, "1", PROBLEM_COUNT },
		{ "\\u2028", 5000, "1", PROBLEM_PROGRAM_TOO_LONG },
	};
	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++) {
		char *body = body_of(cases[i].unit, cases[i].count, cases[i].behind);
		if (cases[i].code == PROBLEM_COUNT)
			fine(body);
		else
			refused(body, cases[i].code, "/code");
		free(body);
	}
	refused("{\"taskType\":\"code-execution\",\"code\":\"import fs from 'fs'\"}",
		PROBLEM_PROGRAM_BLOCKED, "/code");
	fine("{\"taskType\":\"code-execution\",\"code\":\"'import fs'\"}");
}

static struct request sealed(const char *body)
{
	struct request request;
	struct request_fault fault;
	assert_int_equal(request_parse(&request, &fault, body, strlen(body)), 0);
	assert_int_equal(request_seal(&request), 0);
	return request;
}

/* A8: the hash of the request is that of its RFC 8785 form: blanks, order and escapes do not enter,
 * defaults do. */
static void request_hash(void **state)
{
	struct request plain = sealed("{\"code\":\"1\",\"taskType\":\"code-execution\"}");
	struct request moved =
		sealed(" { \"taskType\" : \"code-execution\",\n\"code\":\"\\u0031\" } ");
	struct request explicit =
		sealed("{\"code\":\"1\",\"taskType\":\"code-execution\",\"timeoutSeconds\":30}");
	static const char canonical[] = "{\"code\":\"1\",\"taskType\":\"code-execution\"}";
	struct wp_hash expected = wp_sha256(canonical, strlen(canonical));
	(void)state;
	assert_true(wp_hash_equal(&plain.request_hash, &expected));
	assert_true(wp_hash_equal(&moved.request_hash, &expected));
	assert_false(wp_hash_equal(&explicit.request_hash, &expected));
	assert_true(wp_hash_equal(&plain.task_hash, &explicit.task_hash));
	request_free(&plain);
	request_free(&moved);
	request_free(&explicit);
}

/* H2: hashes of code and input, salted if there is a salt. */
static void content_hashes(void **state)
{
	struct request request = sealed(
		"{\"taskType\":\"code-execution\",\"code\":\"abc\",\"inputData\":\"\",\"salt\":\"61\"}");
	struct wp_hash code = wp_sha256("aabc", 4), input = wp_sha256("a", 1);
	(void)state;
	assert_true(wp_hash_equal(&request.task.code_hash, &code));
	assert_true(wp_hash_equal(&request.task.input_hash, &input));
	request_free(&request);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(every_member_is_read),
		cmocka_unit_test(bad_json),
		cmocka_unit_test(fields_are_known_and_typed),
		cmocka_unit_test(unserved_options),
		cmocka_unit_test(several_bad_fields_are_all_named),
		cmocka_unit_test(a_crowd_of_bad_fields),
		cmocka_unit_test(hash_limits),
		cmocka_unit_test(number_limits),
		cmocka_unit_test(salt_limits),
		cmocka_unit_test(program_limits),
		cmocka_unit_test(request_hash),
		cmocka_unit_test(content_hashes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
