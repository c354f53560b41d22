/* Slots (X8), attempts, deadlines and the reaper's net (X9, DESIGN 2.5). */
#include "store_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct answer start(struct wp_id id, uint64_t fence, int64_t slot_max)
{
	struct wp_move given = move_of(id, fence, WP_STATE_PAID, WP_STATE_RUNNING);

	given.slot_max = slot_max;
	return advance(&given);
}

static struct answer done;

static void on_done(void *arg, int status, const char *text)
{
	(void)arg;
	(void)text;
	done = (struct answer){ .status = status };
	fixture_done();
}

static void slot_free(struct wp_id id, uint32_t attempt)
{
	assert_int_equal(wp_store_slot_free(fixture.store, &id, attempt, on_done, NULL), 0);
	fixture_await();
	assert_int_equal(done.status, 0);
}

static long long slot_count(void)
{
	return wp_test_redis_integer(&fixture.server, "ZCARD wp:slots");
}

static void slot_ends(struct wp_id id, unsigned attempt, int64_t ago_ms)
{
	freeReplyObject(wp_test_redis_command(&fixture.server, "ZADD wp:slots %lld %s:%u",
		(long long)(redis_now_ms() - ago_ms), text_of(id), attempt));
}

/* X8: the hundredth runs, the next one waits; a freed slot lets it in. */
static void test_slot_max(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 100; i++)
		assert_status(start(id_of(i), paid(id_of(i)), 100), 0);
	struct wp_id late = id_of(100);
	uint64_t fence = paid(late);
	assert_status(start(late, fence, 100), -WP_E_FULL);
	assert_string_equal(field(late, "attempt"), "0");
	assert_string_equal(field(late, "st"), "PAID");
	assert_int_equal(slot_count(), 100);
	slot_free(id_of(0), 2); /* not the one that runs */
	assert_status(start(late, fence, 100), -WP_E_FULL);
	slot_free(id_of(0), 1);
	slot_free(id_of(0), 1); /* twice is once: planted defect COUNTER */
	struct answer answer = start(late, fence, 100);
	assert_status(answer, 0);
	assert_int_equal(answer.attempt, 1);
	assert_int_equal(slot_count(), 100);
}

/* Planted defect FREEBYID: a late end of attempt 1 must not free the slot of attempt 2. */
static void test_slots_are_named_by_attempt(void **state)
{
	struct wp_id id = id_of(1), other = id_of(2);
	uint64_t fence = running(id);

	(void)state;
	fence = move(id, fence, WP_STATE_RUNNING, WP_STATE_PAID).fence;
	slot_free(id, 1);
	assert_status(start(id, fence, 1), 0);
	slot_free(id, 1); /* the first orchestrator again, late */
	assert_int_equal(slot_count(), 1);
	assert_status(start(other, paid(other), 1), -WP_E_FULL);
}

/* The VM may live until its hard end: its slot stays whatever becomes of the record. */
static void test_slot_outlives_the_record(void **state)
{
	struct wp_id id = id_of(1);

	(void)state;
	assert_status(move(id, running(id), WP_STATE_RUNNING, WP_STATE_REFUND_DUE), 0);
	assert_int_equal(slot_count(), 1);
	assert_status(start(id_of(2), paid(id_of(2)), 1), -WP_E_FULL);
}

static void test_hard_end(void **state)
{
	struct wp_id id = id_of(1), other = id_of(2);

	(void)state;
	running(id);
	long long left = strtoll(field(id, "vm_end_ms"), NULL, 10) - redis_now_ms();
	assert_true(left > 38000 && left <= 40000);
	assert_int_equal(
		wp_test_redis_integer(&fixture.server, "ZSCORE wp:slots %s:1", text_of(id)),
		strtoll(field(id, "vm_end_ms"), NULL, 10));
	uint64_t fence = paid(other);
	/* its VM may have begun late, within the time a start may take, and be dying still */
	slot_ends(id, 1, 4000);
	assert_status(start(other, fence, 1), -WP_E_FULL);
	assert_int_equal(reap(0).attempt, 0);
	slot_ends(id, 1, 5500);
	assert_status(start(other, fence, 1), 0);
	assert_int_equal(slot_count(), 2);
	assert_int_equal(reap(10000).attempt, 0);
	assert_int_equal(reap(2000).attempt, 1);
	assert_int_equal(slot_count(), 1);
}

struct slots {
	int status;
	size_t count;
	struct wp_slot first;
};

static void on_slots(void *arg, int status, const struct wp_slot *slots, size_t count)
{
	struct slots *seen = arg;

	*seen = (struct slots){ .status = status, .count = count };
	if (count > 0)
		seen->first = slots[0];
	fixture_done();
}

static void test_slots_are_listed(void **state)
{
	struct wp_id id = id_of(7);
	struct slots seen;

	(void)state;
	assert_int_equal(wp_store_slots(fixture.store, on_slots, &seen), 0);
	fixture_await();
	assert_int_equal(seen.status, 0);
	assert_int_equal(seen.count, 0);
	running(id);
	slot_ends(id, 3, 5000);
	assert_int_equal(wp_store_slots(fixture.store, on_slots, &seen), 0);
	fixture_await();
	assert_int_equal(seen.count, 2);
	assert_true(wp_id_equal(&seen.first.id, &id));
	assert_int_equal(seen.first.attempt, 3);
	assert_true(seen.first.overdue_ms >= 5000 && seen.first.overdue_ms < 7000);
}

/* Three attempts; after the third there is only the refund. Planted defect RETRYNOFENCE included.
 */
static void test_attempts(void **state)
{
	struct wp_id id = id_of(1);
	uint64_t fence = running(id), old = fence;

	(void)state;
	for (unsigned attempt = 1; attempt < 3; attempt++) {
		struct answer answer = move(id, fence, WP_STATE_RUNNING, WP_STATE_PAID);
		assert_status(answer, 0);
		assert_int_equal(answer.attempt, attempt);
		answer = start(id, answer.fence, 100);
		assert_status(answer, 0);
		assert_int_equal(answer.attempt, attempt + 1);
		fence = answer.fence;
		assert_status(move(id, old, WP_STATE_RUNNING, WP_STATE_PAID), -WP_E_STALE);
	}
	assert_status(move(id, fence, WP_STATE_RUNNING, WP_STATE_PAID), -WP_E_RANGE);
	assert_string_equal(field(id, "st"), "RUNNING");
	assert_status(move(id, fence, WP_STATE_RUNNING, WP_STATE_REFUND_DUE), 0);
}

static void deadline_passes(struct wp_id id)
{
	freeReplyObject(
		wp_test_redis_command(&fixture.server, "HSET wp:v:%s deadline_ms 1", text_of(id)));
	freeReplyObject(
		wp_test_redis_command(&fixture.server, "ZADD wp:deadlines XX 1 %s", text_of(id)));
}

/* The deadline is set once; a retry does not move it. */
static void test_deadline_is_set_once(void **state)
{
	struct wp_id id = id_of(1);
	uint64_t fence = running(id);
	char before[32];

	(void)state;
	snprintf(before, sizeof before, "%s", field(id, "deadline_ms"));
	long long left = strtoll(before, NULL, 10) - redis_now_ms();
	assert_true(left > 58000 && left <= 60000);
	struct wp_move given = move_of(id, fence, WP_STATE_RUNNING, WP_STATE_PAID);
	given.run_budget_ms = 999999;
	assert_status(advance(&given), 0);
	assert_string_equal(field(id, "deadline_ms"), before);
	assert_true(field(id, "paid_ms")[0] != '\0');
}

/* X9: past the deadline PAID and RUNNING turn to REFUND_DUE, whoever holds them. */
static void test_deadline(void **state)
{
	struct wp_id waiting = id_of(1), runs = id_of(2), decided = id_of(3);
	uint64_t waiting_fence = paid(waiting), runs_fence = running(runs);

	(void)state;
	assert_status(move(decided, running(decided), WP_STATE_RUNNING, WP_STATE_DECIDED), 0);
	assert_int_equal(reap(0).count, 0);
	deadline_passes(waiting);
	deadline_passes(runs);
	assert_status(start(waiting, waiting_fence, 100), -WP_E_STALE); /* too late to begin */
	assert_int_equal(reap(0).count, 2);
	assert_int_equal(reap(0).count, 0);
	assert_string_equal(field(waiting, "st"), "REFUND_DUE");
	assert_string_equal(field(runs, "refund_reason"), "deadline");
	assert_status(move(runs, runs_fence, WP_STATE_RUNNING, WP_STATE_DECIDED), -WP_E_STALE);
	assert_string_equal(field(decided, "st"), "DECIDED");
	assert_int_equal(claim(WP_STATE_REFUND_DUE, 10).count, 2);
	assert_int_equal(wp_test_redis_integer(&fixture.server, "ZCARD wp:deadlines"), 0);
}

/* A decision that arrives in time at the last moment stands: one outcome only. */
static void test_deadline_against_decision(void **state)
{
	struct wp_id id = id_of(1);
	uint64_t fence = running(id);

	(void)state;
	deadline_passes(id);
	assert_status(move(id, fence, WP_STATE_RUNNING, WP_STATE_DECIDED), 0);
	assert_int_equal(reap(0).count, 0);
	assert_string_equal(field(id, "st"), "DECIDED");
}

static void test_unserved_queues_are_counted(void **state)
{
	struct wp_id id = id_of(1);

	(void)state;
	plant(id, WP_STATE_DECIDED);
	assert_int_equal(reap(0).fence, 0);
	make_due(id, WP_STATE_DECIDED);
	assert_int_equal(reap(0).fence, 1);
	assert_status(reap(-1), -EPROTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_slot_max, fixture_empty),
		cmocka_unit_test_setup(test_slots_are_named_by_attempt, fixture_empty),
		cmocka_unit_test_setup(test_slot_outlives_the_record, fixture_empty),
		cmocka_unit_test_setup(test_hard_end, fixture_empty),
		cmocka_unit_test_setup(test_slots_are_listed, fixture_empty),
		cmocka_unit_test_setup(test_attempts, fixture_empty),
		cmocka_unit_test_setup(test_deadline_is_set_once, fixture_empty),
		cmocka_unit_test_setup(test_deadline, fixture_empty),
		cmocka_unit_test_setup(test_deadline_against_decision, fixture_empty),
		cmocka_unit_test_setup(test_unserved_queues_are_counted, fixture_empty),
	};

	return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
