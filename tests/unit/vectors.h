/* vectors.h - known answers from tests/vectors, and what every test that reads them needs. Include
 * after cmocka.h. */
#ifndef WP_TEST_VECTORS_H
#define WP_TEST_VECTORS_H

#include "libcommon/hex.h"
#include "libcommon/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The parsed file; fails the test if it cannot be read. */
static inline cJSON *vectors_load(const char *name)
{
	char path[512];
	const char *problem = "";
	size_t offset = 0;
	cJSON *root = NULL;
	snprintf(path, sizeof(path), "%s/tests/vectors/%s", WP_SOURCE_DIR, name);
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	char *text = malloc(1u << 20);
	size_t size = fread(text, 1, 1u << 20, file);
	fclose(file);
	if (wp_json_parse(&root, text, size, &problem, &offset))
		fail_msg("%s: %s at %zu", path, problem, offset);
	free(text);
	return root;
}

static inline const cJSON *vectors_member(const cJSON *object, const char *name)
{
	const cJSON *found = cJSON_GetObjectItemCaseSensitive(object, name);
	if (!found)
		fail_msg("no member %s", name);
	return found;
}

static inline const char *vectors_text(const cJSON *object, const char *name)
{
	const char *text = NULL;
	assert_int_equal(wp_json_string(object, name, &text), 0);
	return text;
}

/* The bytes of a hex text, to be freed; never NULL. */
static inline uint8_t *vectors_bytes(const char *hex, size_t *ret_size)
{
	size_t size = strlen(hex) / 2 - 1;
	uint8_t *data = malloc(size + 1);
	assert_non_null(data);
	assert_int_equal(wp_hex_decode(data, size, hex, strlen(hex)), 0);
	*ret_size = size;
	return data;
}

/* Compares bytes with a hex text, so that a failure shows both. */
static inline void assert_hex_equal(const void *data, size_t size, const char *expected)
{
	char *text = malloc(2 * size + 3);
	wp_hex_encode0x(text, data, size);
	assert_string_equal(text, expected);
	free(text);
}

#endif
