#include "services/chain-writer/fees.h"

#include <stdio.h>
#include <string.h>

static struct wp_amount at_most(const struct wp_amount *value, const struct wp_amount *limit)
{
	return wp_amount_compare(value, limit) <= 0 ? *value : *limit;
}

static struct wp_amount at_least(const struct wp_amount *value, const struct wp_amount *limit)
{
	return wp_amount_compare(value, limit) >= 0 ? *value : *limit;
}

struct fees fees_suggest(const struct wp_amount *base_fee, const struct wp_amount *tip,
	const struct wp_amount *ceiling)
{
	struct wp_amount twice, sum;
	struct fees fees = { .max_fee = *ceiling };

	if (wp_amount_add(&twice, base_fee, base_fee) && wp_amount_add(&sum, &twice, tip))
		fees.max_fee = at_most(&sum, ceiling);
	fees.priority_fee = at_most(tip, &fees.max_fee);
	return fees;
}

/* ceil(value / 10) by long division over the big-endian bytes. */
static struct wp_amount tenth_up(const struct wp_amount *value)
{
	uint8_t bytes[32];
	unsigned rest = 0;

	wp_amount_to_be(bytes, value);
	for (size_t i = 0; i < sizeof bytes; i++) {
		unsigned part = rest * 256 + bytes[i];
		bytes[i] = (uint8_t)(part / (100 / FEES_BUMP_PERCENT));
		rest = part % (100 / FEES_BUMP_PERCENT);
	}
	struct wp_amount tenth = wp_amount_from_be(bytes);
	struct wp_amount one = wp_amount_from_u64(rest > 0 ? 1 : 0);
	wp_amount_add(&tenth, &tenth, &one);
	return tenth;
}

static bool raise(struct wp_amount *ret_value, const struct wp_amount *old)
{
	struct wp_amount tenth = tenth_up(old);
	struct wp_amount one = wp_amount_from_u64(1);

	/* Ten percent of nothing is nothing, which replaces nothing. */
	if (wp_amount_is_zero(old))
		tenth = one;
	return wp_amount_add(ret_value, old, &tenth);
}

bool fees_bump(struct fees *ret_fees, const struct fees *old, const struct fees *suggestion,
	const struct wp_amount *ceiling)
{
	struct fees bumped;

	if (!raise(&bumped.max_fee, &old->max_fee) ||
		!raise(&bumped.priority_fee, &old->priority_fee) ||
		wp_amount_compare(&bumped.max_fee, ceiling) > 0)
		return false;
	bumped.max_fee = at_least(&bumped.max_fee, &suggestion->max_fee);
	bumped.max_fee = at_most(&bumped.max_fee, ceiling);
	bumped.priority_fee = at_least(&bumped.priority_fee, &suggestion->priority_fee);
	/* The tip may not exceed the whole; then the whole is what can be offered. */
	if (wp_amount_compare(&bumped.priority_fee, &bumped.max_fee) > 0)
		bumped.max_fee = bumped.priority_fee;
	if (wp_amount_compare(&bumped.max_fee, ceiling) > 0)
		return false;
	*ret_fees = bumped;
	return true;
}

char *fees_text(char text[static FEES_TEXT], const struct fees *fees)
{
	char max_fee[WP_AMOUNT_TEXT], priority_fee[WP_AMOUNT_TEXT];

	snprintf(text, FEES_TEXT, "%s/%s", wp_amount_text(max_fee, &fees->max_fee),
		wp_amount_text(priority_fee, &fees->priority_fee));
	return text;
}
