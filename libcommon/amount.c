#include "libcommon/amount.h"

#include "libcommon/base.h"
#include "libcommon/hex.h"

#include <string.h>

#define AMOUNT_BYTES 32
#define DECIMAL_MAX  78 /* digits of 2^256-1 */
#define HEX_MAX      64
#define CHUNK        UINT32_C(1000000000) /* decimal output, nine digits at a time */
#define CHUNK_DIGITS 9

/* amount = amount * factor + addend. False on overflow, amount then spoilt. */
static bool multiply_add(struct wp_amount *amount, uint64_t factor, uint64_t addend)
{
	unsigned __int128 carry = addend;
	for (size_t i = AMOUNT_BYTES; i-- > 0;) {
		carry += (unsigned __int128)amount->be[i] * factor;
		amount->be[i] = (uint8_t)carry;
		carry >>= 8;
	}
	return carry == 0;
}

/* amount = amount / CHUNK, returns the remainder. */
static uint32_t divide_by_chunk(struct wp_amount *amount)
{
	uint64_t remainder = 0;
	for (size_t i = 0; i < AMOUNT_BYTES; i++) {
		remainder = remainder << 8 | amount->be[i];
		amount->be[i] = (uint8_t)(remainder / CHUNK);
		remainder %= CHUNK;
	}
	return (uint32_t)remainder;
}

int wp_amount_parse(struct wp_amount *ret_amount, const char *text)
{
	size_t length = strspn(text, "0123456789");
	if (length == 0 || text[length] != '\0' || (text[0] == '0' && length > 1))
		return -WP_E_FORMAT;
	if (length > DECIMAL_MAX)
		return -WP_E_RANGE;
	struct wp_amount amount = { 0 };
	for (size_t i = 0; i < length; i++)
		if (!multiply_add(&amount, 10, (uint64_t)(text[i] - '0')))
			return -WP_E_RANGE;
	*ret_amount = amount;
	return 0;
}

int wp_amount_parse_hex(struct wp_amount *ret_amount, const char *text)
{
	if (strncmp(text, "0x", 2) != 0)
		return -WP_E_FORMAT;
	text += 2;
	size_t length = strspn(text, "0123456789abcdefABCDEF");
	if (length == 0 || text[length] != '\0')
		return -WP_E_FORMAT;
	if (length > HEX_MAX)
		return -WP_E_RANGE;
	char padded[HEX_MAX];
	memset(padded, '0', HEX_MAX - length);
	memcpy(padded + HEX_MAX - length, text, length);
	return wp_hex_decode(ret_amount->be, AMOUNT_BYTES, padded, HEX_MAX);
}

char *wp_amount_text(char text[static WP_AMOUNT_TEXT], const struct wp_amount *amount)
{
	struct wp_amount rest = *amount;
	char reversed[DECIMAL_MAX + CHUNK_DIGITS];
	size_t length = 0;
	do {
		uint32_t chunk = divide_by_chunk(&rest);
		for (int i = 0; i < CHUNK_DIGITS; i++, chunk /= 10)
			reversed[length++] = (char)('0' + chunk % 10);
	} while (!wp_amount_is_zero(&rest));
	while (length > 1 && reversed[length - 1] == '0')
		length--;
	for (size_t i = 0; i < length; i++)
		text[i] = reversed[length - 1 - i];
	text[length] = '\0';
	return text;
}

char *wp_amount_hex(char text[static 67], const struct wp_amount *amount)
{
	char digits[HEX_MAX + 1];
	wp_hex_encode(digits, amount->be, AMOUNT_BYTES);
	size_t skip = strspn(digits, "0");
	if (skip == HEX_MAX)
		skip--;
	text[0] = '0';
	text[1] = 'x';
	memcpy(text + 2, digits + skip, HEX_MAX + 1 - skip);
	return text;
}

struct wp_amount wp_amount_from_u64(uint64_t value)
{
	struct wp_amount amount = { 0 };
	multiply_add(&amount, 0, value);
	return amount;
}

struct wp_amount wp_amount_from_be(const uint8_t bytes[static 32])
{
	struct wp_amount amount;
	memcpy(amount.be, bytes, AMOUNT_BYTES);
	return amount;
}

void wp_amount_to_be(uint8_t bytes[static 32], const struct wp_amount *amount)
{
	memcpy(bytes, amount->be, AMOUNT_BYTES);
}

bool wp_amount_to_u64(uint64_t *ret_value, const struct wp_amount *amount)
{
	uint64_t value = 0;
	for (size_t i = 0; i < AMOUNT_BYTES; i++) {
		if (i < AMOUNT_BYTES - sizeof(value) && amount->be[i] != 0)
			return false;
		value = value << 8 | amount->be[i];
	}
	*ret_value = value;
	return true;
}

bool wp_amount_add(struct wp_amount *ret_sum, const struct wp_amount *a, const struct wp_amount *b)
{
	struct wp_amount sum;
	unsigned carry = 0;
	for (size_t i = AMOUNT_BYTES; i-- > 0;) {
		carry += (unsigned)a->be[i] + b->be[i];
		sum.be[i] = (uint8_t)carry;
		carry >>= 8;
	}
	if (carry != 0)
		return false;
	*ret_sum = sum;
	return true;
}

bool wp_amount_sub(
	struct wp_amount *ret_difference, const struct wp_amount *a, const struct wp_amount *b)
{
	struct wp_amount difference;
	unsigned borrow = 0;
	for (size_t i = AMOUNT_BYTES; i-- > 0;) {
		unsigned digit = 256u + a->be[i] - b->be[i] - borrow;
		difference.be[i] = (uint8_t)digit;
		borrow = digit < 256;
	}
	if (borrow != 0)
		return false;
	*ret_difference = difference;
	return true;
}

bool wp_amount_mul_u64(struct wp_amount *ret_product, const struct wp_amount *a, uint64_t b)
{
	struct wp_amount product = *a;
	if (!multiply_add(&product, b, 0))
		return false;
	*ret_product = product;
	return true;
}

int wp_amount_compare(const struct wp_amount *a, const struct wp_amount *b)
{
	int order = memcmp(a->be, b->be, AMOUNT_BYTES);
	return (order > 0) - (order < 0);
}

bool wp_amount_is_zero(const struct wp_amount *amount)
{
	return wp_amount_compare(amount, &(struct wp_amount){ 0 }) == 0;
}
