/* fees.h - EIP-1559 fees: what to offer, and how to raise an offer so that nodes replace it. Pure.
 */
#ifndef FEES_H
#define FEES_H

#include "libcommon/amount.h"

#define FEES_TEXT         (2 * WP_AMOUNT_TEXT)
#define FEES_BUMP_PERCENT 10 /* a replacement must offer so much more of both fees (geth) */

struct fees {
	struct wp_amount max_fee;      /* wei per gas */
	struct wp_amount priority_fee; /* wei per gas */
};

/* 2 * base + tip, so that it stays payable through six full blocks; no more than ceiling. */
struct fees fees_suggest(const struct wp_amount *base_fee, const struct wp_amount *tip,
	const struct wp_amount *ceiling);
/* ceil(110 %) of both, or the suggestion where that is more. False when the ceiling forbids it. */
bool fees_bump(struct fees *ret_fees, const struct fees *old, const struct fees *suggestion,
	const struct wp_amount *ceiling);
/* "max/priority" */
char *fees_text(char text[static FEES_TEXT], const struct fees *fees);

#endif
