/* host_hooks.h - what the patched engine asks its surroundings: limits, clock, randomness, and how
 * errors are worded. Included by QuickJS's own source (patches/quickjs.patch). */
#ifndef GUEST_HOST_HOOKS_H
#define GUEST_HOST_HOOKS_H

#include "guest/protocol.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Text that only V8 makes carries a mark (a Unicode noncharacter): printing it would not be what
 * Node prints, so it ends the run with UNSUPPORTED. */
#define HOST_MARK_MESSAGE "\xef\xb7\x90" /* U+FDD0: the message of an error the engine raised */
#define HOST_MARK_STACK   "\xef\xb7\x91" /* U+FDD1: the frames of a stack */
#define HOST_STACK_FRAMES "\n    at " HOST_MARK_STACK "<anonymous>"
#define HOST_ERROR_ROOM   64 /* bytes host_error_text may add */

_Noreturn void host_limit_stack(void);
_Noreturn void host_limit_memory(void);

/* Recursion is limited by calls, so that it ends at the same call on every host. */
extern uint32_t host_calls;
static inline void host_call_enter(void)
{
	if (__builtin_expect(++host_calls > GUEST_CALLS_MAX, 0))
		host_limit_stack();
}
static inline void host_call_leave(void)
{
	host_calls--;
}

/* The frozen clock and the seeded generator (xoshiro256**) of this run. */
void host_start(int64_t clock_ms, const uint8_t seed[32]);
int64_t host_clock_ms(void);
uint64_t host_random_u64(void);

/* Rewords the engine's message in text as V8 words it, or puts the mark in front; needs
 * HOST_ERROR_ROOM bytes of room behind the text. */
void host_error_text(char *text, size_t room, bool is_syntax);
/* Where the last syntax error was; line and column count from 1. */
void host_error_position(int line, int column);
bool host_error_last_position(int *ret_line, int *ret_column);

#endif
