#include "proto/claimer.h"

#include <stdlib.h>

struct wp_claimer {
	struct wp_store *store;
	const enum wp_state *states;
	size_t state_count;
	wp_claimer_room_fn *room;
	wp_claimer_fn *fn;
	void *arg;
	struct wp_timer *timer;
	size_t next;         /* the state asked for next in this round */
	enum wp_state state; /* of the claim under way */
	bool under_way;      /* until its batons are delivered: one claim at a time, so that room is
				never promised twice */
	bool more;           /* this round may have left something due behind */
	bool again;          /* room came free meanwhile */
	bool running;
	bool freed; /* while a claim was under way: its answer frees */
};

static void ask(struct wp_claimer *claimer);

/* fn may stop or free the claimer, or say that room came free. */
static void deliver(struct wp_claimer *claimer, const struct wp_claimed *claimed, size_t count)
{
	for (size_t i = 0; i < count && !claimer->freed; i++) {
		struct wp_baton baton = {
			.id = claimed[i].id,
			.state = claimer->state,
			.fence = claimed[i].fence,
			.attempt = claimed[i].attempt,
		};
		claimer->fn(claimer->arg, &baton);
	}
}

static void on_claimed(void *arg, int status, const struct wp_claimed *claimed, size_t count)
{
	struct wp_claimer *claimer = arg;

	if (status == 0) {
		/* Fewer than asked for is no proof that nothing is left: some come alone. */
		claimer->more |= count > 0;
		deliver(claimer, claimed, count);
	}
	claimer->under_way = false;
	if (claimer->freed)
		free(claimer);
	else
		ask(claimer);
}

/* Sends the claim of the next state of this round that there is room for. */
static bool ask_next(struct wp_claimer *claimer)
{
	while (claimer->next < claimer->state_count) {
		enum wp_state state = claimer->states[claimer->next++];
		size_t room = claimer->running ? claimer->room(claimer->arg, state) : 0;

		if (room == 0) {
			claimer->more = true;
			continue;
		}
		if (wp_store_claim(claimer->store, state, (int64_t)room, on_claimed, claimer) != 0)
			continue;
		claimer->state = state;
		claimer->under_way = true;
		return true;
	}
	return false;
}

static void begin_round(struct wp_claimer *claimer)
{
	claimer->next = 0;
	claimer->more = false;
	claimer->again = false;
}

/* Goes on with the round; at its end with another one, if room came free for what it left. */
static void ask(struct wp_claimer *claimer)
{
	if (ask_next(claimer) || !claimer->again || !claimer->more)
		return;
	begin_round(claimer);
	ask_next(claimer);
}

static void start_round(void *arg)
{
	struct wp_claimer *claimer = arg;

	if (claimer->under_way || !claimer->running)
		return;
	begin_round(claimer);
	ask_next(claimer);
}

struct wp_claimer *wp_claimer_new(struct wp_loop *loop, struct wp_store *store,
	const enum wp_state *states, size_t state_count, wp_claimer_room_fn *room,
	wp_claimer_fn *fn, void *arg)
{
	struct wp_claimer *claimer = calloc(1, sizeof *claimer);

	if (claimer == NULL)
		return NULL;
	*claimer = (struct wp_claimer){
		.store = store,
		.states = states,
		.state_count = state_count,
		.room = room,
		.fn = fn,
		.arg = arg,
		.timer = wp_timer_new(loop, start_round, claimer),
	};
	if (claimer->timer == NULL) {
		free(claimer);
		return NULL;
	}
	return claimer;
}

void wp_claimer_start(struct wp_claimer *claimer)
{
	claimer->running = true;
	wp_timer_start(claimer->timer, 0, WP_CLAIM_INTERVAL_MS);
}

void wp_claimer_stop(struct wp_claimer *claimer)
{
	claimer->running = false;
	wp_timer_stop(claimer->timer);
}

void wp_claimer_more(struct wp_claimer *claimer)
{
	if (claimer->under_way)
		claimer->again = true;
	else if (claimer->more)
		start_round(claimer);
}

void wp_claimer_free(struct wp_claimer *claimer)
{
	if (claimer == NULL)
		return;
	wp_timer_free(claimer->timer);
	claimer->running = false;
	claimer->freed = true;
	if (!claimer->under_way)
		free(claimer);
}
