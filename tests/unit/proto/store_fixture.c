#include "store_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fixture fixture;
static struct answer answered;

void fixture_done(void)
{
	wp_loop_stop(fixture.loop);
}

void fixture_await(void)
{
	assert_int_equal(wp_loop_run(fixture.loop), 0);
}

static void on_installed(void *arg, int status, const char *text)
{
	(void)arg;
	answered.status = status;
	snprintf(answered.text, sizeof answered.text, "%s", text);
	fixture_done();
}

int fixture_open(void **state)
{
	(void)state;
	if (wp_test_redis_start(&fixture.server) != 0)
		return -1;
	fixture.loop = wp_loop_new();
	fixture.redis = wp_redis_new(fixture.loop, fixture.server.socket);
	fixture.store = wp_store_new(fixture.redis);
	assert_int_equal(wp_store_install(fixture.store, on_installed, NULL), 0);
	fixture_await();
	if (answered.status != 0)
		fprintf(stderr, "install: %d %s\n", answered.status, answered.text);
	return answered.status == 0 ? 0 : -1;
}

int fixture_close(void **state)
{
	(void)state;
	wp_store_free(fixture.store);
	wp_redis_free(fixture.redis);
	wp_loop_free(fixture.loop);
	wp_test_redis_stop(&fixture.server);
	return 0;
}

int fixture_empty(void **state)
{
	(void)state;
	freeReplyObject(wp_test_redis_command(&fixture.server, "FLUSHALL"));
	return 0;
}

struct wp_id id_of(unsigned number)
{
	struct wp_id id = { { 0xab } };

	id.bytes[14] = (uint8_t)(number >> 8);
	id.bytes[15] = (uint8_t)number;
	return id;
}

const char *text_of(struct wp_id id)
{
	static char texts[8][WP_ID_TEXT];
	static unsigned turn;

	return wp_id_text(texts[turn++ % 8], &id);
}

struct wp_admission admission_of(struct wp_id id, enum wp_state state)
{
	static const struct wp_field_value fields[] = { { WP_FIELD_method, "x402-v2" },
		{ WP_FIELD_timeout_ms, "30000" } };
	struct wp_admission admission = {
		.id = id, .state = state, .open_max = -1, .live_max = -1
	};

	admission.request_hash.bytes[0] = 7;
	admission.payer.bytes[0] = 1;
	admission.value = wp_amount_from_u64(10000);
	admission.fields = fields;
	admission.field_count = WP_ARRAY_LEN(fields);
	admission.code = "CODE";
	admission.code_size = 4;
	return admission;
}

static void on_admitted(void *arg, const struct wp_admitted *answer)
{
	(void)arg;
	answered = (struct answer){ answer->status, answer->fence, 0, answer->state, 0, "" };
	snprintf(answered.text, sizeof answered.text, "%s", answer->text);
	fixture_done();
}

struct answer admit(const struct wp_admission *admission)
{
	assert_int_equal(wp_store_admit(fixture.store, admission, on_admitted, NULL), 0);
	fixture_await();
	return answered;
}

static void on_moved(void *arg, const struct wp_moved *answer)
{
	(void)arg;
	answered = (struct answer){
		.status = answer->status, .fence = answer->fence, .attempt = answer->attempt
	};
	snprintf(answered.text, sizeof answered.text, "%s", answer->text);
	fixture_done();
}

struct answer advance(const struct wp_move *given)
{
	assert_int_equal(wp_store_advance(fixture.store, given, on_moved, NULL), 0);
	fixture_await();
	return answered;
}

struct wp_move move_of(struct wp_id id, uint64_t fence, enum wp_state from, enum wp_state to)
{
	static char keys[8][WP_ID_TEXT];
	static unsigned turn;
	struct wp_move given = { .id = id, .fence = fence, .from = from, .to = to };

	if (wp_state_may_move(from, to) && (to == WP_STATE_PAID || from == WP_STATE_PAY_WAIT))
		given.consume = wp_id_text(keys[turn++ % 8], &id);
	given.run_budget_ms = 60000;
	given.slot_max = 100;
	given.slot_ms = 40000;
	return given;
}

struct answer move(struct wp_id id, uint64_t fence, enum wp_state from, enum wp_state to)
{
	struct wp_move given = move_of(id, fence, from, to);

	return advance(&given);
}

struct answer renew(struct wp_id id, uint64_t fence, enum wp_state state)
{
	assert_int_equal(wp_store_renew(fixture.store, &id, fence, state, on_moved, NULL), 0);
	fixture_await();
	return answered;
}

struct answer park(struct wp_id id, uint64_t fence, enum wp_state state, int64_t delay_ms)
{
	const struct wp_field_value parked = { WP_FIELD_driver, "parked" };

	assert_int_equal(wp_store_park(fixture.store, &id, fence, state, delay_ms, &parked, 1,
				 on_moved, NULL),
		0);
	fixture_await();
	return answered;
}

static void on_claimed(void *arg, int status, const struct wp_claimed *claimed, size_t count)
{
	(void)arg;
	answered = (struct answer){ .status = status, .count = (int64_t)count };
	if (count > 0) {
		answered.fence = claimed[0].fence;
		answered.attempt = claimed[0].attempt;
	}
	fixture_done();
}

struct answer claim(enum wp_state state, int64_t most)
{
	assert_int_equal(wp_store_claim(fixture.store, state, most, on_claimed, NULL), 0);
	fixture_await();
	return answered;
}

static void on_lane(void *arg, int status, uint64_t fence)
{
	(void)arg;
	answered = (struct answer){ .status = status, .fence = fence };
	fixture_done();
}

struct answer lane_take(const char *lane, const char *owner, int64_t lease_ms)
{
	assert_int_equal(
		wp_store_lane_take(fixture.store, lane, owner, lease_ms, on_lane, NULL), 0);
	fixture_await();
	return answered;
}

static void on_reaped(void *arg, int status, const struct wp_reaped *reaped)
{
	(void)arg;
	answered = (struct answer){ .status = status,
		.fence = (uint64_t)reaped->leases,
		.attempt = (uint32_t)reaped->slots,
		.count = reaped->refunds };
	fixture_done();
}

struct answer reap(int64_t grace_ms)
{
	assert_int_equal(wp_store_reap(fixture.store, grace_ms, on_reaped, NULL), 0);
	fixture_await();
	return answered;
}

static void run(const char *format, ...)
{
	char text[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	redisReply *reply = wp_test_redis_command(&fixture.server, text);
	if (reply->type == REDIS_REPLY_ERROR)
		fail_msg("%s: %s", text, reply->str);
	freeReplyObject(reply);
}

#define PAYER "0x0100000000000000000000000000000000000000"

void plant(struct wp_id id, enum wp_state state)
{
	const char *name = wp_state_text(state), *text = text_of(id);
	bool is_open = state == WP_STATE_SETTLE_DUE || state == WP_STATE_SETTLE_SIGNED ||
		       state == WP_STATE_SETTLE_SENT || state == WP_STATE_PAY_WAIT;
	bool is_run = state == WP_STATE_PAID || state == WP_STATE_RUNNING;

	run("HSET wp:v:%s st %s fence 1000 attempt 1 claims 0 payer " PAYER " value 10000", text,
		name);
	if (wp_state_is_end(state))
		run("HSET wp:v:%s ended_ms %lld", text, (long long)redis_now_ms());
	else if (state != WP_STATE_LAPSED)
		run("HSET wp:req:%s code CODE", text);
	if (wp_state_mover(state) != NULL)
		run("ZADD wp:q:%s %lld %s", name, (long long)redis_now_ms() + 5000, text);
	if (is_open)
		run("HSET wp:open:" PAYER " %s 10000", text);
	if (is_open || is_run)
		run("SADD wp:live %s", text);
	if (!is_open && state != WP_STATE_LAPSED)
		run("HSET wp:v:%s deadline_ms %lld", text, (long long)redis_now_ms() + 60000);
	if (is_run)
		run("ZADD wp:deadlines %lld %s", (long long)redis_now_ms() + 60000, text);
}

void make_due(struct wp_id id, enum wp_state state)
{
	run("ZADD wp:q:%s XX 1 %s", wp_state_text(state), text_of(id));
}

const char *field(struct wp_id id, const char *name)
{
	return wp_test_redis_text(&fixture.server, "HGET wp:v:%s %s", text_of(id), name);
}

bool is_queued(struct wp_id id, enum wp_state state)
{
	return wp_test_redis_integer(&fixture.server, "ZSCORE wp:q:%s %s", wp_state_text(state),
		       text_of(id)) >= 0;
}

void assert_due_in(struct wp_id id, enum wp_state state, int64_t expected_ms)
{
	int64_t due_ms = wp_test_redis_integer(&fixture.server, "ZSCORE wp:q:%s %s",
				 wp_state_text(state), text_of(id)) -
			 redis_now_ms();

	assert_true(due_ms <= expected_ms && due_ms > expected_ms - 1500);
}

int64_t redis_now_ms(void)
{
	redisReply *reply = wp_test_redis_command(&fixture.server, "TIME");
	int64_t seconds = strtoll(reply->element[0]->str, NULL, 10);
	int64_t us = strtoll(reply->element[1]->str, NULL, 10);

	freeReplyObject(reply);
	return seconds * 1000 + us / 1000;
}

uint64_t paid(struct wp_id id)
{
	struct wp_admission admission = admission_of(id, WP_STATE_PAY_WAIT);
	struct answer answer = admit(&admission);

	assert_status(answer, 0);
	answer = move(id, answer.fence, WP_STATE_PAY_WAIT, WP_STATE_PAID);
	assert_status(answer, 0);
	return answer.fence;
}

uint64_t running(struct wp_id id)
{
	struct answer answer = move(id, paid(id), WP_STATE_PAID, WP_STATE_RUNNING);

	assert_status(answer, 0);
	return answer.fence;
}
