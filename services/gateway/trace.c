#include "services/gateway/trace.h"

#include "libcommon/hex.h"

#include <sodium.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define TRACE_ID_DIGITS 32
#define SPAN_ID_DIGITS  16
#define LENGTH          55 /* of version 00 */

/* count lower-case digits, not all of them zero unless zero is allowed. */
static bool is_hex(const char *text, size_t count, bool zero_allowed)
{
	bool zero = true;
	for (size_t i = 0; i < count; i++) {
		bool digit =
			(text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
		if (!digit)
			return false;
		zero = zero && text[i] == '0';
	}
	return zero_allowed || !zero;
}

/* Section 3.2.2 and 4.3: a later version may carry more behind what we know. */
static bool is_valid(const char *header)
{
	if (strnlen(header, LENGTH) < LENGTH || !is_hex(header, 2, true) ||
		strncmp(header, "ff", 2) == 0)
		return false;
	char behind = header[LENGTH];
	bool ends = behind == '\0' || (behind == '-' && strncmp(header, "00", 2) != 0);
	return ends && header[2] == '-' && is_hex(header + 3, TRACE_ID_DIGITS, false) &&
	       header[35] == '-' && is_hex(header + 36, SPAN_ID_DIGITS, false) &&
	       header[52] == '-' && is_hex(header + 53, 2, true);
}

bool trace_continue(struct trace *ret_trace, const char *header, const uint8_t random[static 24])
{
	bool valid = header && is_valid(header);
	if (valid)
		memcpy(ret_trace->id, header + 3, TRACE_ID_DIGITS);
	else
		wp_hex_encode(ret_trace->id, random, TRACE_ID_DIGITS / 2);
	ret_trace->id[TRACE_ID_DIGITS] = '\0';
	char span[SPAN_ID_DIGITS + 1];
	wp_hex_encode(span, random + 16, SPAN_ID_DIGITS / 2);
	/* Of the flags only "sampled" is known to version 00; a new trace leaves that to
	 * collectors. */
	bool sampled = valid && (header[54] - '0') % 2 == 1;
	if (valid && header[54] >= 'a')
		sampled = (header[54] - 'a') % 2 == 1;
	snprintf(ret_trace->parent, sizeof(ret_trace->parent), "00-%s-%s-%s", ret_trace->id, span,
		sampled ? "01" : "00");
	return valid;
}

void trace_begin(struct trace *ret_trace, const char *header)
{
	/* Drawn in batches: one system call for many requests. */
	static uint8_t pool[240];
	static size_t used = sizeof(pool);
	if (used == sizeof(pool)) {
		randombytes_buf(pool, sizeof(pool));
		used = 0;
	}
	trace_continue(ret_trace, header, pool + used);
	used += 24;
}
