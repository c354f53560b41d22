/* Every move of the table and every one that is not, fences, leases (DESIGN 2.1-2.3). */
#include "store_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WEEK_MS INT64_C(604800000)

/* Written down again on purpose: the table of proto/states.txt must not vouch for itself. */
static const char *const moves[] = {
	"SETTLE_DUE SETTLE_SIGNED",
	"SETTLE_DUE SETTLE_SENT",
	"SETTLE_SIGNED SETTLE_SENT",
	"SETTLE_SENT PAID",
	"SETTLE_SENT REJECTED",
	"SETTLE_SENT MANUAL",
	"PAY_WAIT PAID",
	"PAY_WAIT LAPSED",
	"PAY_WAIT REJECTED",
	"PAY_WAIT REFUND_DUE",
	"PAID RUNNING",
	"PAID REFUND_DUE",
	"RUNNING DECIDED",
	"RUNNING PAID",
	"RUNNING REFUND_DUE",
	"DECIDED ATT_SIGNED",
	"DECIDED DONE",
	"DECIDED VOID",
	"DECIDED REFUND_DUE",
	"ATT_SIGNED ATT_SENT",
	"ATT_SENT DONE",
	"ATT_SENT MANUAL",
	"REFUND_DUE REF_SIGNED",
	"REFUND_DUE VOID",
	"REFUND_DUE MANUAL",
	"REF_SIGNED REF_SENT",
	"REF_SENT REFUNDED",
	"REF_SENT REF_SIGNED",
	"REF_SENT MANUAL",
};

static bool is_listed(enum wp_state from, enum wp_state to)
{
	char text[64];

	snprintf(text, sizeof text, "%s %s", wp_state_text(from), wp_state_text(to));
	for (size_t i = 0; i < WP_ARRAY_LEN(moves); i++) {
		if (strcmp(moves[i], text) == 0)
			return true;
	}
	return false;
}

static bool is_one_of(enum wp_state state, const char *names)
{
	char name[32];

	snprintf(name, sizeof name, " %s ", wp_state_text(state));
	return strstr(names, name) != NULL;
}

/* Which sets a state belongs to, and that it is in no other. */
static void assert_sets(struct wp_id id, enum wp_state state)
{
	const char *text = text_of(id);
	bool is_open = is_one_of(state, " SETTLE_DUE SETTLE_SIGNED SETTLE_SENT PAY_WAIT ");
	bool is_run = is_one_of(state, " PAID RUNNING ");
	bool has_ended = is_one_of(state, " DONE REFUNDED REJECTED VOID ");
	bool rests = has_ended || is_one_of(state, " LAPSED MANUAL ");

	for (int other = 1; other < WP_STATE_COUNT; other++)
		assert_int_equal(
			is_queued(id, (enum wp_state)other), !rests && other == (int)state);
	assert_int_equal(wp_test_redis_integer(&fixture.server, "SISMEMBER wp:live %s", text),
		is_open || is_run);
	assert_int_equal(
		wp_test_redis_integer(&fixture.server,
			"HEXISTS wp:open:0x0100000000000000000000000000000000000000 %s", text),
		is_open);
	assert_int_equal(
		wp_test_redis_integer(&fixture.server, "ZSCORE wp:deadlines %s", text) > 0, is_run);
	assert_int_equal(wp_test_redis_integer(&fixture.server, "EXISTS wp:req:%s", text),
		!has_ended && state != WP_STATE_LAPSED);
	assert_int_equal(field(id, "ended_ms")[0] != '\0', has_ended);
}

static void assert_event(struct wp_id id, enum wp_state from, enum wp_state to)
{
	redisReply *reply = wp_test_redis_command(&fixture.server, "XREVRANGE wp:ev + - COUNT 1");

	assert_int_equal(reply->elements, 1);
	redisReply *fields = reply->element[0]->element[1];
	assert_int_equal(fields->elements, 6);
	assert_string_equal(fields->element[1]->str, text_of(id));
	assert_string_equal(fields->element[3]->str, wp_state_text(from));
	assert_string_equal(fields->element[5]->str, wp_state_text(to));
	freeReplyObject(reply);
}

static void assert_unchanged(struct wp_id id, enum wp_state state, const char *fence)
{
	assert_string_equal(field(id, "st"), wp_state_text(state));
	assert_string_equal(field(id, "fence"), fence);
	assert_sets(id, state);
}

static const char *kind_for(enum wp_state to)
{
	return to == WP_STATE_SETTLE_SIGNED ? "settle"
	       : to == WP_STATE_REF_SIGNED  ? "refund"
					    : "attest";
}

static struct answer try_move(struct wp_id id, uint64_t fence, enum wp_state from, enum wp_state to,
	uint64_t nonce, uint64_t lane_fence)
{
	struct wp_move given = move_of(id, fence, from, to);
	struct wp_row row = { .lane = "lane",
		.lane_fence = lane_fence,
		.nonce = nonce,
		.kind = kind_for(to),
		.raw = "0x02",
		.fees = "1/1" };

	given.row = &row;
	return advance(&given);
}

/* P5, DESIGN 2: exactly the listed moves exist. */
static void test_matrix(void **state)
{
	uint64_t lane = lane_take("lane", "me", 60000).fence, nonce = 0;
	unsigned number = 0, allowed = 0;

	(void)state;
	for (int from = 1; from < WP_STATE_COUNT; from++) {
		for (int to = 0; to < WP_STATE_COUNT; to++) {
			struct wp_id id = id_of(++number);
			plant(id, (enum wp_state)from);
			struct answer answer = try_move(
				id, 1000, (enum wp_state)from, (enum wp_state)to, nonce, lane);
			if (!is_listed((enum wp_state)from, (enum wp_state)to)) {
				assert_status(answer, -EPROTO);
				assert_unchanged(id, (enum wp_state)from, "1000");
				continue;
			}
			assert_status(answer, 0);
			assert_true(answer.fence > 1000);
			assert_string_equal(field(id, "st"), wp_state_text((enum wp_state)to));
			assert_int_equal(strtoull(field(id, "fence"), NULL, 10), answer.fence);
			assert_sets(id, (enum wp_state)to);
			assert_event(id, (enum wp_state)from, (enum wp_state)to);
			nonce += is_one_of(
				(enum wp_state)to, " SETTLE_SIGNED ATT_SIGNED REF_SIGNED ");
			allowed++;
		}
	}
	assert_int_equal(allowed, WP_ARRAY_LEN(moves));
}

/* Every move with a stale fence, with a future one, and from another state: nothing changes. */
static void test_stale(void **state)
{
	uint64_t lane = lane_take("lane", "me", 60000).fence;
	unsigned number = 0;

	(void)state;
	for (int from = 1; from < WP_STATE_COUNT; from++) {
		for (int to = 1; to < WP_STATE_COUNT; to++) {
			if (!is_listed((enum wp_state)from, (enum wp_state)to))
				continue;
			struct wp_id id = id_of(++number);
			plant(id, (enum wp_state)from);
			assert_status(
				try_move(id, 999, (enum wp_state)from, (enum wp_state)to, 0, lane),
				-WP_E_STALE);
			assert_status(
				try_move(id, 1001, (enum wp_state)from, (enum wp_state)to, 0, lane),
				-WP_E_STALE);
			assert_unchanged(id, (enum wp_state)from, "1000");
			struct wp_id other = id_of(++number);
			plant(other, from == WP_STATE_DECIDED ? WP_STATE_PAID : WP_STATE_DECIDED);
			assert_status(try_move(other, 1000, (enum wp_state)from, (enum wp_state)to,
					      0, lane),
				-WP_E_STALE);
		}
	}
	assert_status(move(id_of(9999), 1, WP_STATE_DECIDED, WP_STATE_DONE), -ENOENT);
	assert_int_equal(wp_test_redis_integer(&fixture.server, "XLEN wp:ev"), 0);
}

/* Planted defect "advance keeps the fence": the old one must be worth nothing, and never come back.
 */
static void test_advance_makes_a_new_fence(void **state)
{
	struct wp_id id = id_of(1);
	uint64_t fence = paid(id);

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct answer answer = move(id, fence, WP_STATE_PAID, WP_STATE_RUNNING);
		assert_status(answer, 0);
		assert_true(answer.fence > fence);
		uint64_t next = answer.fence;
		answer = move(id, next, WP_STATE_RUNNING, WP_STATE_PAID);
		assert_status(answer, 0);
		assert_true(answer.fence > next);
		assert_status(move(id, fence, WP_STATE_PAID, WP_STATE_RUNNING), -WP_E_STALE);
		fence = answer.fence;
	}
}

/* A record restored from an older disk: fences of the lost history do not come round again. */
static void test_fence_follows_the_clock(void **state)
{
	struct wp_id id = id_of(1);

	(void)state;
	plant(id, WP_STATE_DECIDED);
	struct answer answer = move(id, 1000, WP_STATE_DECIDED, WP_STATE_DONE);
	assert_true((int64_t)(answer.fence / 1000) >= redis_now_ms() - 5000);
	/* and where the clock stands behind the fence, it still grows by one */
	struct wp_id other = id_of(2);
	plant(other, WP_STATE_RUNNING);
	freeReplyObject(wp_test_redis_command(
		&fixture.server, "HSET wp:v:%s fence 5000000000000000", text_of(other)));
	answer = move(other, UINT64_C(5000000000000000), WP_STATE_RUNNING, WP_STATE_PAID);
	assert_status(answer, 0);
	assert_int_equal(answer.fence, UINT64_C(5000000000000001));
}

static void test_leases(void **state)
{
	struct wp_id id = id_of(1);
	uint64_t fence = paid(id);

	(void)state;
	assert_due_in(id, WP_STATE_PAID, 2000);
	struct answer answer = move(id, fence, WP_STATE_PAID, WP_STATE_RUNNING);
	assert_due_in(id, WP_STATE_RUNNING, 5000);
	make_due(id, WP_STATE_RUNNING);
	struct answer renewed = renew(id, answer.fence, WP_STATE_RUNNING);
	assert_status(renewed, 0);
	assert_int_equal(renewed.fence, answer.fence);
	assert_due_in(id, WP_STATE_RUNNING, 5000);
	/* planted defect "renew after the move" */
	struct answer decided = move(id, answer.fence, WP_STATE_RUNNING, WP_STATE_DECIDED);
	assert_status(renew(id, answer.fence, WP_STATE_RUNNING), -WP_E_STALE);
	assert_false(is_queued(id, WP_STATE_RUNNING));
	assert_status(renew(id, decided.fence, WP_STATE_RUNNING), -WP_E_STALE);
	/* a move may park at once */
	struct wp_move given = move_of(id, decided.fence, WP_STATE_DECIDED, WP_STATE_REFUND_DUE);
	given.due_ms = 30000;
	assert_status(advance(&given), 0);
	assert_due_in(id, WP_STATE_REFUND_DUE, 30000);
	assert_status(renew(id, 1, WP_STATE_DONE), -EPROTO);
}

static void test_park(void **state)
{
	struct wp_id id = id_of(1);
	uint64_t fence = paid(id);

	(void)state;
	make_due(id, WP_STATE_PAID);
	fence = claim(WP_STATE_PAID, 1).fence;
	assert_string_equal(field(id, "claims"), "1");
	struct answer answer = park(id, fence, WP_STATE_PAID, 500);
	assert_status(answer, 0);
	assert_int_equal(answer.fence, fence);
	assert_string_equal(field(id, "claims"), "0");
	assert_string_equal(field(id, "driver"), "parked");
	assert_due_in(id, WP_STATE_PAID, 500);
}

static void call_is_wrong(const char *call)
{
	redisReply *reply = wp_test_redis_command(&fixture.server, call);

	if (reply->type != REDIS_REPLY_ERROR || strstr(reply->str, "workproof: ") == NULL)
		fail_msg("not refused as a mistake: %s", call);
	freeReplyObject(reply);
}

/* Times are whole milliseconds of less than a week; anything else is an error before any write. */
static void test_time_ranges(void **state)
{
	static const char *const bad[] = { "604800000", "-1", "nan", "inf", "-inf", "1e300", "0.5",
		"x" };
	char call[256];

	(void)state;
	plant(id_of(1), WP_STATE_PAY_WAIT);
	plant(id_of(2), WP_STATE_PAID);
	for (size_t i = 0; i < WP_ARRAY_LEN(bad) + 1; i++) {
		const char *time = i < WP_ARRAY_LEN(bad) ? bad[i] : "0";
		snprintf(call, sizeof call,
			"FCALL wp_advance 0 %s 1000 PAY_WAIT PAID 0 0 0 consume k run_budget_ms %s",
			text_of(id_of(1)), time);
		call_is_wrong(call);
		snprintf(call, sizeof call,
			"FCALL wp_advance 0 %s 1000 PAID RUNNING 0 0 0 slot_max 9 slot_ms %s",
			text_of(id_of(2)), time);
		call_is_wrong(call);
		snprintf(call, sizeof call, "FCALL wp_lane_take 0 lane me %s", time);
		call_is_wrong(call);
		snprintf(call, sizeof call, "FCALL wp_service_beat 0 gateway a ipc:///a 1 9 %s",
			time);
		call_is_wrong(call);
		if (strcmp(time, "0") == 0)
			continue; /* park: at once; advance: the lease of the state */
		snprintf(call, sizeof call, "FCALL wp_park 0 %s 1000 PAID %s 0 0",
			text_of(id_of(2)), time);
		call_is_wrong(call);
		snprintf(call, sizeof call, "FCALL wp_advance 0 %s 1000 PAID REFUND_DUE %s 0 0",
			text_of(id_of(2)), time);
		call_is_wrong(call);
	}
	assert_unchanged(id_of(1), WP_STATE_PAY_WAIT, "1000");
	assert_unchanged(id_of(2), WP_STATE_PAID, "1000");
	assert_int_equal(wp_test_redis_integer(&fixture.server,
				 "EXISTS wp:pay:k wp:slots wp:lane:lane wp:svc:gateway wp:ev"),
		0);
	assert_status(park(id_of(2), 1000, WP_STATE_PAID, WEEK_MS - 1), 0);
	assert_due_in(id_of(2), WP_STATE_PAID, WEEK_MS - 1);
	assert_status(park(id_of(2), 1000, WP_STATE_PAID, 0), 0);
}

/* Fields: set, deleted, and those of the functions refused. */
static void test_fields(void **state)
{
	struct wp_id id = id_of(1);
	const struct wp_field_value written[] = { { WP_FIELD_verdict, "VALID" },
		{ WP_FIELD_error_code, "" }, { WP_FIELD_host, NULL } };
	const struct wp_field_value own[] = { { WP_FIELD_attempt, "0" } };
	const struct wp_field_value erased[] = { { WP_FIELD_deadline_ms, NULL } };
	const struct wp_field_value admitted[] = { { WP_FIELD_payer, "0x02" },
		{ WP_FIELD_payer, NULL }, { WP_FIELD_value, "1" }, { WP_FIELD_value, NULL },
		{ WP_FIELD_request_hash, "0x03" }, { WP_FIELD_request_hash, NULL } };

	(void)state;
	plant(id, WP_STATE_RUNNING);
	freeReplyObject(
		wp_test_redis_command(&fixture.server, "HSET wp:v:%s host here", text_of(id)));
	struct wp_move given = move_of(id, 1000, WP_STATE_RUNNING, WP_STATE_DECIDED);
	given.fields = own;
	given.field_count = 1;
	assert_status(advance(&given), -EPROTO);
	given.fields = erased;
	assert_status(advance(&given), -EPROTO);
	for (size_t i = 0; i < WP_ARRAY_LEN(admitted); i++) {
		given.fields = &admitted[i];
		assert_status(advance(&given), -EPROTO);
	}
	assert_string_equal(field(id, "value"), "10000");
	given.fields = written;
	given.field_count = WP_ARRAY_LEN(written);
	assert_status(advance(&given), 0);
	assert_string_equal(field(id, "verdict"), "VALID");
	assert_int_equal(
		wp_test_redis_integer(&fixture.server, "HEXISTS wp:v:%s host", text_of(id)), 0);
	assert_string_equal(field(id, "attempt"), "1");
}

static void on_output(void *arg, int status, const struct wp_output *output)
{
	int *seen = arg;

	*seen = status;
	if (status == 0) {
		assert_int_equal(output->out_stdout_size, 5);
		assert_memory_equal(output->out_stdout, "a\0b\r\n", 5);
		assert_string_equal(output->result, "[1]");
		assert_string_equal(output->error_message, "");
	}
	fixture_done();
}

static int64_t output_left_ms(struct wp_id id)
{
	return wp_test_redis_integer(&fixture.server, "PTTL wp:out:%s", text_of(id));
}

/* Private output is kept for a day after the end, however long that takes (O7). */
static void test_output(void **state)
{
	struct wp_id id = id_of(1);
	int seen = 1;

	(void)state;
	plant(id, WP_STATE_RUNNING);
	struct wp_move given = move_of(id, 1000, WP_STATE_RUNNING, WP_STATE_DECIDED);
	given.out_stdout = "a\0b\r\n";
	given.out_stdout_size = 5;
	given.out_result = "[1]";
	assert_status(advance(&given), 0);
	assert_int_equal(wp_store_get_output(fixture.store, &id, on_output, &seen), 0);
	fixture_await();
	assert_int_equal(seen, 0);
	assert_int_equal(output_left_ms(id), -1);
	struct wp_id none = id_of(2);
	assert_int_equal(wp_store_get_output(fixture.store, &none, on_output, &seen), 0);
	fixture_await();
	assert_int_equal(seen, -ENOENT);
}

/* Whatever the end is, also one by way of the refund; an end without output leaves nothing. */
static void test_output_expires_after_the_end(void **state)
{
	static const enum wp_state ends[] = { WP_STATE_DONE, WP_STATE_VOID, WP_STATE_REFUND_DUE };

	(void)state;
	for (unsigned i = 0; i < WP_ARRAY_LEN(ends); i++) {
		struct wp_id id = id_of(i);
		plant(id, WP_STATE_RUNNING);
		struct answer answer = move(id, 1000, WP_STATE_RUNNING, WP_STATE_DECIDED);
		assert_status(answer, 0);
		/* as an older library left it */
		freeReplyObject(wp_test_redis_command(
			&fixture.server, "PEXPIRE wp:out:%s 60000", text_of(id)));
		answer = move(id, answer.fence, WP_STATE_DECIDED, ends[i]);
		assert_status(answer, 0);
		if (ends[i] == WP_STATE_REFUND_DUE) {
			assert_true(output_left_ms(id) <= 60000);
			answer = move(id, answer.fence, WP_STATE_REFUND_DUE, WP_STATE_VOID);
			assert_status(answer, 0);
		}
		int64_t left_ms = output_left_ms(id);
		assert_true(left_ms > 86400000 - 10000 && left_ms <= 86400000);
	}
	plant(id_of(9), WP_STATE_PAY_WAIT);
	assert_status(move(id_of(9), 1000, WP_STATE_PAY_WAIT, WP_STATE_REJECTED), 0);
	assert_int_equal(output_left_ms(id_of(9)), -2);
}

/* The consumption key belongs to one verification for ever (P5); nothing changes for the loser. */
static void test_consumption(void **state)
{
	struct wp_id first = id_of(1), second = id_of(2), third = id_of(3);

	(void)state;
	plant(first, WP_STATE_SETTLE_SENT);
	plant(second, WP_STATE_PAY_WAIT);
	plant(third, WP_STATE_PAY_WAIT);
	struct wp_move given = move_of(first, 1000, WP_STATE_SETTLE_SENT, WP_STATE_PAID);
	given.consume = "84532:0xtoken:0xtx:1";
	assert_status(advance(&given), 0);
	assert_int_equal(
		wp_test_redis_integer(&fixture.server, "PTTL wp:pay:84532:0xtoken:0xtx:1"), -1);
	given = move_of(second, 1000, WP_STATE_PAY_WAIT, WP_STATE_PAID);
	given.consume = "84532:0xtoken:0xtx:1";
	freeReplyObject(
		wp_test_redis_command(&fixture.server, "HSET wp:v:%s driver x", text_of(second)));
	const struct wp_field_value proof[] = { { WP_FIELD_pay_tx, "0x1" },
		{ WP_FIELD_driver, NULL } };
	given.fields = proof;
	given.field_count = WP_ARRAY_LEN(proof);
	assert_status(advance(&given), -WP_E_CONFLICT);
	assert_unchanged(second, WP_STATE_PAY_WAIT, "1000");
	assert_string_equal(field(second, "pay_tx"), "");
	assert_string_equal(field(second, "driver"), "x");
	/* a refund of the wrong amount consumes as well: one transfer is not given back twice (P9)
	 */
	given = move_of(second, 1000, WP_STATE_PAY_WAIT, WP_STATE_REFUND_DUE);
	given.consume = "84532:0xtoken:0xtx:1";
	assert_status(advance(&given), -WP_E_CONFLICT);
	given.consume = "84532:0xtoken:0xtx:2";
	assert_status(advance(&given), 0);
	given = move_of(third, 1000, WP_STATE_PAY_WAIT, WP_STATE_REFUND_DUE);
	given.consume = "84532:0xtoken:0xtx:2";
	assert_status(advance(&given), -WP_E_CONFLICT);
	given.consume = NULL;
	assert_status(advance(&given), -EPROTO);
	given = move_of(third, 1000, WP_STATE_PAY_WAIT, WP_STATE_PAID);
	given.consume = NULL;
	assert_status(advance(&given), -EPROTO);
	given.consume = "84532:0xtoken:0xtx:3";
	given.run_budget_ms = 60000;
	assert_status(advance(&given), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_matrix, fixture_empty),
		cmocka_unit_test_setup(test_stale, fixture_empty),
		cmocka_unit_test_setup(test_advance_makes_a_new_fence, fixture_empty),
		cmocka_unit_test_setup(test_fence_follows_the_clock, fixture_empty),
		cmocka_unit_test_setup(test_leases, fixture_empty),
		cmocka_unit_test_setup(test_park, fixture_empty),
		cmocka_unit_test_setup(test_time_ranges, fixture_empty),
		cmocka_unit_test_setup(test_fields, fixture_empty),
		cmocka_unit_test_setup(test_output, fixture_empty),
		cmocka_unit_test_setup(test_output_expires_after_the_end, fixture_empty),
		cmocka_unit_test_setup(test_consumption, fixture_empty),
	};

	return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
