#include "services/vm-orchestrator/waiting.h"

bool waiting_add(struct waiting *waiting, const struct wp_baton *baton, int64_t now_ms)
{
	if (waiting->count == WAITING_MAX)
		return false;
	waiting->ring[(waiting->first + waiting->count++) % WAITING_MAX] =
		(struct waiting_entry){ .baton = *baton, .since_ms = now_ms };
	return true;
}

bool waiting_take(struct waiting *waiting, struct wp_baton *ret_baton)
{
	if (waiting->count == 0)
		return false;
	*ret_baton = waiting->ring[waiting->first].baton;
	waiting->first = (waiting->first + 1) % WAITING_MAX;
	waiting->count--;
	return true;
}

bool waiting_take_long(struct waiting *waiting, int64_t now_ms, struct wp_baton *ret_baton)
{
	if (waiting->count == 0 ||
		now_ms - waiting->ring[waiting->first].since_ms < WAITING_LONG_MS)
		return false;
	return waiting_take(waiting, ret_baton);
}
