#include "libcommon/conf_value.h"

#include "libcommon/base.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define KEY_SIZE     32
#define KEY_FILE_MAX 128

static const struct {
	const char *suffix;
	int64_t ms;
} duration_units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 } };

static bool is_printable(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text < 0x20 || *text > 0x7e)
			return false;
	return true;
}

static bool is_path(const char *text)
{
	return text[0] == '/';
}

static bool is_url(const char *text)
{
	const char *host = NULL;

	if (strncmp(text, "http://", 7) == 0)
		host = text + 7;
	else if (strncmp(text, "https://", 8) == 0)
		host = text + 8;
	return host != NULL && (isalnum((unsigned char)*host) || *host == '[') &&
	       strchr(text, ' ') == NULL;
}

static int parse_text(char **ret_text, const struct wp_option *option, const char *text)
{
	size_t size = strlen(text);
	bool valid = size > 0 && size <= WP_CONF_TEXT_MAX && is_printable(text);

	if (option->type == WP_CONF_PATH)
		valid = valid && is_path(text);
	if (option->type == WP_CONF_URL)
		valid = valid && is_url(text);
	if (!valid)
		return -EINVAL;
	char *copy = strdup(text);
	if (copy == NULL)
		return -ENOMEM;
	free(*ret_text);
	*ret_text = copy;
	return 0;
}

/* [0-9]{1,18}, or with a leading minus. ret_end: the first character behind. */
static int parse_digits(int64_t *ret_value, const char *text, const char **ret_end)
{
	bool negative = *text == '-';
	const char *digit = negative ? text + 1 : text;
	const char *first = digit;
	int64_t value = 0;

	for (; *digit >= '0' && *digit <= '9'; digit++) {
		if (digit - first == 18)
			return -EINVAL;
		value = 10 * value + (*digit - '0');
	}
	if (digit == first)
		return -EINVAL;
	*ret_value = negative ? -value : value;
	*ret_end = digit;
	return 0;
}

static int parse_int(int64_t *ret_value, const struct wp_option *option, const char *text)
{
	int64_t value;
	const char *end;

	if (parse_digits(&value, text, &end) < 0 || *end != '\0')
		return -EINVAL;
	if (value < option->min || value > option->max)
		return -EINVAL;
	*ret_value = value;
	return 0;
}

static int parse_duration(int64_t *ret_ms, const struct wp_option *option, const char *text)
{
	int64_t value;
	const char *end;

	if (parse_digits(&value, text, &end) < 0)
		return -EINVAL;
	for (size_t i = 0; i < WP_ARRAY_LEN(duration_units); i++) {
		int64_t ms;

		if (strcmp(end, duration_units[i].suffix) != 0)
			continue;
		if (__builtin_mul_overflow(value, duration_units[i].ms, &ms))
			return -EINVAL;
		if (ms < option->min || ms > option->max)
			return -EINVAL;
		*ret_ms = ms;
		return 0;
	}
	return -EINVAL;
}

static int parse_bool(bool *ret_value, const char *text)
{
	if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
		return -EINVAL;
	*ret_value = text[0] == 't';
	return 0;
}

static int parse_choice(int *ret_index, const struct wp_option *option, const char *text)
{
	for (int i = 0; option->choices[i] != NULL; i++)
		if (strcmp(option->choices[i], text) == 0) {
			*ret_index = i;
			return 0;
		}
	return -EINVAL;
}

static int parse_any(void *member, const struct wp_option *option, const char *text)
{
	switch (option->type) {
	case WP_CONF_TEXT:
	case WP_CONF_PATH:
	case WP_CONF_URL:
		return parse_text(member, option, text);
	case WP_CONF_INT:
		return parse_int(member, option, text);
	case WP_CONF_DURATION:
		return parse_duration(member, option, text);
	case WP_CONF_BOOL:
		return parse_bool(member, text);
	case WP_CONF_CHOICE:
		return parse_choice(member, option, text);
	case WP_CONF_ADDRESS:
		return wp_address_parse(member, text);
	case WP_CONF_HASH:
		return wp_hash_parse(member, text);
	case WP_CONF_AMOUNT:
		return wp_amount_parse(member, text);
	case WP_CONF_KEY:
		return -EINVAL;
	}
	return -EINVAL;
}

static void list_choices(const struct wp_option *option, char separator, FILE *out)
{
	for (int i = 0; option->choices[i] != NULL; i++)
		fprintf(out, "%s%.1s", option->choices[i],
			option->choices[i + 1] != NULL ? &separator : "");
}

static void say_what(const struct wp_option *option, char ret_what[static WP_CONF_WHAT_MAX])
{
	FILE *out = fmemopen(ret_what, WP_CONF_WHAT_MAX, "w");

	ret_what[0] = '\0';
	if (out == NULL)
		return;
	switch (option->type) {
	case WP_CONF_TEXT:
		fprintf(out, "must be 1 to %d printable characters", WP_CONF_TEXT_MAX);
		break;
	case WP_CONF_PATH:
		fprintf(out, "must be an absolute path");
		break;
	case WP_CONF_URL:
		fprintf(out, "must begin with http:// or https:// and name a host");
		break;
	case WP_CONF_INT:
		fprintf(out, "must be a whole number from %" PRId64 " to %" PRId64, option->min,
			option->max);
		break;
	case WP_CONF_DURATION:
		fprintf(out,
			"must be a duration such as 250ms, 5s, 10m, 24h, from %" PRId64
			"ms to %" PRId64 "ms",
			option->min, option->max);
		break;
	case WP_CONF_BOOL:
		fprintf(out, "must be true or false");
		break;
	case WP_CONF_CHOICE:
		fprintf(out, "must be one of ");
		list_choices(option, ' ', out);
		break;
	case WP_CONF_ADDRESS:
		fprintf(out, "must be an address: 0x and 40 hexadecimal digits");
		break;
	case WP_CONF_HASH:
		fprintf(out, "must be a hash: 64 hexadecimal digits");
		break;
	case WP_CONF_AMOUNT:
		fprintf(out, "must be a decimal amount below 2^256");
		break;
	case WP_CONF_KEY:
		fprintf(out, "is a key and must come from a file");
		break;
	}
	fclose(out);
}

int wp_conf_value_parse(void *member, const struct wp_option *option, const char *text,
	char ret_what[static WP_CONF_WHAT_MAX])
{
	/* "" as the fallback says that the setting may be left out; then it is also valid. */
	bool may_be_empty = option->fallback != NULL && option->fallback[0] == '\0';
	int error;

	if (text[0] == '\0' && may_be_empty) {
		wp_conf_value_free(member, option);
		if (option->type > WP_CONF_URL)
			return 0;
		*(char **)member = strdup("");
		return *(char **)member == NULL ? -ENOMEM : 0;
	}
	error = parse_any(member, option, text);
	if (error == 0 || error == -ENOMEM)
		return error;
	say_what(option, ret_what);
	return -EINVAL;
}

int wp_conf_value_load_key(void *member, const char *path, char ret_what[static WP_CONF_WHAT_MAX])
{
	struct wp_secret secret = { 0 };
	struct stat status;
	int error = 0;

	if (stat(path, &status) < 0)
		snprintf(ret_what, WP_CONF_WHAT_MAX, "cannot be read: %s", strerror(errno));
	else if (!S_ISREG(status.st_mode))
		snprintf(ret_what, WP_CONF_WHAT_MAX, "must be a regular file");
	else if (status.st_mode & 077)
		snprintf(ret_what, WP_CONF_WHAT_MAX,
			"holds a key and has mode %04o: only its owner may have access (chmod 600)",
			(unsigned)(status.st_mode & 07777));
	else if ((error = wp_secret_load(&secret, path, KEY_FILE_MAX)) < 0)
		snprintf(ret_what, WP_CONF_WHAT_MAX, "cannot be read: %s", wp_strerror(error));
	else if (wp_secret_from_hex(&secret, KEY_SIZE) < 0)
		snprintf(ret_what, WP_CONF_WHAT_MAX, "must hold %d hexadecimal digits",
			2 * KEY_SIZE);
	else {
		wp_secret_wipe(member);
		*(struct wp_secret *)member = secret;
		return 0;
	}
	wp_secret_wipe(&secret);
	return -EINVAL;
}

static size_t member_size(enum wp_conf_type type)
{
	switch (type) {
	case WP_CONF_TEXT:
	case WP_CONF_PATH:
	case WP_CONF_URL:
		return sizeof(char *);
	case WP_CONF_INT:
	case WP_CONF_DURATION:
		return sizeof(int64_t);
	case WP_CONF_BOOL:
		return sizeof(bool);
	case WP_CONF_CHOICE:
		return sizeof(int);
	case WP_CONF_ADDRESS:
		return sizeof(struct wp_address);
	case WP_CONF_HASH:
		return sizeof(struct wp_hash);
	case WP_CONF_AMOUNT:
		return sizeof(struct wp_amount);
	case WP_CONF_KEY:
		return sizeof(struct wp_secret);
	}
	return 0;
}

void wp_conf_value_free(void *member, const struct wp_option *option)
{
	if (option->type <= WP_CONF_URL)
		free(*(char **)member);
	if (option->type == WP_CONF_KEY)
		wp_secret_wipe(member);
	memset(member, 0, member_size(option->type));
}

void wp_conf_value_type(const struct wp_option *option, FILE *out)
{
	static const char *const names[] = { [WP_CONF_TEXT] = "text",
		[WP_CONF_PATH] = "path",
		[WP_CONF_URL] = "URL",
		[WP_CONF_INT] = "number",
		[WP_CONF_DURATION] = "duration",
		[WP_CONF_BOOL] = "true|false",
		[WP_CONF_CHOICE] = "",
		[WP_CONF_ADDRESS] = "address",
		[WP_CONF_HASH] = "hash",
		[WP_CONF_AMOUNT] = "amount",
		[WP_CONF_KEY] = "key file" };

	fputs(names[option->type], out);
	if (option->type == WP_CONF_CHOICE)
		list_choices(option, '|', out);
	if (option->type == WP_CONF_INT)
		fprintf(out, " %" PRId64 "..%" PRId64, option->min, option->max);
	if (option->type == WP_CONF_DURATION)
		fprintf(out, " %" PRId64 "ms..%" PRId64 "ms", option->min, option->max);
}
