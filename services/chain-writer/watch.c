#include "services/chain-writer/watch.h"

void watch_count(struct watch *watch, uint64_t latest, size_t unmined, int64_t now_ms)
{
	bool is_still = watch->counted && unmined > 0 && latest <= watch->latest &&
			now_ms - watch->still_to_ms <= WATCH_GAP_MS;

	if (!is_still)
		watch->still_from_ms = now_ms;
	watch->still_to_ms = now_ms;
	watch->latest = latest;
	watch->counted = true;
}

void watch_send(struct watch *watch, bool starved, int64_t now_ms)
{
	if (!starved || !watch->starved)
		watch->starved_from_ms = now_ms;
	watch->starved_to_ms = now_ms;
	watch->starved = starved;
}

int64_t watch_still_ms(const struct watch *watch)
{
	return watch->still_to_ms - watch->still_from_ms;
}

int64_t watch_starved_ms(const struct watch *watch)
{
	return watch->starved ? watch->starved_to_ms - watch->starved_from_ms : 0;
}
