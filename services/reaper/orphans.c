#include "services/reaper/orphans.h"

#include "libcommon/base.h"

#include <string.h>

#define ID_LENGTH  (WP_ID_TEXT - 1)
#define DIGITS_MAX 9 /* attempts below 10^9 */

static bool parse_attempt(uint32_t *ret_attempt, const char *text)
{
	size_t length = strspn(text, "0123456789");
	uint32_t attempt = 0;

	if (length == 0 || length > DIGITS_MAX || text[length] != '\0' || text[0] == '0')
		return false;
	for (size_t i = 0; i < length; i++)
		attempt = attempt * 10 + (uint32_t)(text[i] - '0');
	*ret_attempt = attempt;
	return true;
}

bool orphans_parse_name(struct wp_id *ret_id, uint32_t *ret_attempt, const char *name)
{
	char id_text[WP_ID_TEXT];
	struct wp_id id;

	if (strlen(name) < ID_LENGTH + 2 || name[ID_LENGTH] != ':')
		return false;
	memcpy(id_text, name, ID_LENGTH);
	id_text[ID_LENGTH] = '\0';
	if (wp_id_parse(&id, id_text) < 0 || !parse_attempt(ret_attempt, name + ID_LENGTH + 1))
		return false;
	*ret_id = id;
	return true;
}

static const struct wp_slot *find_slot(
	const struct wp_slot *slots, size_t count, const struct wp_id *id, uint32_t attempt)
{
	for (size_t i = 0; i < count; i++) {
		if (slots[i].attempt == attempt && wp_id_equal(&slots[i].id, id))
			return &slots[i];
	}
	return NULL;
}

enum orphans_fate orphans_fate_of(const char *name, int64_t age_ms, const struct wp_slot *slots,
	size_t slot_count, int64_t grace_ms)
{
	struct wp_id id;
	uint32_t attempt;

	if (!orphans_parse_name(&id, &attempt, name))
		return ORPHANS_UNKNOWN;
	const struct wp_slot *slot = find_slot(slots, slot_count, &id, attempt);

	if (slot != NULL)
		return slot->overdue_ms > grace_ms ? ORPHANS_OVERDUE : ORPHANS_KEEP;
	return age_ms < ORPHANS_YOUNG_MS ? ORPHANS_KEEP : ORPHANS_NO_SLOT;
}

const char *orphans_fate_text(enum orphans_fate fate)
{
	switch (fate) {
	case ORPHANS_KEEP:
	case ORPHANS_UNKNOWN:
		return "";
	case ORPHANS_NO_SLOT:
		return "no-slot";
	case ORPHANS_OVERDUE:
		return "overdue";
	}
	return "";
}
