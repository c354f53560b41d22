/* store_fixture.h - a store on a private Redis, and its calls as blocking ones. */
#ifndef STORE_FIXTURE_H
#define STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libcommon/base.h"
#include "proto/store.h"
#include "tests/support/redis_server.h"

struct fixture {
	struct wp_test_redis server;
	struct wp_loop *loop;
	struct wp_redis *redis;
	struct wp_store *store;
};
extern struct fixture fixture;

/* cmocka group set-up (server, library loaded) and per-test set-up (all data gone). */
int fixture_open(void **state);
int fixture_close(void **state);
int fixture_empty(void **state);

/* Runs the loop until the call's callback says so. */
void fixture_await(void);
void fixture_done(void);

struct answer {
	int status;
	uint64_t fence;
	uint32_t attempt;
	enum wp_state state;
	int64_t count;
	char text[160];
};

struct wp_id id_of(unsigned number);
const char *text_of(struct wp_id id); /* rotating buffers */

/* An admission to start from: payer 0x01…, value 10000, code "CODE", no limits reached. */
struct wp_admission admission_of(struct wp_id id, enum wp_state state);
struct answer admit(const struct wp_admission *admission);
/* A move with every option a move may need, valid ones. */
struct wp_move move_of(struct wp_id id, uint64_t fence, enum wp_state from, enum wp_state to);
struct answer advance(const struct wp_move *move);
struct answer move(struct wp_id id, uint64_t fence, enum wp_state from, enum wp_state to);
struct answer renew(struct wp_id id, uint64_t fence, enum wp_state state);
struct answer park(struct wp_id id, uint64_t fence, enum wp_state state, int64_t delay_ms);
/* The first one claimed is in the answer. */
struct answer claim(enum wp_state state, int64_t most);
struct answer lane_take(const char *lane, const char *owner, int64_t lease_ms);
/* count: refunds, attempt: slots */
struct answer reap(int64_t grace_ms);

/* Makes a record of that state directly, fence 1000, one attempt, in every set it belongs to. */
void plant(struct wp_id id, enum wp_state state);
/* The record's due time is now. */
void make_due(struct wp_id id, enum wp_state state);
const char *field(struct wp_id id, const char *name);
bool is_queued(struct wp_id id, enum wp_state state);
/* Queued in that state and due so much later, less what the test has taken since. */
void assert_due_in(struct wp_id id, enum wp_state state, int64_t expected_ms);
int64_t redis_now_ms(void);
/* Admits and moves on to PAID or RUNNING (attempt 1): the fence. */
uint64_t paid(struct wp_id id);
uint64_t running(struct wp_id id);

#define assert_status(given, expected)                                                             \
	do {                                                                                       \
		struct answer seen_ = (given);                                                     \
		if (seen_.status != (expected))                                                    \
			fail_msg("status %d (%s), expected %d", seen_.status, seen_.text,          \
				(expected));                                                       \
	} while (0)

#endif
