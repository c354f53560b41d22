/* What parses has one canonical text, which parses to the same canonical text; cJSON's own, laxer
 * parser reads the same values from it. Half of the inputs are the bytes themselves, the other half
 * a JSON text built from them. */
#include "libcommon/base.h"
#include "libcommon/json.h"
#include "libcommon/utf8.h"
#include "tests/fuzz/harness.h"

#define DEPTH_BUILT 8

static struct wp_buffer canonical(const cJSON *root)
{
	struct wp_buffer out = { 0 };
	CHECK(wp_json_canonical(&out, root) == 0);
	return out;
}

static void check_same(const struct wp_buffer *expected, cJSON *root)
{
	CHECK(root);
	struct wp_buffer again = canonical(root);
	CHECK(again.size == expected->size && memcmp(again.data, expected->data, again.size) == 0);
	wp_buffer_free(&again);
	cJSON_Delete(root);
}

/* Canonical numbers have at most 24 characters, so cJSON's limit of 63 does not matter. */
static void check_canonical(const struct wp_buffer *text)
{
	cJSON *again = NULL;
	CHECK(wp_json_parse(&again, (char *)text->data, text->size, NULL, NULL) == 0);
	check_same(text, again);
	check_same(text, cJSON_ParseWithLength((char *)text->data, text->size));
}

static bool check(const uint8_t *data, size_t size)
{
	cJSON *root = NULL;
	const char *problem = NULL;
	size_t offset = SIZE_MAX;
	/* A copy of exact size, so that a read behind it is seen. */
	char *text = malloc(size ? size : 1);
	memcpy(text, data, size);
	int error = wp_json_parse(&root, text, size, &problem, &offset);
	free(text);
	if (error) {
		CHECK(!root && problem && offset <= size);
		CHECK(error == -WP_E_FORMAT || error == -WP_E_RANGE);
		return false;
	}
	struct wp_buffer out = canonical(root);
	cJSON_Delete(root);
	check_canonical(&out);
	wp_buffer_free(&out);
	return true;
}

static void append(struct wp_buffer *out, const char *text)
{
	wp_buffer_append(out, text, strlen(text));
}

static void build_characters(struct wp_buffer *out, struct fuzz_bytes *bytes, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		char text[16];
		uint32_t scalar = fuzz_byte(bytes);
		switch (scalar % 4) {
		case 0:
			snprintf(text, sizeof(text), "\\u%04x", (unsigned)(scalar + 1));
			append(out, text);
			break;
		case 1:
			snprintf(text, sizeof(text), "\\ud8%02x\\uDF%02X", (unsigned)scalar,
				(unsigned)fuzz_byte(bytes));
			append(out, text);
			break;
		case 2:
			scalar = 0x80 + scalar * 0x101;
			if (scalar >= 0xd800 && scalar <= 0xdfff)
				scalar += 0x10000;
			wp_buffer_append(out, text, wp_utf8_encode(text, scalar));
			break;
		case 3:
			append(out, "z");
			break;
		}
	}
}

static void build_number(struct wp_buffer *out, struct fuzz_bytes *bytes)
{
	char text[64];
	uint8_t form = fuzz_byte(bytes);
	unsigned a = fuzz_byte(bytes) * 7919u, b = fuzz_byte(bytes) * 104729u;
	int exponent = (int)fuzz_byte(bytes) * 2 - 230;
	snprintf(text, sizeof(text), "%s%u", form & 1 ? "-" : "", a);
	append(out, text);
	if (form & 2) {
		snprintf(text, sizeof(text), ".%09u%u", b, a);
		append(out, text);
	}
	if (form & 4) {
		snprintf(text, sizeof(text), "%c%+d", form & 8 ? 'e' : 'E', exponent);
		append(out, text);
	}
}

static void build_value(struct wp_buffer *out, struct fuzz_bytes *bytes, unsigned depth);

/* The index at the end of each name keeps names apart. */
static void build_container(struct wp_buffer *out, struct fuzz_bytes *bytes, unsigned depth,
	unsigned count, bool object)
{
	append(out, object ? "{ " : "[\n");
	for (unsigned i = 0; i < count; i++) {
		char text[16];
		append(out, i ? "\t," : "");
		if (object) {
			append(out, "\"");
			build_characters(out, bytes, fuzz_byte(bytes) % 3);
			snprintf(text, sizeof(text), "%u\":", i);
			append(out, text);
		}
		build_value(out, bytes, depth + 1);
	}
	append(out, object ? " }" : "\r]");
}

static void build_value(struct wp_buffer *out, struct fuzz_bytes *bytes, unsigned depth)
{
	static const char *const words[] = { "true", "false", "null" };
	uint8_t kind = fuzz_byte(bytes);
	if (kind % 4 < 2 && depth < DEPTH_BUILT) {
		build_container(out, bytes, depth, (kind >> 3) % 6u, kind % 4 == 0);
	} else if (kind % 4 == 2) {
		append(out, "\"");
		build_characters(out, bytes, kind >> 4);
		append(out, "\"");
	} else if (kind & 4) {
		append(out, words[kind % 3]);
	} else {
		build_number(out, bytes);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] % 2 == 0) {
		fuzz_count(check(data + 1, size - 1));
		return 0;
	}
	struct fuzz_bytes bytes = { data + 1, data + size };
	struct wp_buffer built = { 0 };
	build_value(&built, &bytes, 0);
	bool good = check(built.data, built.size);
	CHECK(good);
	fuzz_count(good);
	wp_buffer_free(&built);
	return 0;
}
