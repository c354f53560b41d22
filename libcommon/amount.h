/* amount.h - money and other EVM quantities: unsigned 256-bit integers, never floating point. */
#ifndef WP_AMOUNT_H
#define WP_AMOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wp_amount {
	uint8_t be[32]; /* big-endian; touched by amount.c only */
};

#define WP_AMOUNT_TEXT 79 /* decimal digits of 2^256-1, and NUL */

/* Decimal: [0-9]{1,78} without sign, space or leading zero (but "0"). 0, -WP_E_FORMAT, -WP_E_RANGE.
 */
int wp_amount_parse(struct wp_amount *ret_amount, const char *text);
/* JSON-RPC quantity: "0x" and 1..64 digits, leading zeros tolerated. 0, -WP_E_FORMAT, -WP_E_RANGE.
 */
int wp_amount_parse_hex(struct wp_amount *ret_amount, const char *text);
char *wp_amount_text(char text[static WP_AMOUNT_TEXT], const struct wp_amount *amount);
/* "0x…" minimal, "0x0" for zero; needs 67 bytes. */
char *wp_amount_hex(char text[static 67], const struct wp_amount *amount);

struct wp_amount wp_amount_from_u64(uint64_t value);
struct wp_amount wp_amount_from_be(const uint8_t bytes[static 32]);
void wp_amount_to_be(uint8_t bytes[static 32], const struct wp_amount *amount);
/* False if it does not fit, and ret_value is then untouched. */
bool wp_amount_to_u64(uint64_t *ret_value, const struct wp_amount *amount);

/* sum = a + b, difference = a - b, product = a * b. False on overflow, output then untouched. */
bool wp_amount_add(struct wp_amount *ret_sum, const struct wp_amount *a, const struct wp_amount *b);
bool wp_amount_sub(
	struct wp_amount *ret_difference, const struct wp_amount *a, const struct wp_amount *b);
bool wp_amount_mul_u64(struct wp_amount *ret_product, const struct wp_amount *a, uint64_t b);
/* -1, 0, 1 as a is below, equal to, above b. */
int wp_amount_compare(const struct wp_amount *a, const struct wp_amount *b);
bool wp_amount_is_zero(const struct wp_amount *amount);

#endif
