/* record.c - a record's texts as typed values. */
#include "proto/record.h"

#include "libcommon/base.h"

#include <stdlib.h>
#include <string.h>

static const char *const field_names[WP_FIELD_COUNT] = {
#define X(name, writer, meaning) #name,
	WP_RECORD_FIELDS(X)
#undef X
};

const char *wp_field_name(enum wp_field field)
{
	unsigned index = (unsigned)field;

	return index < WP_FIELD_COUNT ? field_names[index] : "";
}

void wp_record_free(struct wp_record *record)
{
	for (size_t i = 0; i < WP_FIELD_COUNT; i++)
		free(record->values[i]);
	memset(record, 0, sizeof *record);
}

const char *wp_record_text(const struct wp_record *record, enum wp_field field)
{
	unsigned index = (unsigned)field;

	return index < WP_FIELD_COUNT && record->values[index] != NULL ? record->values[index] : "";
}

bool wp_record_has(const struct wp_record *record, enum wp_field field)
{
	unsigned index = (unsigned)field;

	return index < WP_FIELD_COUNT && record->values[index] != NULL;
}

int wp_record_i64(const struct wp_record *record, enum wp_field field, int64_t *ret_value)
{
	const char *text = wp_record_text(record, field);
	const char *digits = text[0] == '-' ? text + 1 : text;
	char *end = NULL;

	if (!wp_record_has(record, field))
		return -ENOENT;
	if (digits[0] < '0' || digits[0] > '9')
		return -WP_E_FORMAT;
	errno = 0;
	long long value = strtoll(text, &end, 10);
	if (*end != '\0' || errno != 0)
		return -WP_E_FORMAT;
	*ret_value = value;
	return 0;
}

int wp_record_hash(const struct wp_record *record, enum wp_field field, struct wp_hash *ret_hash)
{
	if (!wp_record_has(record, field))
		return -ENOENT;
	return wp_hash_parse(ret_hash, wp_record_text(record, field));
}

int wp_record_address(
	const struct wp_record *record, enum wp_field field, struct wp_address *ret_address)
{
	if (!wp_record_has(record, field))
		return -ENOENT;
	return wp_address_parse(ret_address, wp_record_text(record, field));
}

int wp_record_amount(
	const struct wp_record *record, enum wp_field field, struct wp_amount *ret_amount)
{
	if (!wp_record_has(record, field))
		return -ENOENT;
	return wp_amount_parse(ret_amount, wp_record_text(record, field)) == 0 ? 0 : -WP_E_FORMAT;
}

enum wp_state wp_record_state(const struct wp_record *record)
{
	return wp_state_parse(wp_record_text(record, WP_FIELD_st));
}

uint64_t wp_record_fence(const struct wp_record *record)
{
	int64_t value = 0;

	return wp_record_i64(record, WP_FIELD_fence, &value) == 0 && value > 0 ? (uint64_t)value
									       : 0;
}

uint32_t wp_record_attempt(const struct wp_record *record)
{
	int64_t value = 0;

	if (wp_record_i64(record, WP_FIELD_attempt, &value) != 0 || value < 0 || value > UINT32_MAX)
		return 0;
	return (uint32_t)value;
}
