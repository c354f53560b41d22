#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/evm/keccak.h"
#include "tests/unit/vectors.h"

static void known_answers(void **state)
{
	(void)state;
	struct wp_hash hash = wp_keccak256(NULL, 0);
	assert_hex_equal(hash.bytes, 32,
		"0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
	hash = wp_keccak256("abc", 3);
	assert_hex_equal(hash.bytes, 32,
		"0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
	hash = wp_keccak256("Transfer(address,address,uint256)", 33);
	assert_hex_equal(hash.bytes, 32,
		"0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");
}

/* Lengths on both sides of the block size. */
static void lengths_around_the_block(void **state)
{
	(void)state;
	cJSON *root = vectors_load("evm.json");
	const cJSON *vector;
	uint8_t data[1000];
	size_t count = 0;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)i;
	cJSON_ArrayForEach(vector, vectors_member(root, "keccak256"))
	{
		size_t length = (size_t)vectors_member(vector, "length")->valueint;
		struct wp_hash hash = wp_keccak256(data, length);
		assert_hex_equal(hash.bytes, 32, vectors_text(vector, "hash"));
		count++;
	}
	assert_true(count >= 14);
	cJSON_Delete(root);
}

static void pieces_are_one_message(void **state)
{
	(void)state;
	uint8_t data[272]; /* two blocks, so that pieces end where blocks do */
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7);
	struct wp_hash whole = wp_keccak256(data, sizeof(data));
	for (size_t a = 0; a <= sizeof(data); a++) {
		for (size_t b = a; b <= sizeof(data); b += 17) {
			const struct wp_bytes_view pieces[] = { { data, a }, { data + a, b - a },
				{ NULL, 0 }, { data + b, sizeof(data) - b } };
			struct wp_hash hash = wp_keccak256_pieces(pieces, 4);
			assert_true(wp_hash_equal(&hash, &whole));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers),
		cmocka_unit_test(lengths_around_the_block),
		cmocka_unit_test(pieces_are_one_message),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
