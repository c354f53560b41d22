#include "services/payment-verifier/retry.h"

#include <stdlib.h>

struct retry {
	struct retries *retries;
	struct retry *next, **link;
	struct wp_timer *timer;
	struct wp_baton baton;
};

struct retries {
	struct wp_loop *loop;
	retry_fn *fn;
	void *arg;
	struct retry *first;
	size_t count;
};

static void unlink_one(struct retry *retry)
{
	*retry->link = retry->next;
	if (retry->next != NULL)
		retry->next->link = retry->link;
	retry->retries->count--;
	wp_timer_free(retry->timer);
	free(retry);
}

static void on_due(void *arg)
{
	struct retry *retry = arg;
	struct retries *retries = retry->retries;
	struct wp_baton baton = retry->baton;

	unlink_one(retry);
	retries->fn(retries->arg, &baton);
}

struct retries *retry_new(struct wp_loop *loop, retry_fn *fn, void *arg)
{
	struct retries *retries = calloc(1, sizeof *retries);

	if (retries == NULL)
		return NULL;
	*retries = (struct retries){ .loop = loop, .fn = fn, .arg = arg };
	return retries;
}

void retry_add(struct retries *retries, const struct wp_baton *baton, int64_t delay_ms)
{
	struct retry *retry = calloc(1, sizeof *retry);

	if (retry == NULL)
		return;
	retry->timer = wp_timer_new(retries->loop, on_due, retry);
	if (retry->timer == NULL) {
		free(retry);
		return;
	}
	retry->retries = retries;
	retry->baton = *baton;
	retry->next = retries->first;
	retry->link = &retries->first;
	if (retry->next != NULL)
		retry->next->link = &retry->next;
	retries->first = retry;
	retries->count++;
	wp_timer_start(retry->timer, delay_ms, 0);
}

size_t retry_count(const struct retries *retries)
{
	return retries->count;
}

void retry_free(struct retries *retries)
{
	if (retries == NULL)
		return;
	while (retries->first != NULL)
		unlink_one(retries->first);
	free(retries);
}
