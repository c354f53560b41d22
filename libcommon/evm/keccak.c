#include "libcommon/evm/keccak.h"

#include <nettle/sha3.h>
#include <string.h>

#define RATE       136 /* bytes absorbed per permutation: 1600/8 - 2 * 32 */
#define RATE_LANES (RATE / 8)

static uint64_t load_le64(const uint8_t *bytes)
{
	uint64_t value = 0;
	for (size_t i = 0; i < 8; i++)
		value |= (uint64_t)bytes[i] << (8 * i);
	return value;
}

static void absorb(struct sha3_state *state, const uint8_t *block)
{
	for (size_t i = 0; i < RATE_LANES; i++)
		state->a[i] ^= load_le64(block + 8 * i);
	sha3_permute(state);
}

/* Absorbs the last, partial block with its padding (0x01 … 0x80) and takes the hash out. */
static struct wp_hash finish(struct sha3_state *state, uint8_t *block, size_t used)
{
	memset(block + used, 0, RATE - used);
	block[used] ^= 0x01;
	block[RATE - 1] ^= 0x80;
	absorb(state, block);
	struct wp_hash hash;
	for (size_t i = 0; i < sizeof(hash.bytes); i++)
		hash.bytes[i] = (uint8_t)(state->a[i / 8] >> (8 * (i % 8)));
	return hash;
}

struct wp_hash wp_keccak256(const void *data, size_t size)
{
	return wp_keccak256_pieces(&(struct wp_bytes_view){ data, size }, 1);
}

struct wp_hash wp_keccak256_pieces(const struct wp_bytes_view *pieces, size_t count)
{
	struct sha3_state state = { 0 };
	uint8_t block[RATE];
	size_t used = 0;
	for (size_t i = 0; i < count; i++) {
		const uint8_t *data = pieces[i].data;
		size_t size = pieces[i].size;
		while (size > 0) {
			if (used == 0 && size >= RATE) {
				absorb(&state, data);
				data += RATE;
				size -= RATE;
				continue;
			}
			size_t part = size < RATE - used ? size : RATE - used;
			memcpy(block + used, data, part);
			used += part;
			data += part;
			size -= part;
			if (used == RATE) {
				absorb(&state, block);
				used = 0;
			}
		}
	}
	return finish(&state, block, used);
}
