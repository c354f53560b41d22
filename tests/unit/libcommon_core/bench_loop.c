/* bench_loop - what one event costs by three ways to wait: zloop with its own poll items and
 * timers, zloop with everything else behind one epoll descriptor (loop.c), and plain epoll. Each
 * round is one message over a socket pair; a share of the rounds also restarts a timer and toggles
 * the interest of a descriptor. Prints microseconds per round. */
#include "libcommon/loop.h"
#include "libcommon/time.h"

#include <czmq.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROUNDS 100000
#define IDLE   100 /* descriptors and timers that only exist */
#define TOGGLE 4   /* every so many rounds */

static int pair[2];
static int idle[IDLE][2];
static long rounds;

static void ping(void)
{
	(void)!write(pair[1], "x", 1);
}

static bool pong(void)
{
	char byte;

	(void)!read(pair[0], &byte, 1);
	ping();
	return ++rounds < ROUNDS;
}

static void report(const char *name, int64_t start_us)
{
	printf("%-28s %6.2f us/round\n", name,
		(double)(wp_time_monotonic_us() - start_us) / ROUNDS);
}

/* ---- zloop alone ---- */

static int timer_id;

static int on_never(zloop_t *zloop, int id, void *arg)
{
	(void)zloop;
	(void)id;
	(void)arg;
	return 0;
}

static int on_idle_item(zloop_t *zloop, zmq_pollitem_t *item, void *arg)
{
	(void)zloop;
	(void)item;
	(void)arg;
	return 0;
}

static int on_item(zloop_t *zloop, zmq_pollitem_t *item, void *arg)
{
	(void)item;
	(void)arg;
	if (!pong())
		return -1;
	if (rounds % TOGGLE == 0) {
		zmq_pollitem_t other = { .fd = idle[0][0], .events = ZMQ_POLLIN };

		zloop_poller_end(zloop, &other);
		zloop_poller(zloop, &other, on_idle_item, NULL);
		zloop_timer_end(zloop, timer_id);
		timer_id = zloop_timer(zloop, 60000, 1, on_never, NULL);
	}
	return 0;
}

static void bench_zloop(void)
{
	zloop_t *zloop = zloop_new();
	zmq_pollitem_t item = { .fd = pair[0], .events = ZMQ_POLLIN };

	zloop_set_nonstop(zloop, true);
	for (int i = 0; i < IDLE; i++) {
		zmq_pollitem_t other = { .fd = idle[i][0], .events = ZMQ_POLLIN };

		zloop_poller(zloop, &other, on_idle_item, NULL);
		timer_id = zloop_timer(zloop, 60000, 1, on_never, NULL);
	}
	zloop_poller(zloop, &item, on_item, NULL);
	rounds = 0;
	int64_t start_us = wp_time_monotonic_us();
	zloop_start(zloop);
	report("zloop, poll items, timers", start_us);
	zloop_destroy(&zloop);
}

/* ---- loop.c ---- */

static struct wp_loop *loop;
static struct wp_timer *timer;
static struct wp_watch *toggled;

static void on_timer(void *arg)
{
	(void)arg;
}

static void on_idle_watch(void *arg, unsigned events)
{
	(void)arg;
	(void)events;
}

static void on_watch(void *arg, unsigned events)
{
	(void)arg;
	(void)events;
	if (!pong())
		wp_loop_stop(loop);
	if (rounds % TOGGLE == 0) {
		wp_watch_set(toggled, 0);
		wp_watch_set(toggled, WP_LOOP_READ);
		wp_timer_start(timer, 60000, 0);
	}
}

static void bench_loop(void)
{
	struct wp_watch *watches[IDLE];
	struct wp_timer *timers[IDLE];

	loop = wp_loop_new();
	for (int i = 0; i < IDLE; i++) {
		watches[i] = wp_watch_new(loop, idle[i][0], WP_LOOP_READ, on_idle_watch, NULL);
		timers[i] = wp_timer_new(loop, on_timer, NULL);
		wp_timer_start(timers[i], 60000, 0);
	}
	struct wp_watch *watch = wp_watch_new(loop, pair[0], WP_LOOP_READ, on_watch, NULL);
	toggled = watches[0];
	timer = timers[0];
	rounds = 0;
	int64_t start_us = wp_time_monotonic_us();
	wp_loop_run(loop);
	report("loop.c (zloop over epoll)", start_us);
	wp_watch_free(watch);
	for (int i = 0; i < IDLE; i++) {
		wp_watch_free(watches[i]);
		wp_timer_free(timers[i]);
	}
	wp_loop_free(loop);
}

/* ---- epoll alone, no timers: the floor ---- */

static void bench_epoll(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	int fd = epoll_create1(EPOLL_CLOEXEC);

	for (int i = 0; i < IDLE; i++)
		epoll_ctl(fd, EPOLL_CTL_ADD, idle[i][0], &event);
	epoll_ctl(fd, EPOLL_CTL_ADD, pair[0], &event);
	rounds = 0;
	int64_t start_us = wp_time_monotonic_us();
	do {
		struct epoll_event ready[64];

		epoll_wait(fd, ready, 64, -1);
		if (rounds % TOGGLE == 0) {
			epoll_ctl(fd, EPOLL_CTL_DEL, idle[0][0], &event);
			epoll_ctl(fd, EPOLL_CTL_ADD, idle[0][0], &event);
		}
	} while (pong());
	report("epoll, no timers (floor)", start_us);
	close(fd);
}

int main(void)
{
	zsys_handler_set(NULL);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) < 0)
		return EXIT_FAILURE;
	for (int i = 0; i < IDLE; i++)
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, idle[i]) < 0)
			return EXIT_FAILURE;
	ping();
	bench_zloop();
	bench_loop();
	bench_epoll();
	return EXIT_SUCCESS;
}
