#include "services/gateway/quote.h"

#include "libcommon/buffer.h"
#include "libcommon/utf8.h"

#include <stdio.h>

static void append_escaped(struct wp_buffer *out, char c)
{
	char text[8];
	const char *short_form = NULL;
	switch (c) {
	case '"':
		short_form = "\\\"";
		break;
	case '\\':
		short_form = "\\\\";
		break;
	case '\n':
		short_form = "\\n";
		break;
	case '\r':
		short_form = "\\r";
		break;
	case '\t':
		short_form = "\\t";
		break;
	}
	if (short_form) {
		wp_buffer_append(out, short_form, 2);
		return;
	}
	snprintf(text, sizeof(text), "\\u%04x", (unsigned)(unsigned char)c);
	wp_buffer_append(out, text, 6);
}

static bool is_plain(char c)
{
	return (unsigned char)c >= 0x20 && (unsigned char)c < 0x7f && c != '"' && c != '\\';
}

static void append_quoted(struct wp_buffer *out, const char *text, size_t size)
{
	size_t plain = 0;
	for (size_t i = 0; i < size;) {
		size_t length = wp_utf8_sequence(text + i, size - i);
		if (is_plain(text[i]) || length > 1) {
			plain += length;
			i += length;
			continue;
		}
		wp_buffer_append(out, text + i - plain, plain);
		plain = 0;
		if (length == 1)
			append_escaped(out, text[i]);
		else
			wp_buffer_append(out, "\xef\xbf\xbd", 3);
		i++;
	}
	wp_buffer_append(out, text + size - plain, plain);
}

cJSON *quote_bytes(const void *data, size_t size)
{
	struct wp_buffer out = { 0 };
	wp_buffer_append(&out, "\"", 1);
	append_quoted(&out, data, size);
	wp_buffer_append(&out, "\"", 2);
	cJSON *raw = out.failed ? NULL : cJSON_CreateRaw((const char *)out.data);
	wp_buffer_free(&out);
	return raw;
}
