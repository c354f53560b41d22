/* A body either becomes a request whose members obey every limit and whose hash is that of its
 * canonical form, or is refused with a code. Half of the inputs are bodies as they come, the other
 * half JSON built from the bytes. */
#include "libcommon/base.h"
#include "libcommon/json.h"
#include "services/gateway/request.h"
#include "tests/fuzz/harness.h"

static void check_request(struct request *request)
{
	CHECK(request->code_size > 0 && request->code_size <= WP_CODE_MAX_BYTES);
	CHECK(request->task.timeout_ms >= WP_TIMEOUT_MIN_S * 1000);
	CHECK(request->task.timeout_ms <= WP_TIMEOUT_MAX_S * 1000);
	CHECK(request->task.clock_ms >= 0 && request->task.clock_ms <= REQUEST_CLOCK_MAX_MS);
	CHECK(request->task.salt_size <= WP_SALT_MAX_BYTES);
	CHECK(request->task.engine && request->isolation && request->attest);
	CHECK(request_seal(request) == 0);
	/* The canonical form of a body is a body with the same hash. */
	struct wp_buffer canonical = { 0 };
	struct request again;
	struct request_fault fault;
	CHECK(wp_json_canonical(&canonical, request->root) == 0);
	CHECK(request_parse(&again, &fault, (const char *)canonical.data, canonical.size) == 0);
	CHECK(request_seal(&again) == 0);
	CHECK(wp_hash_equal(&request->request_hash, &again.request_hash));
	CHECK(wp_hash_equal(&request->task_hash, &again.task_hash));
	request_free(&again);
	wp_buffer_free(&canonical);
}

static void check_fault(const struct request_fault *fault)
{
	CHECK(fault->code < PROBLEM_COUNT && fault->field_count <= REQUEST_FAULT_FIELDS);
	for (size_t i = 0; i < fault->field_count; i++) {
		const char *pointer = fault->fields[i].pointer;
		CHECK(pointer[0] == '\0' || pointer[0] == '/');
	}
	const struct problem problem = { .code = fault->code,
		.detail = fault->detail,
		.fields = fault->fields,
		.field_count = fault->field_count };
	cJSON *json = problem_json(&problem);
	CHECK(json);
	cJSON_Delete(json);
}

static bool check_body(const char *body, size_t size)
{
	struct request request;
	struct request_fault fault;
	int error = request_parse(&request, &fault, body, size);
	if (error) {
		CHECK(error == -WP_E_REFUSED);
		check_fault(&fault);
		return false;
	}
	check_request(&request);
	request_free(&request);
	return true;
}

static void add_text(cJSON *body, const char *name, struct fuzz_bytes *bytes)
{
	char text[300];
	size_t size;
	const uint8_t *data = fuzz_take(bytes, fuzz_byte(bytes), &size);
	for (size_t i = 0; i < size; i++)
		text[i] = (char)(data[i] % 95 + 32);
	text[size] = '\0';
	cJSON_AddStringToObject(body, name, text);
}

static void add_choice(cJSON *body, const char *name, uint8_t which)
{
	static const char *const values[] = { "code-execution", "quickjs", "process", "receipt",
		"direct", "vm", "batched", "same-engine", "0x00", "ff",
		"4355a46b19d348dc2f57c046f8ef63d4538ebb936000f3c9ee954a27460dd865" };
	cJSON_AddStringToObject(body, name, values[which % WP_ARRAY_LEN(values)]);
}

static bool check_built(struct fuzz_bytes *bytes)
{
	static const char *const names[] = { "expectedHash", "inputData", "timeoutSeconds",
		"clockMs", "engine", "isolation", "checkDeterminism", "attest", "salt" };
	cJSON *body = cJSON_CreateObject();
	cJSON_AddStringToObject(body, "taskType", "code-execution");
	add_text(body, "code", bytes);
	for (uint8_t left = fuzz_byte(bytes) % 8; left > 0; left--) {
		const char *name = names[fuzz_byte(bytes) % WP_ARRAY_LEN(names)];
		uint8_t kind = fuzz_byte(bytes);
		if (kind % 4 == 0)
			cJSON_AddNumberToObject(body, name, fuzz_byte(bytes) % 70);
		else if (kind % 4 == 1)
			add_text(body, name, bytes);
		else
			add_choice(body, name, fuzz_byte(bytes));
	}
	char *text = cJSON_PrintUnformatted(body);
	bool good = check_body(text, strlen(text));
	cJSON_free(text);
	cJSON_Delete(body);
	return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	struct fuzz_bytes bytes = { data + 1, data + size };
	if (data[0] % 2 == 0)
		fuzz_count(check_body((const char *)data + 1, size - 1));
	else
		fuzz_count(check_built(&bytes));
	return 0;
}
