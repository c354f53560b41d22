/* loop.h - the one event loop of a daemon: descriptors, ZeroMQ sockets, timers, signals; built on
 * CZMQ's zloop. Callbacks run one at a time on the thread that called wp_loop_run and never block.
 */
#ifndef WP_LOOP_H
#define WP_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct wp_loop;
struct wp_watch;
struct wp_timer;

#define WP_LOOP_READ  1u
#define WP_LOOP_WRITE 2u
#define WP_LOOP_HANGUP                                                                             \
	4u /* the peer closed its side; asked for alone, waiting data does not wake */

/* events: READ|WRITE|HANGUP as asked for; errors and full hang-ups are told as all that was asked
 * for. */
typedef void wp_watch_fn(void *arg, unsigned events);
typedef void wp_timer_fn(void *arg);

struct wp_loop *wp_loop_new(void); /* NULL: no memory */
void wp_loop_free(struct wp_loop *loop);
/* Runs until wp_loop_stop, which ends the turn under way; before wp_loop_run it makes that return
 * at once. 0 or -errno. */
int wp_loop_run(struct wp_loop *loop);
void wp_loop_stop(struct wp_loop *loop);

/* A descriptor is watched by one watch at a time. events may be 0. NULL: errno says why. The
 * callback may change or free any watch, its own too; free the watch before closing its descriptor.
 */
struct wp_watch *wp_watch_new(
	struct wp_loop *loop, int fd, unsigned events, wp_watch_fn *fn, void *arg);
void wp_watch_set(struct wp_watch *watch, unsigned events);
void wp_watch_free(struct wp_watch *watch); /* does not close fd */

/* A ZeroMQ socket (zsock_t *), readable events only: fn must read until there is no more. Free the
 * watch before the socket. */
struct wp_watch *wp_watch_socket_new(struct wp_loop *loop, void *zsock, wp_watch_fn *fn, void *arg);

/* Timers are created stopped. A period of 0 fires once per wp_timer_start. A delay of 0 means soon:
 * at the end of the current turn, without a system call. The callback may restart or free any
 * timer. */
struct wp_timer *wp_timer_new(struct wp_loop *loop, wp_timer_fn *fn, void *arg);
void wp_timer_start(struct wp_timer *timer, int64_t delay_ms, int64_t period_ms);
void wp_timer_stop(struct wp_timer *timer);
void wp_timer_free(struct wp_timer *timer);

/* Calls fn once, soon, from the loop and not from inside the current callback. 0 or -ENOMEM. */
int wp_loop_defer(struct wp_loop *loop, wp_timer_fn *fn, void *arg);

#endif
