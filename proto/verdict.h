/* verdict.h - the verdicts and what follows from them: one table (SPEC §2). */
#ifndef WP_VERDICT_H
#define WP_VERDICT_H

#include <stdbool.h>

/* clang-format off */
/*      name              number in receipts, money kept, what is attested, sentence */
#define WP_VERDICTS(X) \
	X(VALID,            1, true,  WP_ATTEST_TRUE,       "the output hash equals expectedHash") \
	X(INVALID,          2, true,  WP_ATTEST_FALSE,      "it ran and the output hash differs") \
	X(COMPUTED,         3, true,  WP_ATTEST_ON_REQUEST, "no expectedHash was given: here is the hash") \
	X(NONDETERMINISTIC, 4, true,  WP_ATTEST_NEVER,      "two runs under different conditions differ") \
	X(ERROR,            5, true,  WP_ATTEST_ON_REQUEST, "the program failed") \
	X(TIMEOUT,          6, true,  WP_ATTEST_ON_REQUEST, "it used up its own CPU time") \
	X(FAILED,           7, false, WP_ATTEST_NEVER,      "we failed: refunded")
/* clang-format on */

enum wp_attest_rule {
	WP_ATTEST_TRUE,
	WP_ATTEST_FALSE,
	WP_ATTEST_ON_REQUEST, /* false, when `attest` asks for it; a failed run also needs an
			       * expectedHash, and TRAP is never attested */
	WP_ATTEST_NEVER
};

enum wp_verdict {
	WP_VERDICT_NONE,
#define X(name, number, kept, rule, sentence) WP_VERDICT_##name = (number),
	WP_VERDICTS(X)
#undef X
};

const char *wp_verdict_text(enum wp_verdict verdict); /* "VALID"; "" for NONE */
enum wp_verdict wp_verdict_parse(const char *text);   /* NONE when unknown */
bool wp_verdict_is_charged(enum wp_verdict verdict);
enum wp_attest_rule wp_verdict_rule(enum wp_verdict verdict);
const char *wp_verdict_sentence(enum wp_verdict verdict);

/* Is this verdict written on the chain in a transaction of its own? attest: "receipt", "batched",
 * "direct" or "" (the default: direct for VALID and INVALID). error_code: "TRAP" … or "". */
bool wp_verdict_attested(
	enum wp_verdict verdict, const char *attest, bool has_expected, const char *error_code);

#endif
