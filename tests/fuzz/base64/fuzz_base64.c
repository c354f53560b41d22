/* Strict base64 is a bijection: what decodes encodes to the same text again. A third of the inputs
 * are the text itself, a third is encoded first, a third is encoded and has one character changed.
 */
#include "libcommon/base.h"
#include "libcommon/base64.h"
#include "tests/fuzz/harness.h"

static bool check_text(const char *text, size_t length)
{
	size_t capacity = WP_BASE64_BYTES(length), size = SIZE_MAX;
	uint8_t *data = malloc(capacity + 1);
	int error = wp_base64_decode(data, capacity, text, length, &size);
	if (error) {
		CHECK(error == -WP_E_FORMAT && size == SIZE_MAX);
	} else {
		char *again = malloc(WP_BASE64_TEXT(size));
		CHECK(size <= capacity);
		wp_base64_encode(again, data, size);
		CHECK(strlen(again) == length && memcmp(again, text, length) == 0);
		if (size > 0)
			CHECK(wp_base64_decode(data, size - 1, text, length, &size) == -WP_E_RANGE);
		free(again);
	}
	free(data);
	return error == 0;
}

static bool check_encoded(const uint8_t *data, size_t size, bool change)
{
	char *text = malloc(WP_BASE64_TEXT(size));
	wp_base64_encode(text, data, size);
	size_t length = strlen(text);
	if (change && length > 0)
		text[data[0] % length] = (char)data[size - 1];
	bool good = check_text(text, length);
	CHECK(good || change);
	free(text);
	return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] % 3 == 0)
		fuzz_count(check_text((const char *)data + 1, size - 1));
	else
		fuzz_count(check_encoded(data + 1, size - 1, data[0] % 3 == 2));
	return 0;
}
