/* Claims: who takes what is due, how often, beside whom, and when again (DESIGN 2.3). */
#include "store_fixture.h"

#include <stdlib.h>

#define WEEK_MS INT64_C(604800000)

/* Planted defect "claim keeps the fence": whoever had it before is out. */
static void test_claim_takes_the_baton(void **state)
{
	struct wp_id id = id_of(1);
	uint64_t old = running(id);

	(void)state;
	assert_int_equal(claim(WP_STATE_RUNNING, 10).count, 0); /* its lease runs */
	make_due(id, WP_STATE_RUNNING);
	struct answer answer = claim(WP_STATE_RUNNING, 10);
	assert_int_equal(answer.count, 1);
	assert_int_equal(answer.attempt, 1);
	assert_true(answer.fence > old);
	assert_int_equal(claim(WP_STATE_RUNNING, 10).count, 0); /* leased again */
	assert_status(move(id, old, WP_STATE_RUNNING, WP_STATE_DECIDED), -WP_E_STALE);
	assert_status(move(id, old, WP_STATE_RUNNING, WP_STATE_PAID), -WP_E_STALE);
	assert_status(renew(id, old, WP_STATE_RUNNING), -WP_E_STALE);
	assert_status(park(id, old, WP_STATE_RUNNING, 10), -WP_E_STALE);
	assert_status(move(id, answer.fence, WP_STATE_RUNNING, WP_STATE_DECIDED), 0);
}

static void test_claim_takes_at_most_what_is_asked(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		plant(id_of(i), WP_STATE_DECIDED);
		make_due(id_of(i), WP_STATE_DECIDED);
	}
	assert_int_equal(claim(WP_STATE_DECIDED, 3).count, 3);
	assert_int_equal(claim(WP_STATE_DECIDED, 3).count, 2);
	assert_int_equal(claim(WP_STATE_DECIDED, 3).count, 0);
	assert_status(claim(WP_STATE_DECIDED, 0), -EPROTO);
	assert_status(claim(WP_STATE_DONE, 1), -EPROTO);
}

/* A queue entry without its record, or of another state, is dropped and not claimed. */
static void test_claim_drops_strays(void **state)
{
	(void)state;
	plant(id_of(1), WP_STATE_PAID);
	freeReplyObject(wp_test_redis_command(&fixture.server, "ZADD wp:q:DECIDED 1 %s 1 %s",
		text_of(id_of(1)), text_of(id_of(2))));
	assert_int_equal(claim(WP_STATE_DECIDED, 10).count, 0);
	assert_int_equal(wp_test_redis_integer(&fixture.server, "ZCARD wp:q:DECIDED"), 0);
	assert_string_equal(field(id_of(1), "fence"), "1000");
}

static uint64_t claim_times(struct wp_id id, enum wp_state state, int times)
{
	uint64_t fence = 0;

	for (int i = 0; i < times; i++) {
		make_due(id, state);
		struct answer answer = claim(state, 10);
		assert_status(answer, 0);
		fence = answer.count == 1 ? answer.fence : 0;
	}
	return fence;
}

/* DESIGN 2.3: five claims of PAID or RUNNING are borne, the sixth gives the money back. */
static void test_claims_limit(void **state)
{
	static const enum wp_state states[] = { WP_STATE_PAID, WP_STATE_RUNNING };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct wp_id id = id_of(i);
		plant(id, states[i]);
		uint64_t fence = claim_times(id, states[i], 5);
		assert_true(fence > 0);
		assert_string_equal(field(id, "st"), wp_state_text(states[i]));
		assert_int_equal(claim_times(id, states[i], 1), 0);
		assert_string_equal(field(id, "st"), "REFUND_DUE");
		assert_string_equal(field(id, "refund_reason"), "claims");
		assert_true(is_queued(id, WP_STATE_REFUND_DUE));
		assert_false(is_queued(id, states[i]));
		assert_int_equal(
			wp_test_redis_integer(&fixture.server, "EXISTS wp:live wp:deadlines"), 0);
		assert_int_equal(wp_test_redis_integer(&fixture.server, "XLEN wp:ev"), i + 1);
		assert_status(move(id, fence, states[i], WP_STATE_REFUND_DUE), -WP_E_STALE);
		assert_int_equal(claim(WP_STATE_REFUND_DUE, 1).count, 1); /* due at once */
	}
}

/* A move or a park in between is progress: the count begins again. */
static void test_claims_are_counted_since_the_last_move(void **state)
{
	struct wp_id id = id_of(1);

	(void)state;
	plant(id, WP_STATE_RUNNING);
	uint64_t fence = claim_times(id, WP_STATE_RUNNING, 5);
	fence = move(id, fence, WP_STATE_RUNNING, WP_STATE_PAID).fence;
	fence = claim_times(id, WP_STATE_PAID, 5);
	assert_true(fence > 0);
	assert_status(park(id, fence, WP_STATE_PAID, 1000), 0);
	assert_true(claim_times(id, WP_STATE_PAID, 5) > 0);
}

static void test_claims_elsewhere_raise_an_alarm(void **state)
{
	struct wp_id id = id_of(1);

	(void)state;
	plant(id, WP_STATE_DECIDED);
	assert_true(claim_times(id, WP_STATE_DECIDED, 5) > 0);
	assert_int_equal(wp_test_redis_integer(&fixture.server, "HEXISTS wp:alarms DECIDED"), 0);
	assert_true(claim_times(id, WP_STATE_DECIDED, 2) > 0);
	assert_int_equal(wp_test_redis_integer(&fixture.server, "HGET wp:alarms DECIDED"), 2);
	assert_string_equal(field(id, "st"), "DECIDED");
}

/* A record that ends its holder each time does not starve the others: past the fifth claim its
 * lease doubles with each, up to 256 of them; a move is progress and ends that. */
static void test_claims_elsewhere_come_ever_later(void **state)
{
	static const int64_t leases[] = { 1, 2, 4, 8, 16, 32, 64, 128, 256, 256, 256 };
	struct wp_id id = id_of(1), other = id_of(2);
	uint64_t fence = 0;

	(void)state;
	plant(id, WP_STATE_DECIDED);
	claim_times(id, WP_STATE_DECIDED, 4);
	for (size_t i = 0; i < WP_ARRAY_LEN(leases); i++) {
		fence = claim_times(id, WP_STATE_DECIDED, 1);
		assert_due_in(id, WP_STATE_DECIDED, 5000 * leases[i]);
	}
	assert_status(move(id, fence, WP_STATE_DECIDED, WP_STATE_REFUND_DUE), 0);
	assert_due_in(id, WP_STATE_REFUND_DUE, 5000);
	claim_times(id, WP_STATE_REFUND_DUE, 1);
	assert_due_in(id, WP_STATE_REFUND_DUE, 5000);
	plant(other, WP_STATE_RUNNING); /* there the sixth is the refund: leases stay */
	claim_times(other, WP_STATE_RUNNING, 5);
	assert_due_in(other, WP_STATE_RUNNING, 5000);
}

static void set_claims(struct wp_id id, int claims, int64_t due_ms)
{
	freeReplyObject(wp_test_redis_command(
		&fixture.server, "HSET wp:v:%s claims %d", text_of(id), claims));
	freeReplyObject(wp_test_redis_command(&fixture.server, "ZADD wp:q:%s XX %lld %s",
		field(id, "st"), (long long)due_ms, text_of(id)));
}

/* Whoever dies over a record is charged for all it claimed with it: one that was claimed twice
 * without progress is claimed alone, one that was claimed once is not. */
static void test_claimed_alone(void **state)
{
	(void)state;
	for (unsigned i = 1; i <= 5; i++) {
		plant(id_of(i), WP_STATE_DECIDED);
		set_claims(id_of(i), i == 3 || i == 4 ? 2 : 1, i);
	}
	assert_int_equal(claim(WP_STATE_DECIDED, 10).count, 3);
	assert_string_equal(field(id_of(3), "claims"), "2");
	assert_string_equal(field(id_of(4), "claims"), "2");
	assert_string_equal(field(id_of(5), "claims"), "2");
	struct answer answer = claim(WP_STATE_DECIDED, 10);
	assert_int_equal(answer.count, 1);
	assert_int_equal(strtoull(field(id_of(3), "fence"), NULL, 10), answer.fence);
	plant(id_of(6), WP_STATE_DECIDED); /* due later: not before the suspect, nor with it */
	set_claims(id_of(6), 0, 100);
	answer = claim(WP_STATE_DECIDED, 10);
	assert_int_equal(answer.count, 1);
	assert_int_equal(strtoull(field(id_of(4), "fence"), NULL, 10), answer.fence);
	assert_int_equal(claim(WP_STATE_DECIDED, 10).count, 1);
	assert_string_equal(field(id_of(6), "claims"), "1");
	assert_int_equal(claim(WP_STATE_DECIDED, 10).count, 0);
}

/* What is given up is in nobody's hands: it keeps nobody out. */
static void test_given_up_beside_others(void **state)
{
	(void)state;
	for (unsigned i = 1; i <= 3; i++) {
		plant(id_of(i), WP_STATE_PAID);
		set_claims(id_of(i), i == 3 ? 0 : 5, i);
	}
	assert_int_equal(claim(WP_STATE_PAID, 10).count, 1);
	assert_string_equal(field(id_of(1), "st"), "REFUND_DUE");
	assert_string_equal(field(id_of(2), "st"), "REFUND_DUE");
	assert_string_equal(field(id_of(3), "claims"), "1");
}

/* The wall clock stepped back: no lease and no park is a week long, so what is due later than that
 * is due now. */
static void test_due_after_a_clock_step(void **state)
{
	(void)state;
	plant(id_of(1), WP_STATE_DECIDED);
	set_claims(id_of(1), 0, redis_now_ms() + WEEK_MS - 10000);
	plant(id_of(2), WP_STATE_DECIDED);
	set_claims(id_of(2), 0, redis_now_ms() + WEEK_MS + 10000);
	plant(id_of(3), WP_STATE_DECIDED);
	set_claims(id_of(3), 0, 1);
	assert_int_equal(claim(WP_STATE_DECIDED, 1).count, 1);
	assert_string_equal(field(id_of(3), "claims"), "1");
	assert_int_equal(claim(WP_STATE_DECIDED, 10).count, 1);
	assert_string_equal(field(id_of(2), "claims"), "1");
	assert_due_in(id_of(2), WP_STATE_DECIDED, 5000);
	assert_string_equal(field(id_of(1), "claims"), "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_claim_takes_the_baton, fixture_empty),
		cmocka_unit_test_setup(test_claim_takes_at_most_what_is_asked, fixture_empty),
		cmocka_unit_test_setup(test_claim_drops_strays, fixture_empty),
		cmocka_unit_test_setup(test_claims_limit, fixture_empty),
		cmocka_unit_test_setup(test_claims_are_counted_since_the_last_move, fixture_empty),
		cmocka_unit_test_setup(test_claims_elsewhere_raise_an_alarm, fixture_empty),
		cmocka_unit_test_setup(test_claims_elsewhere_come_ever_later, fixture_empty),
		cmocka_unit_test_setup(test_claimed_alone, fixture_empty),
		cmocka_unit_test_setup(test_given_up_beside_others, fixture_empty),
		cmocka_unit_test_setup(test_due_after_a_clock_step, fixture_empty),
	};

	return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
