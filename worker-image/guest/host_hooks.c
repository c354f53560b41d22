#include "guest/host_hooks.h"

#include "guest/wire.h"

#include <string.h>

uint32_t host_calls;

static int64_t clock_now_ms;
static uint64_t random_state[4];

_Noreturn void host_limit_stack(void)
{
	wire_end(GUEST_END_STACK, "the program calls or nests too deeply");
}

_Noreturn void host_limit_memory(void)
{
	wire_end(GUEST_END_MEMORY, "the program needs more than 256 MB of memory");
}

void host_start(int64_t clock_ms, const uint8_t seed[32])
{
	clock_now_ms = clock_ms;
	memcpy(random_state, seed, sizeof(random_state));
	/* xoshiro stays at zero for ever */
	if ((random_state[0] | random_state[1] | random_state[2] | random_state[3]) == 0)
		random_state[0] = 1;
}

int64_t host_clock_ms(void)
{
	return clock_now_ms;
}

static uint64_t rotate_left(uint64_t x, int k)
{
	return (x << k) | (x >> (64 - k));
}

/* xoshiro256** 1.0 by Blackman and Vigna (public domain) */
uint64_t host_random_u64(void)
{
	uint64_t *s = random_state;
	uint64_t result = rotate_left(s[1] * 5, 7) * 9;
	uint64_t t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate_left(s[3], 45);
	return result;
}
