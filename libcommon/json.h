/* json.h - strict JSON (RFC 8259 as narrowed by I-JSON, RFC 7493) into cJSON trees, RFC 8785
 * canonical text out of them, and typed access to members. Numbers are IEEE doubles: amounts travel
 * as strings. */
#ifndef WP_JSON_H
#define WP_JSON_H

#include "libcommon/buffer.h"

#include <cjson/cJSON.h>

#define WP_JSON_DEPTH_MAX  32         /* arrays and objects inside each other */
#define WP_JSON_NODES_MAX  (1u << 18) /* values in one text; about 80 bytes of memory each */
#define WP_JSON_NUMBER_MAX 128        /* characters of one number */

/* Parses exactly size bytes. Refused besides bad grammar: bytes behind the value, duplicate keys
 * (after unescaping), invalid UTF-8, lone surrogate escapes, U+0000 (a C string cannot hold it),
 * numbers no double can hold. 0 (free the root with cJSON_Delete), -WP_E_FORMAT, -WP_E_RANGE (over
 * a limit above), -ENOMEM. On failure *ret_problem is a constant English text and *ret_offset the
 * byte where it shows (of a duplicate key: where its object begins); both may be NULL. */
int wp_json_parse(cJSON **ret_root, const char *text, size_t size, const char **ret_problem,
	size_t *ret_offset);

/* Appends the RFC 8785 (JCS) form of root. 0, -ENOMEM (also over WP_BUFFER_MAX), -WP_E_RANGE (too
 * deep), -WP_E_FORMAT (NaN, infinity, invalid UTF-8, duplicate keys, raw text); out is then as
 * before. */
int wp_json_canonical(struct wp_buffer *out, const cJSON *root);

/* Members of an object by exact name. 0, -ENOENT (no such member), -WP_E_FORMAT (another type, null
 * too); results are borrowed from the tree. */
int wp_json_string(const cJSON *object, const char *name, const char **ret_text);
int wp_json_bool(const cJSON *object, const char *name, bool *ret_value);
int wp_json_object(const cJSON *object, const char *name, const cJSON **ret_object);
int wp_json_array(const cJSON *object, const char *name, const cJSON **ret_array);
/* A whole number within min..max, which lie within ±(2^53-1); also -WP_E_RANGE. */
int wp_json_integer(
	const cJSON *object, const char *name, int64_t min, int64_t max, int64_t *ret_value);
/* The first member whose name is not in the NULL-terminated list, NULL if all are. */
const cJSON *wp_json_unknown_member(const cJSON *object, const char *const *names);

#endif
