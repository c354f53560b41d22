/* What is due is claimed as far as there is room, and a holder that is done at once is no surprise
 * (DESIGN 2.3). */
#include "store_fixture.h"

#include "proto/claimer.h"

#include <stdlib.h>
#include <string.h>

#define BATONS_MAX 64

/* On the heap, so that a read past it is seen. */
static enum wp_state *states;

static struct {
	struct wp_claimer *claimer;
	size_t room;    /* told for every state */
	size_t wanted;  /* batons after which the test goes on */
	bool at_once;   /* a baton is done inside its callback: room came free */
	size_t free_at; /* the claimer is freed inside this one's callback; 0: never */
	size_t stop_at;
	size_t count;
	struct wp_baton batons[BATONS_MAX];
	unsigned rooms; /* times asked */
} seen;

static size_t on_room(void *arg, enum wp_state state)
{
	(void)arg;
	(void)state;
	seen.rooms++;
	return seen.room;
}

static void on_baton(void *arg, const struct wp_baton *baton)
{
	(void)arg;
	assert_true(seen.count < BATONS_MAX);
	seen.batons[seen.count++] = *baton;
	if (seen.count == seen.wanted)
		fixture_done();
	if (seen.count == seen.free_at) {
		wp_claimer_free(seen.claimer);
		seen.claimer = NULL;
		return;
	}
	if (seen.count == seen.stop_at)
		wp_claimer_stop(seen.claimer);
	if (seen.at_once)
		wp_claimer_more(seen.claimer);
}

/* Two states; numbers below 100 are DECIDED, the others REFUND_DUE. */
static void begin(unsigned decided, unsigned refunds)
{
	for (unsigned i = 0; i < decided; i++) {
		plant(id_of(i), WP_STATE_DECIDED);
		make_due(id_of(i), WP_STATE_DECIDED);
	}
	for (unsigned i = 100; i < 100 + refunds; i++) {
		plant(id_of(i), WP_STATE_REFUND_DUE);
		make_due(id_of(i), WP_STATE_REFUND_DUE);
	}
	seen.claimer =
		wp_claimer_new(fixture.loop, fixture.store, states, 2, on_room, on_baton, NULL);
	assert_non_null(seen.claimer);
	wp_claimer_start(seen.claimer);
}

static int set_up(void **state)
{
	memset(&seen, 0, sizeof seen);
	states = calloc(2, sizeof *states);
	states[0] = WP_STATE_DECIDED;
	states[1] = WP_STATE_REFUND_DUE;
	return fixture_empty(state);
}

static void on_pause(void *arg)
{
	(void)arg;
	fixture_done();
}

/* Lets the loop turn for so long: what must not happen has its chance. */
static void pause_ms(int64_t ms)
{
	struct wp_timer *timer = wp_timer_new(fixture.loop, on_pause, NULL);

	wp_timer_start(timer, ms, 0);
	fixture_await();
	wp_timer_free(timer);
}

static int tear_down(void **state)
{
	(void)state;
	wp_claimer_free(seen.claimer);
	pause_ms(20); /* its last claim ends */
	free(states);
	return 0;
}

/* Each baton once, with the state and the fence its record has. */
static void assert_batons(size_t count)
{
	assert_int_equal(seen.count, count);
	for (size_t i = 0; i < count; i++) {
		const struct wp_baton *baton = &seen.batons[i];
		assert_string_equal(field(baton->id, "st"), wp_state_text(baton->state));
		assert_int_equal(strtoull(field(baton->id, "fence"), NULL, 10), baton->fence);
		for (size_t other = 0; other < i; other++)
			assert_false(wp_id_equal(&seen.batons[other].id, &baton->id));
	}
}

static void test_takes_what_is_due(void **state)
{
	(void)state;
	seen.room = 10;
	seen.wanted = 5;
	begin(3, 2);
	fixture_await();
	assert_batons(5);
	assert_string_equal(field(id_of(0), "claims"), "1");
}

/* Every baton is done inside its callback and says so: one claim at a time, the right states, and
 * everything well before the next interval. */
static void test_done_at_once(void **state)
{
	(void)state;
	seen.room = 2;
	seen.wanted = 14;
	seen.at_once = true;
	begin(7, 7);
	int64_t began_ms = redis_now_ms();
	fixture_await();
	assert_true(redis_now_ms() - began_ms < WP_CLAIM_INTERVAL_MS);
	assert_batons(14);
	seen.wanted = 0;
	unsigned rooms = seen.rooms;
	pause_ms(WP_CLAIM_INTERVAL_MS / 2);
	assert_true(seen.rooms - rooms <= 4); /* it comes to rest when nothing is left */
}

/* Without room nothing is claimed; room that comes free later is used at once. */
static void test_room_comes_free(void **state)
{
	(void)state;
	begin(2, 1);
	pause_ms(50);
	assert_int_equal(seen.count, 0);
	assert_string_equal(field(id_of(0), "claims"), "0");
	seen.room = 3;
	seen.wanted = 3;
	int64_t began_ms = redis_now_ms();
	wp_claimer_more(seen.claimer);
	fixture_await();
	assert_true(redis_now_ms() - began_ms < WP_CLAIM_INTERVAL_MS);
	assert_batons(3);
}

/* A record that comes alone says nothing about what else is due. */
static void test_more_behind_one_claimed_alone(void **state)
{
	(void)state;
	seen.room = 10;
	seen.wanted = 4;
	seen.at_once = true;
	plant(id_of(50), WP_STATE_DECIDED);
	freeReplyObject(wp_test_redis_command(
		&fixture.server, "HSET wp:v:%s claims 2", text_of(id_of(50))));
	freeReplyObject(wp_test_redis_command(
		&fixture.server, "ZADD wp:q:DECIDED 0 %s", text_of(id_of(50))));
	begin(3, 0);
	int64_t began_ms = redis_now_ms();
	fixture_await();
	assert_true(redis_now_ms() - began_ms < WP_CLAIM_INTERVAL_MS);
	assert_batons(4);
}

/* Freed inside a callback: no further one, nothing leaks, the rest is left to its lease. */
static void test_freed_inside(void **state)
{
	(void)state;
	seen.room = 5;
	seen.free_at = 2;
	seen.at_once = true;
	begin(5, 5);
	pause_ms(100);
	assert_int_equal(seen.count, 2);
	assert_string_equal(field(id_of(100), "claims"), "0");
}

/* Freed while its claim is under way: not one callback. */
static void test_freed_under_way(void **state)
{
	(void)state;
	seen.room = 5;
	begin(5, 0);
	pause_ms(0);
	wp_claimer_free(seen.claimer);
	seen.claimer = NULL;
	size_t before = seen.count;
	pause_ms(50);
	assert_int_equal(seen.count, before);
}

/* Stopped inside a callback: what that claim brought is delivered, no other is sent. */
static void test_stopped_inside(void **state)
{
	(void)state;
	seen.room = 5;
	seen.stop_at = 1;
	seen.at_once = true;
	begin(5, 5);
	pause_ms(WP_CLAIM_INTERVAL_MS + 100);
	assert_batons(5);
	assert_string_equal(field(id_of(100), "claims"), "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_takes_what_is_due, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_done_at_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_room_comes_free, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_more_behind_one_claimed_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_freed_inside, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_freed_under_way, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stopped_inside, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
