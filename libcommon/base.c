#include "libcommon/base.h"

#include <string.h>

static const char *const domain_text[] = {
	[WP_E_FORMAT - WP_E_FIRST] = "malformed",
	[WP_E_RANGE - WP_E_FIRST] = "outside its limits",
	[WP_E_STALE - WP_E_FIRST] = "stale: somebody else moved on",
	[WP_E_FULL - WP_E_FIRST] = "capacity reached",
	[WP_E_CONFLICT - WP_E_FIRST] = "exists already with other content",
	[WP_E_GONE - WP_E_FIRST] = "no longer kept",
	[WP_E_UNKNOWN - WP_E_FIRST] = "outcome unknown",
	[WP_E_REFUSED - WP_E_FIRST] = "refused",
};
_Static_assert(WP_ARRAY_LEN(domain_text) == WP_E_LAST - WP_E_FIRST, "one text per domain error");

const char *wp_strerror(int error)
{
	int negative = error < 0 ? error : -error; /* has no overflow, even for INT_MIN */
	if (negative <= -WP_E_FIRST && negative > -WP_E_LAST)
		return domain_text[-negative - WP_E_FIRST];
	const char *text = negative > -WP_E_FIRST ? strerrordesc_np(-negative) : NULL;
	return text ? text : "unknown error";
}
