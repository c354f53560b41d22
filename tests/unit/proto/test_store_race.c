/* Many connections at once, lost answers, a Redis that dies, the library's versions, the event
 * stream. */
#include "store_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RACERS 20

static struct wp_redis *connections[RACERS];
static struct wp_store *stores[RACERS];

static int open_racers(void **state)
{
	if (fixture_open(state) != 0)
		return -1;
	for (size_t i = 0; i < RACERS; i++) {
		connections[i] = wp_redis_new(fixture.loop, fixture.server.socket);
		stores[i] = wp_store_new(connections[i]);
	}
	return 0;
}

static int close_racers(void **state)
{
	for (size_t i = 0; i < RACERS; i++) {
		wp_store_free(stores[i]);
		wp_redis_free(connections[i]);
	}
	return fixture_close(state);
}

struct tally {
	size_t waiting;
	size_t won, full, stale, exists, other;
	uint64_t fence;
};

static void count(struct tally *tally, int status)
{
	if (status == 0)
		tally->won++;
	else if (status == -WP_E_FULL)
		tally->full++;
	else if (status == -WP_E_STALE)
		tally->stale++;
	else if (status == -EEXIST)
		tally->exists++;
	else
		tally->other++;
	if (--tally->waiting == 0)
		fixture_done();
}

static void on_admitted(void *arg, const struct wp_admitted *answer)
{
	count(arg, answer->status);
}

static void on_moved(void *arg, const struct wp_moved *answer)
{
	struct tally *tally = arg;

	if (answer->status == 0)
		tally->fence = answer->fence;
	count(tally, answer->status);
}

/* P5: N concurrent presentations of one payment make one verification. */
static void test_admit_once(void **state)
{
	struct wp_admission admission = admission_of(id_of(1), WP_STATE_PAY_WAIT);
	struct tally tally = { .waiting = RACERS };

	(void)state;
	for (size_t i = 0; i < RACERS; i++)
		assert_int_equal(wp_store_admit(stores[i], &admission, on_admitted, &tally), 0);
	fixture_await();
	assert_int_equal(tally.won, 1);
	assert_int_equal(tally.exists, RACERS - 1);
	assert_int_equal(wp_test_redis_integer(&fixture.server, "XLEN wp:ev"), 1);
}

/* Planted defect ADMITRACE: capacity is never passed, however many ask at once. */
static void test_admit_capacity(void **state)
{
	struct tally tally = { .waiting = 5 * RACERS };

	(void)state;
	for (unsigned i = 0; i < 5 * RACERS; i++) {
		struct wp_admission admission = admission_of(id_of(i), WP_STATE_PAY_WAIT);
		admission.live_max = 37;
		assert_int_equal(
			wp_store_admit(stores[i % RACERS], &admission, on_admitted, &tally), 0);
	}
	fixture_await();
	assert_int_equal(tally.won, 37);
	assert_int_equal(tally.full, 5 * RACERS - 37);
	assert_int_equal(wp_test_redis_integer(&fixture.server, "SCARD wp:live"), 37);
}

/* One baton in twenty hands (a message that was doubled): one move. */
static void test_advance_once(void **state)
{
	struct wp_move given = move_of(id_of(1), paid(id_of(1)), WP_STATE_PAID, WP_STATE_RUNNING);
	struct tally tally = { .waiting = RACERS };

	(void)state;
	for (size_t i = 0; i < RACERS; i++)
		assert_int_equal(wp_store_advance(stores[i], &given, on_moved, &tally), 0);
	fixture_await();
	assert_int_equal(tally.won, 1);
	assert_int_equal(tally.stale, RACERS - 1);
	assert_string_equal(field(id_of(1), "attempt"), "1");
	assert_int_equal(wp_test_redis_integer(&fixture.server, "ZCARD wp:slots"), 1);
	assert_status(move(id_of(1), tally.fence, WP_STATE_RUNNING, WP_STATE_DECIDED), 0);
}

/* The last slot, wanted by twenty. */
static void test_slot_once(void **state)
{
	struct tally tally = { .waiting = RACERS };

	(void)state;
	for (unsigned i = 0; i < RACERS; i++) {
		struct wp_move given =
			move_of(id_of(i), paid(id_of(i)), WP_STATE_PAID, WP_STATE_RUNNING);
		given.slot_max = 3;
		assert_int_equal(wp_store_advance(stores[i], &given, on_moved, &tally), 0);
	}
	fixture_await();
	assert_int_equal(tally.won, 3);
	assert_int_equal(tally.full, RACERS - 3);
}

/* One transfer, claimed by twenty verifications. */
static void test_consume_once(void **state)
{
	struct tally tally = { .waiting = RACERS };

	(void)state;
	for (unsigned i = 0; i < RACERS; i++) {
		plant(id_of(i), WP_STATE_PAY_WAIT);
		struct wp_move given = move_of(id_of(i), 1000, WP_STATE_PAY_WAIT, WP_STATE_PAID);
		given.consume = "84532:0xtx";
		assert_int_equal(wp_store_advance(stores[i], &given, on_moved, &tally), 0);
	}
	fixture_await();
	assert_int_equal(tally.won, 1);
	assert_int_equal(tally.other, RACERS - 1);
	assert_int_equal(wp_test_redis_integer(&fixture.server, "ZCARD wp:q:PAID"), 1);
}

struct claims {
	size_t waiting;
	size_t claimed;
	unsigned seen[100];
};

static void on_claimed(void *arg, int status, const struct wp_claimed *claimed, size_t number)
{
	struct claims *claims = arg;

	assert_int_equal(status, 0);
	claims->claimed += number;
	for (size_t i = 0; i < number; i++)
		claims->seen[claimed[i].id.bytes[15]]++;
	if (--claims->waiting == 0)
		fixture_done();
}

static void test_claim_once(void **state)
{
	struct claims claims = { .waiting = RACERS };

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		plant(id_of(i), WP_STATE_DECIDED);
		make_due(id_of(i), WP_STATE_DECIDED);
	}
	for (size_t i = 0; i < RACERS; i++)
		assert_int_equal(
			wp_store_claim(stores[i], WP_STATE_DECIDED, 7, on_claimed, &claims), 0);
	fixture_await();
	assert_int_equal(claims.claimed, 100);
	for (unsigned i = 0; i < 100; i++)
		assert_int_equal(claims.seen[i], 1);
}

struct duel {
	size_t waiting;
	size_t claimed, moved;
};

static void end_round(struct duel *duel)
{
	if (--duel->waiting == 0)
		fixture_done();
}

static void on_duel_claim(void *arg, int status, const struct wp_claimed *claimed, size_t number)
{
	struct duel *duel = arg;

	(void)claimed;
	assert_int_equal(status, 0);
	duel->claimed += number;
	end_round(duel);
}

static void on_duel_move(void *arg, const struct wp_moved *answer)
{
	struct duel *duel = arg;

	duel->moved += answer->status == 0;
	end_round(duel);
}

/* A lease that ran out under a live holder: either the move or the claim, never both. */
static void test_claim_against_advance(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 50; i++) {
		struct wp_store *one = stores[i % RACERS], *two = stores[(i + 7) % RACERS];
		struct wp_move given = move_of(id_of(i), 1000, WP_STATE_DECIDED, WP_STATE_DONE);
		struct duel duel = { .waiting = 2 };
		plant(id_of(i), WP_STATE_DECIDED);
		make_due(id_of(i), WP_STATE_DECIDED);
		if (i % 2 == 0)
			wp_store_claim(one, WP_STATE_DECIDED, 1, on_duel_claim, &duel);
		wp_store_advance(two, &given, on_duel_move, &duel);
		if (i % 2 == 1)
			wp_store_claim(one, WP_STATE_DECIDED, 1, on_duel_claim, &duel);
		fixture_await();
		assert_int_equal(duel.moved + duel.claimed, 1);
	}
}

/* ---- an answer that never comes ---- */

static int lost_status;

static void on_lost_move(void *arg, const struct wp_moved *answer)
{
	(void)arg;
	lost_status = answer->status;
	fixture_done();
}

static void on_reconnected(void *arg, bool connected)
{
	(void)arg;
	if (connected)
		fixture_done();
}

/* The baton is dropped; whether the move happened or not, one claim goes on from there. */
static void test_lost_reply(void **state)
{
	struct wp_id id = id_of(1);
	uint64_t fence = paid(id);
	struct wp_move given = move_of(id, fence, WP_STATE_PAID, WP_STATE_RUNNING);

	(void)state;
	assert_int_equal(wp_store_advance(fixture.store, &given, on_lost_move, NULL), 0);
	wp_test_redis_kill(&fixture.server);
	fixture_await();
	assert_int_equal(lost_status, -WP_E_UNKNOWN);
	assert_int_equal(wp_test_redis_restart(&fixture.server), 0);
	wp_redis_on_change(fixture.redis, on_reconnected, NULL);
	if (!wp_redis_connected(fixture.redis))
		fixture_await();
	wp_redis_on_change(fixture.redis, NULL, NULL);
	enum wp_state now = wp_state_parse(field(id, "st"));
	assert_true(now == WP_STATE_PAID || now == WP_STATE_RUNNING);
	make_due(id, now);
	struct answer answer = claim(now, 1);
	assert_int_equal(answer.count, 1);
	if (now == WP_STATE_RUNNING)
		assert_status(move(id, fence, WP_STATE_PAID, WP_STATE_RUNNING), -WP_E_STALE);
	assert_status(move(id, answer.fence, now, WP_STATE_REFUND_DUE), 0);
}

/* O3: what was answered survives kill -9 of Redis, functions too. */
static void test_answered_is_durable(void **state)
{
	struct wp_id id = id_of(1);
	uint64_t fence = running(id);
	struct answer decided = move(id, fence, WP_STATE_RUNNING, WP_STATE_DECIDED);

	(void)state;
	assert_status(decided, 0);
	wp_test_redis_kill(&fixture.server);
	assert_int_equal(wp_test_redis_restart(&fixture.server), 0);
	wp_redis_on_change(fixture.redis, on_reconnected, NULL);
	fixture_await();
	wp_redis_on_change(fixture.redis, NULL, NULL);
	assert_string_equal(field(id, "st"), "DECIDED");
	assert_status(move(id, decided.fence, WP_STATE_DECIDED, WP_STATE_DONE), 0);
}

/* ---- the library ---- */

static size_t installs_waiting;
static int install_status;

static void on_installed(void *arg, int status, const char *text)
{
	(void)arg;
	if (status != 0) {
		fprintf(stderr, "install: %d %s\n", status, text);
		install_status = status;
	}
	if (--installs_waiting == 0)
		fixture_done();
}

static void install_everywhere(void)
{
	installs_waiting = RACERS;
	install_status = 0;
	for (size_t i = 0; i < RACERS; i++)
		assert_int_equal(wp_store_install(stores[i], on_installed, NULL), 0);
	fixture_await();
	assert_int_equal(install_status, 0);
}

static void load_other(int version)
{
	freeReplyObject(wp_test_redis_command(&fixture.server, "FUNCTION FLUSH"));
	char text[256];
	snprintf(text, sizeof text,
		"#!lua name=workproof\nredis.register_function{function_name='wp_version',"
		"callback=function() return %d end, flags={'no-writes'}}",
		version);
	redisReply *reply = wp_test_redis_command(&fixture.server, "FUNCTION LOAD %s", text);
	assert_int_equal(reply->type, REDIS_REPLY_STRING);
	freeReplyObject(reply);
}

static long long version(void)
{
	return wp_test_redis_integer(&fixture.server, "FCALL_RO wp_version 0");
}

/* O9: loaded where there is none or an older one, by many at once; a newer one stays. */
static void test_install(void **state)
{
	(void)state;
	long long ours = version();
	assert_true(ours >= 1);
	freeReplyObject(wp_test_redis_command(&fixture.server, "FUNCTION FLUSH"));
	install_everywhere();
	assert_int_equal(version(), ours);
	load_other(0);
	install_everywhere();
	assert_int_equal(version(), ours);
	load_other((int)ours + 1);
	install_everywhere();
	assert_int_equal(version(), ours + 1);
	freeReplyObject(wp_test_redis_command(&fixture.server, "FUNCTION FLUSH"));
	install_everywhere();
	/* the connections are left as they were: not watching, not inside a transaction */
	struct tally tally = { .waiting = RACERS };
	struct wp_admission admission = admission_of(id_of(1), WP_STATE_PAY_WAIT);
	for (size_t i = 0; i < RACERS; i++)
		wp_store_admit(stores[i], &admission, on_admitted, &tally);
	fixture_await();
	assert_int_equal(tally.won, 1);
}

/* ---- events ---- */

struct follower {
	struct wp_event events[2500];
	size_t count, wanted;
	size_t lost, lost_wanted;
};

static void on_event(void *arg, const struct wp_event *event)
{
	struct follower *follower = arg;

	assert_true(follower->count < WP_ARRAY_LEN(follower->events));
	follower->events[follower->count++] = *event;
	if (follower->count == follower->wanted)
		fixture_done();
}

static void on_lost(void *arg)
{
	struct follower *follower = arg;

	if (++follower->lost == follower->lost_wanted)
		fixture_done();
}

static struct follower follower;

static void test_events(void **state)
{
	(void)state;
	follower = (struct follower){ .lost_wanted = 1 };
	paid(id_of(9)); /* before: told by lost() */
	struct wp_events *events =
		wp_events_new(fixture.loop, fixture.server.socket, on_event, on_lost, &follower);
	fixture_await();
	assert_int_equal(follower.lost, 1);
	struct wp_id id = id_of(1);
	follower.wanted = 1000000; /* fixture_done comes from the calls below */
	uint64_t fence = paid(id);
	assert_status(move(id, fence, WP_STATE_PAID, WP_STATE_RUNNING), 0);
	follower.wanted = 3;
	if (follower.count < 3)
		fixture_await();
	assert_int_equal(follower.count, 3);
	assert_int_equal(follower.events[0].from, WP_STATE_NONE);
	assert_int_equal(follower.events[0].to, WP_STATE_PAY_WAIT);
	assert_int_equal(follower.events[2].from, WP_STATE_PAID);
	assert_int_equal(follower.events[2].to, WP_STATE_RUNNING);
	assert_true(wp_id_equal(&follower.events[2].id, &id));
	assert_true(llabs((long long)(follower.events[2].at_ms - redis_now_ms())) < 10000);
	/* a Redis that was away: told, and followed again */
	follower.lost_wanted = 2;
	wp_test_redis_kill(&fixture.server);
	assert_int_equal(wp_test_redis_restart(&fixture.server), 0);
	fixture_await();
	assert_int_equal(follower.lost, 2);
	follower.wanted = 4;
	freeReplyObject(wp_test_redis_command(
		&fixture.server, "XADD wp:ev * id %s from RUNNING to DECIDED", text_of(id)));
	fixture_await();
	assert_int_equal(follower.events[3].to, WP_STATE_DECIDED);
	wp_events_free(events);
}

static void add_events(unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		redisAppendCommand(fixture.server.connection,
			"XADD wp:ev %u-1 id %s from PAID to RUNNING", i + 1, text_of(id_of(1)));
	for (unsigned i = from; i < to; i++) {
		void *reply = NULL;
		assert_int_equal(redisGetReply(fixture.server.connection, &reply), REDIS_OK);
		freeReplyObject(reply);
	}
}

/* More than one read at once, in order, none missing; and a stream cut before we had read it. */
static void test_event_gaps(void **state)
{
	(void)state;
	follower = (struct follower){ .lost_wanted = 1 };
	struct wp_events *events =
		wp_events_new(fixture.loop, fixture.server.socket, on_event, on_lost, &follower);
	fixture_await();
	follower.wanted = 2300;
	add_events(0, 2300);
	fixture_await();
	for (unsigned i = 0; i < 2300; i++)
		assert_int_equal(follower.events[i].at_ms, i + 1);
	assert_int_equal(follower.lost, 1);
	follower.count = 0;
	follower.wanted = 0;
	follower.lost_wanted = 2;
	add_events(2300, 5300);
	freeReplyObject(wp_test_redis_command(&fixture.server, "XTRIM wp:ev MAXLEN 100"));
	fixture_await();
	assert_int_equal(follower.lost, 2);
	wp_events_free(events);
}

/* ---- the registry of instances ---- */

static void test_registry(void **state)
{
	struct wp_test_redis *server = &fixture.server;

	(void)state;
	freeReplyObject(wp_test_redis_command(
		server, "FCALL wp_service_beat 0 log-streamer a ipc:///a 1 64 60000"));
	freeReplyObject(wp_test_redis_command(
		server, "FCALL wp_service_beat 0 log-streamer b ipc:///b 1 64 60000"));
	freeReplyObject(wp_test_redis_command(
		server, "FCALL wp_service_beat 0 gateway c ipc:///c 1 64 60000"));
	redisReply *reply = wp_test_redis_command(server, "FCALL wp_service_list 0 log-streamer");
	assert_int_equal(reply->elements, 4);
	assert_string_equal(reply->element[0]->str, "a");
	assert_string_equal(reply->element[1]->str, "ipc:///a");
	freeReplyObject(reply);
	freeReplyObject(wp_test_redis_command(server, "FCALL wp_service_leave 0 log-streamer a"));
	freeReplyObject(wp_test_redis_command(server, "ZADD wp:svc:log-streamer XX 1 b"));
	reply = wp_test_redis_command(server, "FCALL wp_service_list 0 log-streamer");
	assert_int_equal(reply->elements, 0);
	freeReplyObject(reply);
	freeReplyObject(wp_test_redis_command(
		server, "FCALL wp_service_beat 0 log-streamer d ipc:///d 1 64 60000"));
	assert_int_equal(wp_test_redis_integer(server, "EXISTS wp:svc:log-streamer:b"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_admit_once, fixture_empty),
		cmocka_unit_test_setup(test_admit_capacity, fixture_empty),
		cmocka_unit_test_setup(test_advance_once, fixture_empty),
		cmocka_unit_test_setup(test_slot_once, fixture_empty),
		cmocka_unit_test_setup(test_consume_once, fixture_empty),
		cmocka_unit_test_setup(test_claim_once, fixture_empty),
		cmocka_unit_test_setup(test_claim_against_advance, fixture_empty),
		cmocka_unit_test_setup(test_install, fixture_empty),
		cmocka_unit_test_setup(test_event_gaps, fixture_empty),
		cmocka_unit_test_setup(test_registry, fixture_empty),
		cmocka_unit_test_setup(test_lost_reply, fixture_empty),
		cmocka_unit_test_setup(test_answered_is_durable, fixture_empty),
		cmocka_unit_test_setup(test_events, fixture_empty),
	};

	return cmocka_run_group_tests(tests, open_racers, close_racers);
}
