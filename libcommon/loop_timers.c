#include "libcommon/loop_timers.h"

#include "libcommon/time.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define NOT_IN_HEAP SIZE_MAX

static void heap_place(struct wp_timers *timers, size_t index, struct wp_timer *timer)
{
	timers->heap[index] = timer;
	timer->heap_index = index;
}

/* Puts timer where index is free now, up or down to its place. */
static void heap_sift(struct wp_timers *timers, size_t index, struct wp_timer *timer)
{
	struct wp_timer **heap = timers->heap;

	while (index > 0 && heap[(index - 1) / 2]->due_us > timer->due_us) {
		heap_place(timers, index, heap[(index - 1) / 2]);
		index = (index - 1) / 2;
	}
	for (;;) {
		size_t child = 2 * index + 1;

		if (child + 1 < timers->heap_count && heap[child + 1]->due_us < heap[child]->due_us)
			child++;
		if (child >= timers->heap_count || heap[child]->due_us >= timer->due_us)
			break;
		heap_place(timers, index, heap[child]);
		index = child;
	}
	heap_place(timers, index, timer);
}

static void heap_add(struct wp_timers *timers, struct wp_timer *timer)
{
	timers->heap_count++;
	heap_sift(timers, timers->heap_count - 1, timer);
}

static void heap_remove(struct wp_timers *timers, struct wp_timer *timer)
{
	size_t index = timer->heap_index;
	struct wp_timer *last = timers->heap[--timers->heap_count];

	timer->heap_index = NOT_IN_HEAP;
	if (last != timer)
		heap_sift(timers, index, last);
}

static void ring_init(struct wp_timer *head)
{
	head->next = head->previous = head;
}

static bool ring_is_empty(const struct wp_timer *head)
{
	return head->next == head;
}

static void ring_append(struct wp_timer *head, struct wp_timer *timer)
{
	timer->previous = head->previous;
	timer->next = head;
	head->previous->next = timer;
	head->previous = timer;
}

static void ring_remove(struct wp_timer *timer)
{
	timer->previous->next = timer->next;
	timer->next->previous = timer->previous;
	ring_init(timer);
}

static void ring_move(struct wp_timer *to, struct wp_timer *from)
{
	ring_init(to);
	if (ring_is_empty(from))
		return;
	to->next = from->next;
	to->previous = from->previous;
	to->next->previous = to;
	to->previous->next = to;
	ring_init(from);
}

static void fire(struct wp_timer *timer)
{
	wp_timer_fn *fn = timer->fn;
	void *arg = timer->arg;

	if (timer->once)
		wp_timer_free(timer);
	fn(arg);
}

void wp_timers_expire(struct wp_timers *timers)
{
	uint64_t expirations;
	int64_t now_us = wp_time_monotonic_us();

	if (read(timers->fd, &expirations, sizeof expirations) < 0)
		return;
	timers->armed_us = INT64_MAX;
	while (timers->heap_count > 0 && timers->heap[0]->due_us <= now_us) {
		struct wp_timer *timer = timers->heap[0];

		heap_remove(timers, timer);
		if (timer->period_us > 0) {
			/* Times that were missed are left out. */
			timer->due_us += timer->period_us;
			if (timer->due_us <= now_us)
				timer->due_us = now_us + timer->period_us;
			heap_add(timers, timer);
		}
		fire(timer);
	}
}

/* Those that become due soon by these callbacks wait for the next turn: descriptors must not
 * starve. */
static void run_soon(struct wp_timers *timers)
{
	struct wp_timer batch;

	ring_move(&batch, &timers->soon);
	while (!ring_is_empty(&batch)) {
		struct wp_timer *timer = batch.next;

		ring_remove(timer);
		if (timer->period_us > 0) {
			timer->due_us = wp_time_monotonic_us() + timer->period_us;
			heap_add(timers, timer);
		}
		fire(timer);
	}
}

/* A setting that is earlier than needed is left: one wake-up in vain costs less than a system call
 * for each timer that is put off. */
static void arm(struct wp_timers *timers)
{
	struct itimerspec when = { 0 };
	int64_t due_us = timers->heap_count > 0 ? timers->heap[0]->due_us : INT64_MAX;

	if (!ring_is_empty(&timers->soon))
		due_us = 1;
	if (due_us >= timers->armed_us)
		return;
	timers->armed_us = due_us;
	when.it_value.tv_sec = due_us / 1000000;
	when.it_value.tv_nsec = due_us % 1000000 * 1000;
	timerfd_settime(timers->fd, TFD_TIMER_ABSTIME, &when, NULL);
}

void wp_timers_end_turn(struct wp_timers *timers)
{
	run_soon(timers);
	timers->in_turn = false;
	arm(timers);
}

int wp_timers_open(struct wp_timers *timers)
{
	ring_init(&timers->soon);
	timers->armed_us = INT64_MAX;
	timers->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	return timers->fd < 0 ? -errno : 0;
}

void wp_timers_close(struct wp_timers *timers)
{
	while (!ring_is_empty(&timers->soon)) {
		struct wp_timer *timer = timers->soon.next;

		ring_remove(timer);
		if (timer->once)
			wp_timer_free(timer);
	}
	if (timers->fd >= 0)
		close(timers->fd);
	free(timers->heap);
}

static int reserve(struct wp_timers *timers)
{
	if (timers->timer_count == timers->heap_capacity) {
		size_t capacity = timers->heap_capacity == 0 ? 16 : 2 * timers->heap_capacity;
		struct wp_timer **heap =
			realloc(timers->heap, capacity * sizeof(struct wp_timer *));

		if (heap == NULL)
			return -ENOMEM;
		timers->heap = heap;
		timers->heap_capacity = capacity;
	}
	timers->timer_count++;
	return 0;
}

struct wp_timer *wp_timer_new(struct wp_loop *loop, wp_timer_fn *fn, void *arg)
{
	struct wp_timer *timer = calloc(1, sizeof *timer);

	if (timer == NULL)
		return NULL;
	timer->timers = wp_loop_timers(loop);
	if (reserve(timer->timers) < 0) {
		free(timer);
		return NULL;
	}
	timer->fn = fn;
	timer->arg = arg;
	timer->heap_index = NOT_IN_HEAP;
	ring_init(timer);
	return timer;
}

void wp_timer_start(struct wp_timer *timer, int64_t delay_ms, int64_t period_ms)
{
	struct wp_timers *timers = timer->timers;

	wp_timer_stop(timer);
	timer->period_us = period_ms * 1000;
	if (delay_ms > 0) {
		timer->due_us = wp_time_monotonic_us() + delay_ms * 1000;
		heap_add(timers, timer);
	} else {
		ring_append(&timers->soon, timer);
	}
	if (!timers->in_turn)
		arm(timers);
}

void wp_timer_stop(struct wp_timer *timer)
{
	if (timer->heap_index != NOT_IN_HEAP)
		heap_remove(timer->timers, timer);
	ring_remove(timer);
}

void wp_timer_free(struct wp_timer *timer)
{
	if (timer == NULL)
		return;
	wp_timer_stop(timer);
	timer->timers->timer_count--;
	free(timer);
}

int wp_loop_defer(struct wp_loop *loop, wp_timer_fn *fn, void *arg)
{
	struct wp_timer *timer = wp_timer_new(loop, fn, arg);

	if (timer == NULL)
		return -ENOMEM;
	timer->once = true;
	wp_timer_start(timer, 0, 0);
	return 0;
}
