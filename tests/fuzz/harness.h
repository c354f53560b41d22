/* harness.h - what every harness needs: bytes to decide with, checks that stay on in every build,
 * and the decode rate, printed at exit, so that a harness whose inputs are all refused shows. */
#ifndef WP_FUZZ_HARNESS_H
#define WP_FUZZ_HARNESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);            \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

static unsigned long fuzz_seen, fuzz_decoded;

static void fuzz_print_rate(void)
{
	fprintf(stderr, "decode rate: %lu of %lu inputs (%.1f %%)\n", fuzz_decoded, fuzz_seen,
		fuzz_seen ? 100.0 * (double)fuzz_decoded / (double)fuzz_seen : 0.0);
}

static inline void fuzz_count(bool decoded)
{
	if (fuzz_seen++ == 0)
		atexit(fuzz_print_rate);
	fuzz_decoded += decoded;
}

/* The rest of an input; reading past its end gives zeros. */
struct fuzz_bytes {
	const uint8_t *at, *end;
};

static inline uint8_t fuzz_byte(struct fuzz_bytes *bytes)
{
	return bytes->at < bytes->end ? *bytes->at++ : 0;
}

static inline size_t fuzz_left(const struct fuzz_bytes *bytes)
{
	return (size_t)(bytes->end - bytes->at);
}

/* At most size bytes; the number taken is *ret_size. */
static inline const uint8_t *fuzz_take(struct fuzz_bytes *bytes, size_t size, size_t *ret_size)
{
	const uint8_t *taken = bytes->at;
	*ret_size = size < fuzz_left(bytes) ? size : fuzz_left(bytes);
	bytes->at += *ret_size;
	return taken;
}

#endif
