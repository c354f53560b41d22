#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "libcommon/evm/rlp.h"
#include "tests/unit/vectors.h"

static void assert_encoded(struct wp_buffer *out, const char *expected)
{
	assert_false(out->failed);
	assert_hex_equal(out->data, out->size, expected);
	wp_buffer_free(out);
}

/* Examples of the Ethereum wiki and of the Yellow Paper's appendix B. */
static void strings(void **state)
{
	(void)state;
	static const struct {
		const char *data;
		size_t size;
		const char *encoded;
	} cases[] = {
		{ "", 0, "0x80" },
		{ "\x00", 1, "0x00" },
		{ "\x0f", 1, "0x0f" },
		{ "\x7f", 1, "0x7f" },
		{ "\x80", 1, "0x8180" },
		{ "\xff", 1, "0x81ff" },
		{ "\x04\x00", 2, "0x820400" },
		{ "dog", 3, "0x83646f67" },
		{ "Lorem ipsum dolor sit amet, consectetur adipisicing elit", 56,
			"0xb8384c6f72656d20697073756d20646f6c6f722073697420616d65742c20636f6e7365637465"
			"7475722061646970697369636"
			"96e6720656c6974" },
	};
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++) {
		struct wp_buffer out = { 0 };
		wp_rlp_bytes(&out, cases[i].data, cases[i].size);
		assert_encoded(&out, cases[i].encoded);
	}
}

static void integers(void **state)
{
	(void)state;
	static const struct {
		uint64_t value;
		const char *encoded;
	} cases[] = {
		{ 0, "0x80" },
		{ 1, "0x01" },
		{ 15, "0x0f" },
		{ 127, "0x7f" },
		{ 128, "0x8180" },
		{ 255, "0x81ff" },
		{ 256, "0x820100" },
		{ 1024, "0x820400" },
		{ UINT64_MAX, "0x88ffffffffffffffff" },
	};
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++) {
		struct wp_buffer out = { 0 };
		wp_rlp_u64(&out, cases[i].value);
		assert_encoded(&out, cases[i].encoded);
	}
}

static void amounts(void **state)
{
	(void)state;
	uint8_t bytes[32] = { 0 };
	struct wp_buffer out = { 0 };
	bytes[31] = 0x80;
	bytes[1] = 1; /* one leading zero byte, zeros inside */
	struct wp_amount amount = wp_amount_from_be(bytes);
	wp_rlp_amount(&out, &amount);
	assert_encoded(&out, "0x9f01000000000000000000000000000000000000000000000000000000000080");
	bytes[0] = 0xff;
	amount = wp_amount_from_be(bytes);
	wp_rlp_amount(&out, &amount);
	assert_encoded(
		&out, "0xa0ff01000000000000000000000000000000000000000000000000000000000080");
}

static void lists(void **state)
{
	(void)state;
	struct wp_buffer items = { 0 }, out = { 0 };
	wp_rlp_list(&out, NULL, 0);
	assert_encoded(&out, "0xc0");
	wp_rlp_bytes(&items, "cat", 3);
	wp_rlp_bytes(&items, "dog", 3);
	wp_rlp_list(&out, items.data, items.size);
	assert_encoded(&out, "0xc88363617483646f67");
	wp_buffer_free(&items);
}

/* The set theoretical representation of three: [ [], [[]], [ [], [[]] ] ]. */
static void nested_lists(void **state)
{
	(void)state;
	cJSON *root = vectors_load("evm.json");
	struct wp_buffer zero = { 0 }, one = { 0 }, two = { 0 }, items = { 0 }, out = { 0 };
	wp_rlp_list(&zero, NULL, 0);
	wp_rlp_list(&one, zero.data, zero.size);
	wp_buffer_append(&items, zero.data, zero.size);
	wp_buffer_append(&items, one.data, one.size);
	wp_rlp_list(&two, items.data, items.size);
	wp_buffer_append(&items, two.data, two.size);
	wp_rlp_list(&out, items.data, items.size);
	assert_encoded(
		&out, vectors_text(cJSON_GetArrayItem(vectors_member(root, "rlp"), 0), "encoded"));
	wp_buffer_free(&zero);
	wp_buffer_free(&one);
	wp_buffer_free(&two);
	wp_buffer_free(&items);
	cJSON_Delete(root);
}

/* length bytes 0xc3, or a list of length items 0x01; the prefix is what another encoder made of it.
 */
static void check_length(const char *kind, size_t length, const char *prefix)
{
	struct wp_buffer out = { 0 };
	struct wp_rlp_item item;
	bool is_list = strcmp(kind, "list") == 0;
	uint8_t *data = malloc(length + 1);
	memset(data, is_list ? 0x01 : 0xc3, length + 1);
	if (is_list)
		wp_rlp_list(&out, data, length);
	else
		wp_rlp_bytes(&out, data, length);
	assert_hex_equal(out.data, strlen(prefix) / 2 - 1, prefix);
	const uint8_t *cursor = out.data, *end = out.data + out.size;
	assert_int_equal(wp_rlp_next(&item, &cursor, end), 0);
	assert_ptr_equal(cursor, end);
	assert_int_equal(item.is_list, is_list);
	assert_int_equal(item.size, length);
	assert_memory_equal(item.data, data, length);
	free(data);
	wp_buffer_free(&out);
}

static void lengths_around_every_prefix(void **state)
{
	(void)state;
	cJSON *root = vectors_load("evm.json");
	const cJSON *vector;
	size_t count = 0;
	cJSON_ArrayForEach(vector, vectors_member(root, "rlp"))
	{
		if (cJSON_HasObjectItem(vector, "encoded"))
			continue;
		check_length(vectors_text(vector, "name"),
			(size_t)vectors_member(vector, "length")->valueint,
			vectors_text(vector, "prefix"));
		count++;
	}
	assert_int_equal(count, 19);
	cJSON_Delete(root);
}

static void takes_item_after_item(void **state)
{
	(void)state;
	static const uint8_t data[] = { 0x83, 'd', 'o', 'g', 0x7f, 0xc2, 0x01, 0x80, 0x80 };
	const uint8_t *cursor = data, *end = data + sizeof(data);
	struct wp_rlp_item item;
	assert_int_equal(wp_rlp_next(&item, &cursor, end), 0);
	assert_false(item.is_list);
	assert_int_equal(item.size, 3);
	assert_memory_equal(item.data, "dog", 3);
	assert_int_equal(wp_rlp_next(&item, &cursor, end), 0);
	assert_int_equal(item.size, 1);
	assert_int_equal(item.data[0], 0x7f);
	assert_int_equal(wp_rlp_next(&item, &cursor, end), 0);
	assert_true(item.is_list);
	assert_int_equal(item.size, 2);
	assert_ptr_equal(item.data, data + 6);
	assert_int_equal(wp_rlp_next(&item, &cursor, end), 0);
	assert_int_equal(item.size, 0);
	assert_ptr_equal(cursor, end);
	assert_int_equal(wp_rlp_next(&item, &cursor, end), -WP_E_FORMAT);
}

static void refuses_what_is_short_or_not_minimal(void **state)
{
	(void)state;
	static const char *const cases[] = {
		"0x",     /* nothing */
		"0x81",   /* data missing */
		"0x8100", /* single bytes below 0x80 stand for themselves */
		"0x817f",
		"0x83646f", /* one byte short */
		"0xb8",     /* length missing */
		"0xb800",
		"0xb837",               /* long form for 0 and 55 */
		"0xb90038",             /* length with a leading zero */
		"0xb838",               /* 56 bytes missing */
		"0xbfffffffffffffffff", /* longer than any address space */
		"0xbf7fffffffffffffff",
		"0xbf00000000000000ff",
		"0xc1",
		"0xc501",
		"0xf8",
		"0xf800",
		"0xf837",
		"0xf90038",
		"0xf838",
		"0xffffffffffffffffff",
	};
	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++) {
		size_t size;
		uint8_t *data = vectors_bytes(cases[i], &size);
		const uint8_t *cursor = data;
		struct wp_rlp_item item = { .size = 7 };
		if (wp_rlp_next(&item, &cursor, data + size) != -WP_E_FORMAT)
			fail_msg("accepted: %s", cases[i]);
		assert_ptr_equal(cursor, data);
		assert_int_equal(item.size, 7);
		free(data);
	}
	/* Not minimal, though the data are all there: 55 bytes in the long form, a padded length.
	 */
	uint8_t padded[2][59] = { { 0xb8, 55 }, { 0xb9, 0, 56 } };
	for (size_t i = 0; i < WP_ARRAY_LEN(padded); i++) {
		const uint8_t *cursor = padded[i];
		struct wp_rlp_item item;
		assert_int_equal(
			wp_rlp_next(&item, &cursor, padded[i] + sizeof(padded[i])), -WP_E_FORMAT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings),
		cmocka_unit_test(integers),
		cmocka_unit_test(amounts),
		cmocka_unit_test(lists),
		cmocka_unit_test(nested_lists),
		cmocka_unit_test(lengths_around_every_prefix),
		cmocka_unit_test(takes_item_after_item),
		cmocka_unit_test(refuses_what_is_short_or_not_minimal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
