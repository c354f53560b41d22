/* Decoding never leaves the data, and reads back what was encoded. Half of the inputs are calldata
 * as it may come from outside, the other half a list of arguments built from the bytes. */
#include "libcommon/base.h"
#include "libcommon/evm/abi.h"
#include "tests/fuzz/harness.h"

#define ARGUMENTS_MAX 12
#define SLOTS_TRIED   64

/* Reads every slot both ways. True if some slot held bytes. */
static bool check_outside(const uint8_t *input, size_t size)
{
	bool any = false;
	const uint8_t *part;
	size_t part_size;
	/* A copy of exact size, so that a read behind it is seen. */
	uint8_t *data = malloc(size ? size : 1);
	memcpy(data, input, size);
	for (size_t slot = 0; slot < SLOTS_TRIED; slot++) {
		bool inside = slot < size / 32;
		CHECK((wp_abi_get_word(data, size, slot, &part) == 0) == inside);
		if (inside)
			CHECK(part == data + 32 * slot);
		if (wp_abi_get_bytes(data, size, slot, &part, &part_size))
			continue;
		CHECK(inside && part >= data && part <= data + size);
		CHECK(part_size <= (size_t)(data + size - part));
		any = true;
	}
	free(data);
	return any;
}

static struct wp_abi_value build_value(
	struct fuzz_bytes *bytes, struct wp_abi_value *members, size_t *used)
{
	uint8_t kind = fuzz_byte(bytes);
	size_t size;
	if (kind % 3 == 0)
		return wp_abi_u64((uint64_t)fuzz_byte(bytes) << kind % 57);
	if (kind % 3 == 1 || *used + 2 > ARGUMENTS_MAX) {
		const uint8_t *data = fuzz_take(bytes, kind, &size);
		return wp_abi_bytes(data, size);
	}
	/* (bytes,uint256): dynamic, so its slot holds an offset. */
	struct wp_abi_value *pair = members + *used;
	const uint8_t *data = fuzz_take(bytes, kind, &size);
	pair[0] = wp_abi_bytes(data, size);
	pair[1] = wp_abi_u64(kind);
	*used += 2;
	return wp_abi_tuple(pair, 2);
}

static void check_bytes(
	const uint8_t *data, size_t size, size_t slot, const struct wp_abi_value *value)
{
	const uint8_t *part;
	size_t part_size;
	CHECK(wp_abi_get_bytes(data, size, slot, &part, &part_size) == 0);
	CHECK(part_size == value->size);
	CHECK(part_size == 0 || memcmp(part, value->data, part_size) == 0);
}

static void check_value(
	const uint8_t *data, size_t size, size_t slot, const struct wp_abi_value *value)
{
	const uint8_t *word;
	CHECK(wp_abi_get_word(data, size, slot, &word) == 0);
	if (value->kind == WP_ABI_WORD) {
		CHECK(memcmp(word, value->word, 32) == 0);
	} else if (value->kind == WP_ABI_BYTES) {
		check_bytes(data, size, slot, value);
	} else {
		uint64_t offset = 0;
		struct wp_amount amount = wp_amount_from_be(word);
		CHECK(wp_amount_to_u64(&offset, &amount) && offset <= size);
		check_bytes(data + offset, size - offset, 0, &value->members[0]);
		CHECK(wp_abi_get_word(data + offset, size - offset, 1, &word) == 0);
		CHECK(memcmp(word, value->members[1].word, 32) == 0);
	}
}

static void check_built(struct fuzz_bytes *bytes)
{
	struct wp_abi_value arguments[ARGUMENTS_MAX], members[ARGUMENTS_MAX];
	struct wp_buffer out = { 0 };
	size_t used = 0, count = fuzz_byte(bytes) % (ARGUMENTS_MAX + 1u);
	for (size_t i = 0; i < count; i++)
		arguments[i] = build_value(bytes, members, &used);
	wp_abi_call(&out, NULL, arguments, count);
	CHECK(!out.failed && out.size % 32 == 0);
	for (size_t i = 0; i < count; i++)
		check_value(out.data, out.size, i, &arguments[i]);
	wp_buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] % 2 == 0) {
		fuzz_count(check_outside(data + 1, size - 1));
		return 0;
	}
	struct fuzz_bytes bytes = { data + 1, data + size };
	check_built(&bytes);
	fuzz_count(true);
	return 0;
}
