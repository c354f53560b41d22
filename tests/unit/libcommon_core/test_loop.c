/* loop.c, loop_timers.c: what a callback may do, and that nothing is called after its end. */
#include "support.h"

#include "libcommon/time.h"

#include <czmq.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define LIMIT_MS 10000

struct fixture {
	struct wp_loop *loop;
	struct wp_watch *watch[2];
	struct wp_timer *timer[3];
	int calls[3];
	int order[8];
	int order_count;
	unsigned events;
	int fd;
};

static void note(struct fixture *f, int what)
{
	f->order[f->order_count++] = what;
}

static void stop(void *arg)
{
	wp_loop_stop(((struct fixture *)arg)->loop);
}

static void make_pair(int fds[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
}

/* ---- timers ---- */

static void on_first(void *arg)
{
	note(arg, 1);
}

static void on_second(void *arg)
{
	note(arg, 2);
}

static void on_third(void *arg)
{
	note(arg, 3);
	stop(arg);
}

static void timers_fire_in_the_order_of_their_times(void **state)
{
	struct fixture f = { .loop = wp_loop_new() };
	struct wp_timer *a = wp_timer_new(f.loop, on_first, &f);
	struct wp_timer *b = wp_timer_new(f.loop, on_second, &f);
	struct wp_timer *c = wp_timer_new(f.loop, on_third, &f);
	int64_t start_us = wp_time_monotonic_us();

	(void)state;
	wp_timer_start(c, 30, 0);
	wp_timer_start(a, 0, 0);
	wp_timer_start(b, 15, 0);
	test_run(f.loop, LIMIT_MS);
	assert_int_equal(f.order_count, 3);
	assert_int_equal(f.order[0], 1);
	assert_int_equal(f.order[1], 2);
	assert_int_equal(f.order[2], 3);
	assert_true(wp_time_monotonic_us() - start_us >= 30000);
	wp_timer_free(a);
	wp_timer_free(b);
	wp_timer_free(c);
	wp_loop_free(f.loop);
}

static void on_period(void *arg)
{
	struct fixture *f = arg;

	if (++f->calls[0] == 3) {
		wp_timer_free(f->timer[0]);
		f->timer[0] = NULL;
		wp_timer_start(f->timer[1], 10, 0);
	}
}

static void a_periodic_timer_repeats_until_it_frees_itself(void **state)
{
	struct fixture f = { .loop = wp_loop_new() };

	(void)state;
	f.timer[0] = wp_timer_new(f.loop, on_period, &f);
	f.timer[1] = wp_timer_new(f.loop, stop, &f);
	wp_timer_start(f.timer[0], 1, 2);
	test_run(f.loop, LIMIT_MS);
	assert_int_equal(f.calls[0], 3);
	wp_timer_free(f.timer[1]);
	wp_loop_free(f.loop);
}

static void on_stop_others(void *arg)
{
	struct fixture *f = arg;

	wp_timer_stop(f->timer[1]);
	wp_timer_free(f->timer[2]);
	wp_timer_start(f->timer[0], 5, 0);
	if (++f->calls[0] == 2)
		wp_loop_stop(f->loop);
}

static void on_never(void *arg)
{
	((struct fixture *)arg)->calls[1]++;
}

static void timers_stopped_or_freed_by_another_do_not_fire(void **state)
{
	struct fixture f = { .loop = wp_loop_new() };

	(void)state;
	f.timer[0] = wp_timer_new(f.loop, on_stop_others, &f);
	f.timer[1] = wp_timer_new(f.loop, on_never, &f);
	f.timer[2] = wp_timer_new(f.loop, on_never, &f);
	for (int i = 0; i < 3; i++)
		wp_timer_start(f.timer[i], 0, 0);
	/* The second call would free timer 2 again. */
	f.calls[0] = 1;
	test_run(f.loop, LIMIT_MS);
	assert_int_equal(f.calls[1], 0);
	wp_timer_free(f.timer[0]);
	wp_timer_free(f.timer[1]);
	wp_loop_free(f.loop);
}

static void on_many(void *arg)
{
	struct fixture *f = arg;

	if (++f->calls[0] == 1000)
		wp_loop_stop(f->loop);
}

static void a_thousand_timers_fire_once_each(void **state)
{
	struct fixture f = { .loop = wp_loop_new() };
	struct wp_timer *timers[1000];

	(void)state;
	for (int i = 0; i < 1000; i++) {
		timers[i] = wp_timer_new(f.loop, on_many, &f);
		assert_non_null(timers[i]);
		wp_timer_start(timers[i], 1 + i * 7 % 20, 0);
	}
	test_run(f.loop, LIMIT_MS);
	assert_int_equal(f.calls[0], 1000);
	for (int i = 0; i < 1000; i++)
		wp_timer_free(timers[i]);
	wp_loop_free(f.loop);
}

/* ---- deferred calls ---- */

static void on_deferred(void *arg)
{
	struct fixture *f = arg;

	note(f, 2);
	if (++f->calls[0] < 3)
		assert_int_equal(wp_loop_defer(f->loop, on_deferred, f), 0);
	else
		wp_loop_stop(f->loop);
}

static void on_defers(void *arg)
{
	struct fixture *f = arg;

	assert_int_equal(wp_loop_defer(f->loop, on_deferred, f), 0);
	note(f, 1);
}

static void a_deferred_call_comes_after_the_current_callback(void **state)
{
	struct fixture f = { .loop = wp_loop_new() };

	(void)state;
	f.timer[0] = wp_timer_new(f.loop, on_defers, &f);
	wp_timer_start(f.timer[0], 1, 0);
	test_run(f.loop, LIMIT_MS);
	assert_int_equal(f.order[0], 1);
	assert_int_equal(f.order[1], 2);
	assert_int_equal(f.calls[0], 3);
	wp_timer_free(f.timer[0]);
	wp_loop_free(f.loop);
}

static void deferred_calls_that_never_ran_are_freed_with_the_loop(void **state)
{
	struct fixture f = { .loop = wp_loop_new() };

	(void)state;
	assert_int_equal(wp_loop_defer(f.loop, on_never, &f), 0);
	wp_loop_free(f.loop);
	assert_int_equal(f.calls[1], 0);
}

/* ---- descriptors ---- */

static void on_ready(void *arg, unsigned events)
{
	struct fixture *f = arg;

	f->events |= events;
	f->calls[0]++;
	wp_loop_stop(f->loop);
}

static void events_are_told_as_asked_for(void **state)
{
	struct fixture f = { .loop = wp_loop_new() };
	int fds[2];

	(void)state;
	make_pair(fds);
	f.watch[0] = wp_watch_new(f.loop, fds[0], WP_LOOP_WRITE, on_ready, &f);
	assert_non_null(f.watch[0]);
	assert_int_equal(write(fds[1], "x", 1), 1);
	test_run(f.loop, LIMIT_MS);
	assert_int_equal(f.events, WP_LOOP_WRITE);

	f.events = 0;
	wp_watch_set(f.watch[0], WP_LOOP_READ);
	test_run(f.loop, LIMIT_MS);
	assert_int_equal(f.events, WP_LOOP_READ);

	wp_watch_free(f.watch[0]);
	close(fds[0]);
	close(fds[1]);
	wp_loop_free(f.loop);
}

static void on_hangup_first(void *arg, unsigned events)
{
	struct fixture *f = arg;

	f->events = events;
	note(f, 3);
	wp_loop_stop(f->loop);
}

static void on_close_peer(void *arg)
{
	struct fixture *f = arg;

	note(f, 1);
	shutdown(f->fd, SHUT_WR);
}

static void hangup_alone_is_not_woken_by_data(void **state)
{
	struct fixture f = { .loop = wp_loop_new() };
	int fds[2];

	(void)state;
	make_pair(fds);
	f.fd = fds[1];
	assert_int_equal(write(fds[1], "x", 1), 1);
	f.watch[0] = wp_watch_new(f.loop, fds[0], WP_LOOP_HANGUP, on_hangup_first, &f);
	f.timer[0] = wp_timer_new(f.loop, on_close_peer, &f);
	wp_timer_start(f.timer[0], 20, 0);
	test_run(f.loop, LIMIT_MS);
	assert_int_equal(f.order_count, 2);
	assert_int_equal(f.order[0], 1);
	assert_int_equal(f.events, WP_LOOP_HANGUP);
	wp_timer_free(f.timer[0]);
	wp_watch_free(f.watch[0]);
	close(fds[0]);
	close(fds[1]);
	wp_loop_free(f.loop);
}

static void a_watch_without_events_is_silent_even_after_a_hangup(void **state)
{
	struct fixture f = { .loop = wp_loop_new() };
	int fds[2];

	(void)state;
	make_pair(fds);
	close(fds[1]);
	f.watch[0] = wp_watch_new(f.loop, fds[0], 0, on_ready, &f);
	f.timer[0] = wp_timer_new(f.loop, stop, &f);
	wp_timer_start(f.timer[0], 20, 0);
	test_run(f.loop, LIMIT_MS);
	assert_int_equal(f.calls[0], 0);
	wp_watch_set(f.watch[0], WP_LOOP_READ | WP_LOOP_WRITE);
	test_run(f.loop, LIMIT_MS);
	assert_int_equal(f.events, WP_LOOP_READ | WP_LOOP_WRITE);
	wp_timer_free(f.timer[0]);
	wp_watch_free(f.watch[0]);
	close(fds[0]);
	wp_loop_free(f.loop);
}

/* Both are ready in one turn: whoever is called first frees both. */
static void on_free_both(void *arg, unsigned events)
{
	struct fixture *f = arg;

	(void)events;
	f->calls[0]++;
	wp_watch_free(f->watch[0]);
	wp_watch_free(f->watch[1]);
	wp_timer_start(f->timer[0], 10, 0);
}

static void a_watch_freed_in_the_same_turn_is_not_called(void **state)
{
	struct fixture f = { .loop = wp_loop_new() };
	int fds[2];

	(void)state;
	make_pair(fds);
	f.timer[0] = wp_timer_new(f.loop, stop, &f);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(write(fds[i], "x", 1), 1);
		f.watch[i] = wp_watch_new(f.loop, fds[i], WP_LOOP_READ, on_free_both, &f);
	}
	test_run(f.loop, LIMIT_MS);
	assert_int_equal(f.calls[0], 1);
	wp_timer_free(f.timer[0]);
	close(fds[0]);
	close(fds[1]);
	wp_loop_free(f.loop);
}

static void a_descriptor_that_cannot_be_watched_is_refused(void **state)
{
	struct wp_loop *loop = wp_loop_new();

	(void)state;
	errno = 0;
	assert_null(wp_watch_new(loop, 9999, WP_LOOP_READ, on_ready, NULL));
	assert_int_equal(errno, EBADF);
	wp_loop_free(loop);
}

/* ---- sockets, signals, stopping ---- */

struct sockets {
	struct wp_loop *loop;
	zsock_t *pull;
	struct wp_watch *watch;
	int received;
};

static void on_messages(void *arg, unsigned events)
{
	struct sockets *s = arg;
	char data[8];

	(void)events;
	while (zmq_recv(zsock_resolve(s->pull), data, sizeof data, ZMQ_DONTWAIT) >= 0)
		s->received++;
	if (s->received == 1000) {
		wp_watch_free(s->watch);
		wp_loop_stop(s->loop);
	}
}

static void zeromq_messages_arrive_and_the_watch_may_free_itself(void **state)
{
	struct sockets s = { .loop = wp_loop_new() };
	zsock_t *push;

	(void)state;
	s.pull = zsock_new(ZMQ_PULL);
	assert_int_equal(zsock_bind(s.pull, "inproc://core-loop"), 0);
	push = zsock_new(ZMQ_PUSH);
	assert_int_equal(zsock_connect(push, "inproc://core-loop"), 0);
	s.watch = wp_watch_socket_new(s.loop, s.pull, on_messages, &s);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(zmq_send(zsock_resolve(push), "x", 1, 0), 1);
	test_run(s.loop, LIMIT_MS);
	assert_int_equal(s.received, 1000);
	zsock_destroy(&push);
	zsock_destroy(&s.pull);
	wp_loop_free(s.loop);
}

static volatile sig_atomic_t alarms;

static void on_alarm(int number)
{
	(void)number;
	alarms++;
}

static void signals_do_not_end_the_loop(void **state)
{
	struct fixture f = { .loop = wp_loop_new() };
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval every = { { 0, 2000 }, { 0, 2000 } };

	(void)state;
	/* The loop has nothing to do meanwhile, so that the signals interrupt its wait. */
	sigaction(SIGALRM, &action, NULL);
	assert_int_equal(setitimer(ITIMER_REAL, &every, NULL), 0);
	f.timer[0] = wp_timer_new(f.loop, stop, &f);
	wp_timer_start(f.timer[0], 100, 0);
	test_run(f.loop, LIMIT_MS);
	assert_int_equal(setitimer(ITIMER_REAL, &(struct itimerval){ 0 }, NULL), 0);
	assert_true(alarms > 10);
	wp_timer_free(f.timer[0]);
	wp_loop_free(f.loop);
}

static void a_stop_before_the_run_ends_it_at_once(void **state)
{
	struct fixture f = { .loop = wp_loop_new() };

	(void)state;
	wp_loop_stop(f.loop);
	assert_int_equal(wp_loop_run(f.loop), 0);
	wp_loop_free(f.loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timers_fire_in_the_order_of_their_times),
		cmocka_unit_test(a_periodic_timer_repeats_until_it_frees_itself),
		cmocka_unit_test(timers_stopped_or_freed_by_another_do_not_fire),
		cmocka_unit_test(a_thousand_timers_fire_once_each),
		cmocka_unit_test(a_deferred_call_comes_after_the_current_callback),
		cmocka_unit_test(deferred_calls_that_never_ran_are_freed_with_the_loop),
		cmocka_unit_test(events_are_told_as_asked_for),
		cmocka_unit_test(hangup_alone_is_not_woken_by_data),
		cmocka_unit_test(a_watch_without_events_is_silent_even_after_a_hangup),
		cmocka_unit_test(a_watch_freed_in_the_same_turn_is_not_called),
		cmocka_unit_test(a_descriptor_that_cannot_be_watched_is_refused),
		cmocka_unit_test(zeromq_messages_arrive_and_the_watch_may_free_itself),
		cmocka_unit_test(signals_do_not_end_the_loop),
		cmocka_unit_test(a_stop_before_the_run_ends_it_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
