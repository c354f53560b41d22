#include "libcommon/log.h"

#include "libcommon/base.h"
#include "libcommon/time.h"
#include "libcommon/utf8.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 8192
#define TAIL           3 /* of every line: quote, brace, newline */
#define NAME_SIZE      64
#define TEXT_COUNT     8

struct line {
	char text[LINE_MAX_BYTES];
	size_t size;
	bool cut; /* nothing more fits */
};

static const char *const level_names[] = {
	[WP_LOG_DEBUG] = "debug",
	[WP_LOG_INFO] = "info",
	[WP_LOG_WARNING] = "warning",
	[WP_LOG_ERROR] = "error",
};

static char own_service[NAME_SIZE];
static char own_instance[NAME_SIZE];
static enum wp_log_level own_least = WP_LOG_INFO;
static char texts[TEXT_COUNT][WP_HASH_TEXT];
static unsigned next_text;

void wp_log_open(const char *service, const char *instance, enum wp_log_level least)
{
	snprintf(own_service, sizeof own_service, "%s", service);
	snprintf(own_instance, sizeof own_instance, "%s", instance);
	own_least = least;
}

/* All of text or nothing. */
static void append(struct line *line, const char *text, size_t size)
{
	if (line->size + size > sizeof line->text - TAIL)
		line->cut = true;
	if (line->cut)
		return;
	memcpy(line->text + line->size, text, size);
	line->size += size;
}

/* One character of a JSON string (RFC 8259 section 7). Returns how many bytes of text it took. */
static size_t append_character(struct line *line, const char *text)
{
	unsigned char byte = (unsigned char)*text;
	char escape[8];

	if (byte == '"' || byte == '\\') {
		append(line, (char[]){ '\\', *text }, 2);
		return 1;
	}
	if (byte < 0x20 || byte == 0x7f) {
		int size = snprintf(escape, sizeof escape, "\\u%04x", byte);
		append(line, escape, (size_t)size);
		return 1;
	}
	size_t size = wp_utf8_sequence(text, strnlen(text, 4));
	if (size == 0) {
		append(line, "\xef\xbf\xbd", 3);
		return 1;
	}
	append(line, text, size);
	return size;
}

/* A cut value keeps what fits; its closing quote always does. */
static void append_field(struct line *line, const char *name, const char *value)
{
	size_t start = line->size;

	append(line, line->size == 1 ? "\"" : ",\"", line->size == 1 ? 1 : 2);
	for (const char *c = name; *c != '\0';)
		c += append_character(line, c);
	append(line, "\":\"", 3);
	if (line->cut) {
		line->size = start;
		return;
	}
	for (const char *c = value; *c != '\0' && !line->cut;)
		c += append_character(line, c);
	line->text[line->size++] = '"';
}

void wp_log(enum wp_log_level level, const char *message, ...)
{
	struct line line = { .text = "{", .size = 1 };
	char now[25];
	const char *name;
	va_list fields;

	if (level < own_least)
		return;
	append_field(&line, "ts", wp_time_text(now, wp_time_wall_ms()));
	append_field(&line, "level", level_names[level]);
	append_field(&line, "service", own_service);
	append_field(&line, "instance", own_instance);
	append_field(&line, "msg", message);
	va_start(fields, message);
	while (!line.cut && (name = va_arg(fields, const char *)) != NULL) {
		const char *value = va_arg(fields, const char *);
		append_field(&line, name, value != NULL ? value : "");
	}
	va_end(fields);
	line.text[line.size++] = '}';
	line.text[line.size++] = '\n';
	/* Nobody can be told that the log cannot be written. */
	(void)!write(STDERR_FILENO, line.text, line.size);
}

static char *rotate(void)
{
	return texts[next_text++ % TEXT_COUNT];
}

const char *wp_log_id(const struct wp_id *id)
{
	return wp_id_text(rotate(), id);
}

const char *wp_log_hash(const struct wp_hash *hash)
{
	return wp_hash_text(rotate(), hash);
}

const char *wp_log_i64(int64_t value)
{
	char *text = rotate();

	snprintf(text, WP_HASH_TEXT, "%" PRId64, value);
	return text;
}

const char *wp_log_error(int error)
{
	return wp_strerror(error);
}
