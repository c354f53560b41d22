/* loop_timers.h - the timers of one event loop: a heap of those that are due later behind one
 * timerfd, and a ring of those that are due at the end of the turn. For loop.c only. */
#ifndef WP_LOOP_TIMERS_H
#define WP_LOOP_TIMERS_H

#include "libcommon/loop.h"

#include <stddef.h>

struct wp_timer {
	struct wp_timer *next, *previous; /* in the ring, else itself */
	struct wp_timers *timers;
	wp_timer_fn *fn;
	void *arg;
	int64_t due_us;
	int64_t period_us;
	size_t heap_index;
	bool once; /* made by wp_loop_defer: freed when it fires */
};

struct wp_timers {
	int fd;
	bool in_turn;     /* then the descriptor is set once, at the end of the turn */
	int64_t armed_us; /* what the descriptor is set to; INT64_MAX: nothing */
	struct wp_timer **heap;
	size_t heap_count, heap_capacity;
	size_t timer_count;   /* heap_capacity is at least this, so that starting cannot fail */
	struct wp_timer soon; /* head of the ring */
};

int wp_timers_open(struct wp_timers *timers); /* 0 or -errno */
void wp_timers_close(struct wp_timers *timers);
/* The descriptor became readable: calls what is due. */
void wp_timers_expire(struct wp_timers *timers);
/* Calls the timers of the ring and sets the descriptor to the next due time. */
void wp_timers_end_turn(struct wp_timers *timers);
struct wp_timers *wp_loop_timers(struct wp_loop *loop);

#endif
