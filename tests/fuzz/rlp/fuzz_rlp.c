/* Strict RLP is a bijection: what decodes encodes to the same bytes again. Half of the inputs are
 * the bytes themselves, the other half a tree built from them. */
#include "libcommon/evm/rlp.h"
#include "tests/fuzz/harness.h"

#define DEPTH_MAX 20

/* Decodes all of [at, end) and encodes it to out. False if it is not RLP, or too deep to follow. */
static bool copy_items(struct wp_buffer *out, const uint8_t *at, const uint8_t *end, unsigned depth)
{
	struct wp_rlp_item item;
	while (at < end) {
		if (depth == DEPTH_MAX || wp_rlp_next(&item, &at, end))
			return false;
		CHECK(item.data + item.size == at);
		if (!item.is_list) {
			wp_rlp_bytes(out, item.data, item.size);
			continue;
		}
		struct wp_buffer items = { 0 };
		bool good = copy_items(&items, item.data, item.data + item.size, depth + 1);
		if (good)
			wp_rlp_list(out, items.data, items.size);
		wp_buffer_free(&items);
		if (!good)
			return false;
	}
	return true;
}

static void build_item(struct wp_buffer *out, struct fuzz_bytes *bytes, unsigned depth)
{
	uint8_t kind = fuzz_byte(bytes);
	size_t size;
	if (kind % 4 == 0 && depth < DEPTH_MAX - 1) {
		struct wp_buffer items = { 0 };
		for (unsigned i = 0; i < (kind >> 2) % 5u; i++)
			build_item(&items, bytes, depth + 1);
		wp_rlp_list(out, items.data, items.size);
		wp_buffer_free(&items);
	} else if (kind % 4 == 1) {
		wp_rlp_u64(out, (uint64_t)fuzz_byte(bytes) << (kind >> 2));
	} else {
		const uint8_t *data = fuzz_take(bytes, kind, &size);
		wp_rlp_bytes(out, data, size);
	}
}

static bool check(const uint8_t *data, size_t size)
{
	struct wp_buffer out = { 0 };
	bool good = copy_items(&out, data, data + size, 0);
	if (good)
		CHECK(out.size == size && (size == 0 || memcmp(out.data, data, size) == 0));
	wp_buffer_free(&out);
	return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] % 2 == 0) {
		fuzz_count(check(data + 1, size - 1));
		return 0;
	}
	struct fuzz_bytes bytes = { data + 1, data + size };
	struct wp_buffer built = { 0 };
	build_item(&built, &bytes, 0);
	bool good = check(built.data, built.size);
	CHECK(good);
	fuzz_count(good);
	wp_buffer_free(&built);
	return 0;
}
