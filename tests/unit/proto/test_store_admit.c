/* Admission: counted in the call that creates (DESIGN 2.4), the same payment is the same
 * verification (A8), open payments per payer (P4). */
#include "store_fixture.h"

#include <stdlib.h>
#include <string.h>

static long long live_count(void)
{
	return wp_test_redis_integer(&fixture.server, "SCARD wp:live");
}

static void test_creates(void **state)
{
	struct wp_id id = id_of(1);
	struct wp_admission admission = admission_of(id, WP_STATE_SETTLE_DUE);

	(void)state;
	struct answer answer = admit(&admission);
	assert_status(answer, 0);
	assert_int_equal(answer.state, WP_STATE_SETTLE_DUE);
	assert_int_equal(strtoull(field(id, "fence"), NULL, 10), answer.fence);
	assert_string_equal(field(id, "attempt"), "0");
	assert_string_equal(field(id, "method"), "x402-v2");
	assert_string_equal(field(id, "value"), "10000");
	assert_string_equal(field(id, "payer"), "0x0100000000000000000000000000000000000000");
	assert_true(is_queued(id, WP_STATE_SETTLE_DUE));
	assert_int_equal(live_count(), 1);
	/* the fence is a baton: the next move is the presenter's */
	assert_status(move(id, answer.fence, WP_STATE_SETTLE_DUE, WP_STATE_SETTLE_SENT), 0);
}

static void on_body(void *arg, int status, const struct wp_body *body)
{
	int *has_input = arg;

	*has_input = status != 0 ? status : body->input != NULL;
	if (status == 0) {
		assert_int_equal(body->code_size, 4);
		assert_memory_equal(body->code, "CODE", 4);
	}
	if (status == 0 && body->input != NULL)
		assert_int_equal(body->input_size, 0);
	fixture_done();
}

/* An empty input is an input; none is none; a verification that ended has no body (O7). */
static void test_body(void **state)
{
	struct wp_id with = id_of(1), without = id_of(2);
	struct wp_admission admission = admission_of(with, WP_STATE_PAY_WAIT);
	int has_input = -1;

	(void)state;
	admission.input = "";
	struct answer answer = admit(&admission);
	assert_int_equal(wp_store_get_body(fixture.store, &with, on_body, &has_input), 0);
	fixture_await();
	assert_int_equal(has_input, 1);
	assert_status(move(with, answer.fence, WP_STATE_PAY_WAIT, WP_STATE_REJECTED), 0);
	assert_int_equal(wp_store_get_body(fixture.store, &with, on_body, &has_input), 0);
	fixture_await();
	assert_int_equal(has_input, -ENOENT);

	admission = admission_of(without, WP_STATE_PAY_WAIT);
	assert_status(admit(&admission), 0);
	assert_int_equal(wp_store_get_body(fixture.store, &without, on_body, &has_input), 0);
	fixture_await();
	assert_int_equal(has_input, 0);
}

static void test_existing(void **state)
{
	struct wp_id id = id_of(1);
	struct wp_admission admission = admission_of(id, WP_STATE_SETTLE_DUE);

	(void)state;
	struct answer first = admit(&admission);
	struct answer again = admit(&admission);
	assert_status(again, -EEXIST);
	assert_int_equal(again.fence, first.fence);
	assert_int_equal(again.state, WP_STATE_SETTLE_DUE);
	admission.request_hash.bytes[31] = 1;
	assert_status(admit(&admission), -WP_E_CONFLICT);
	assert_int_equal(wp_test_redis_integer(&fixture.server, "XLEN wp:ev"), 1);
	/* full or not: what exists is answered */
	admission.request_hash.bytes[31] = 0;
	admission.live_max = admission.open_max = 0;
	assert_status(admit(&admission), -EEXIST);
}

/* A8: the same answer within the retention, 410 later. */
static void test_retention(void **state)
{
	struct wp_id id = id_of(1);
	struct wp_admission admission = admission_of(id, WP_STATE_PAY_WAIT);

	(void)state;
	struct answer answer = admit(&admission);
	assert_status(move(id, answer.fence, WP_STATE_PAY_WAIT, WP_STATE_REJECTED), 0);
	assert_status(admit(&admission), -EEXIST);
	long long ended_ms = redis_now_ms() - 86400000;
	freeReplyObject(wp_test_redis_command(
		&fixture.server, "HSET wp:v:%s ended_ms %lld", text_of(id), ended_ms + 10000));
	assert_status(admit(&admission), -EEXIST);
	freeReplyObject(wp_test_redis_command(
		&fixture.server, "HSET wp:v:%s ended_ms %lld", text_of(id), ended_ms - 1));
	assert_status(admit(&admission), -WP_E_GONE);
	admission.request_hash.bytes[31] = 1;
	assert_status(admit(&admission), -WP_E_CONFLICT);
}

/* V2: at capacity minus one, at capacity, and free again when one is decided. */
static void test_live_max(void **state)
{
	struct wp_admission admission = admission_of(id_of(1), WP_STATE_PAY_WAIT);

	(void)state;
	admission.live_max = 3;
	for (unsigned i = 1; i <= 3; i++) {
		admission.id = id_of(i);
		assert_status(admit(&admission), 0);
	}
	admission.id = id_of(4);
	assert_status(admit(&admission), -WP_E_FULL);
	assert_int_equal(wp_test_redis_integer(&fixture.server, "EXISTS wp:v:%s wp:req:%s",
				 text_of(id_of(4)), text_of(id_of(4))),
		0);
	admission.live_max = -1; /* a mined native payment */
	assert_status(admit(&admission), 0);
	admission.live_max = 3;
	admission.id = id_of(5);
	uint64_t fence = strtoull(field(id_of(1), "fence"), NULL, 10);
	assert_status(move(id_of(1), fence, WP_STATE_PAY_WAIT, WP_STATE_REJECTED), 0);
	assert_status(admit(&admission), -WP_E_FULL); /* three are left */
	fence = strtoull(field(id_of(2), "fence"), NULL, 10);
	assert_status(move(id_of(2), fence, WP_STATE_PAY_WAIT, WP_STATE_LAPSED), 0);
	assert_status(admit(&admission), 0);
	admission.id = id_of(6);
	admission.live_max = 0;
	assert_status(admit(&admission), -WP_E_FULL);
}

/* P4: eight open payments of one payer, the ninth is refused, another payer is not. */
static void test_open_max(void **state)
{
	struct wp_admission admission = admission_of(id_of(1), WP_STATE_SETTLE_DUE);

	(void)state;
	admission.open_max = 8;
	for (unsigned i = 1; i <= 8; i++) {
		admission.id = id_of(i);
		assert_status(admit(&admission), 0);
	}
	admission.id = id_of(9);
	assert_status(admit(&admission), -EBUSY);
	admission.payer.bytes[0] = 2;
	assert_status(admit(&admission), 0);
	admission.payer.bytes[0] = 1;
	uint64_t fence = strtoull(field(id_of(1), "fence"), NULL, 10);
	fence = move(id_of(1), fence, WP_STATE_SETTLE_DUE, WP_STATE_SETTLE_SENT).fence;
	admission.id = id_of(10);
	assert_status(admit(&admission), -EBUSY); /* still open */
	assert_status(move(id_of(1), fence, WP_STATE_SETTLE_SENT, WP_STATE_PAID), 0);
	assert_status(admit(&admission), 0);
	/* an unused authorization that is proven worthless is no longer open */
	fence = strtoull(field(id_of(2), "fence"), NULL, 10);
	fence = move(id_of(2), fence, WP_STATE_SETTLE_DUE, WP_STATE_SETTLE_SENT).fence;
	assert_status(move(id_of(2), fence, WP_STATE_SETTLE_SENT, WP_STATE_REJECTED), 0);
	admission.id = id_of(11);
	assert_status(admit(&admission), 0);
}

struct sum {
	int status;
	int64_t count;
	char text[WP_AMOUNT_TEXT];
};

static void on_sum(void *arg, int status, const struct wp_amount *sum, int64_t count)
{
	struct sum *seen = arg;

	seen->status = status;
	seen->count = count;
	wp_amount_text(seen->text, sum);
	fixture_done();
}

static void test_open_sum(void **state)
{
	struct wp_admission admission = admission_of(id_of(1), WP_STATE_SETTLE_DUE);
	struct sum seen;

	(void)state;
	assert_int_equal(
		wp_amount_parse(&admission.value, "57896044618658097711785492504343953926634992332"
						  "820282019728792003956564819967"),
		0);
	assert_int_equal(wp_store_open_sum(fixture.store, &admission.payer, on_sum, &seen), 0);
	fixture_await();
	assert_int_equal(seen.status, 0);
	assert_string_equal(seen.text, "0");
	for (unsigned i = 1; i <= 2; i++) {
		admission.id = id_of(i);
		assert_status(admit(&admission), 0);
	}
	assert_int_equal(wp_store_open_sum(fixture.store, &admission.payer, on_sum, &seen), 0);
	fixture_await();
	assert_int_equal(seen.count, 2);
	assert_string_equal(seen.text,
		"11579208923731619542357098500868790785326998466564056403945758"
		"4007913129639934");
	admission.id = id_of(3);
	assert_status(admit(&admission), 0);
	assert_int_equal(wp_store_open_sum(fixture.store, &admission.payer, on_sum, &seen), 0);
	fixture_await();
	assert_int_equal(seen.status, -EPROTO); /* over 256 bits: no sum, never a wrapped one */
}

/* A lapsed payment that is presented again goes on waiting, within the limits. */
static void test_lapsed(void **state)
{
	struct wp_id id = id_of(1);
	struct wp_admission admission = admission_of(id, WP_STATE_PAY_WAIT);

	(void)state;
	struct answer first = admit(&admission);
	struct answer lapsed = move(id, first.fence, WP_STATE_PAY_WAIT, WP_STATE_LAPSED);
	assert_int_equal(live_count(), 0);
	assert_status(move(id, lapsed.fence, WP_STATE_LAPSED, WP_STATE_PAY_WAIT), -EPROTO);
	admission.request_hash.bytes[31] = 1;
	assert_status(admit(&admission), -WP_E_CONFLICT);
	admission.request_hash.bytes[31] = 0;
	admission.live_max = 0;
	assert_status(admit(&admission), -WP_E_FULL);
	assert_string_equal(field(id, "st"), "LAPSED");
	admission.live_max = 1;
	struct answer again = admit(&admission);
	assert_status(again, 0);
	assert_int_equal(again.state, WP_STATE_PAY_WAIT);
	assert_true(again.fence > lapsed.fence);
	assert_int_equal(
		wp_test_redis_integer(&fixture.server, "EXISTS wp:req:%s", text_of(id)), 1);
	assert_int_equal(live_count(), 1);
	assert_status(move(id, again.fence, WP_STATE_PAY_WAIT, WP_STATE_PAID), 0);
}

static void test_bad_arguments(void **state)
{
	static const struct wp_field_value own[] = { { WP_FIELD_st, "PAID" } };
	struct wp_admission admission = admission_of(id_of(1), WP_STATE_PAID);

	(void)state;
	assert_status(admit(&admission), -EPROTO);
	admission.state = WP_STATE_SETTLE_DUE;
	admission.fields = own;
	admission.field_count = 1;
	assert_status(admit(&admission), -EPROTO);
	assert_int_equal(wp_test_redis_integer(&fixture.server, "DBSIZE"), 0);
}

/* A full Redis refuses new money and lets what is there go on. */
static void test_out_of_memory(void **state)
{
	struct wp_id id = id_of(1);
	struct wp_admission admission = admission_of(id_of(2), WP_STATE_PAY_WAIT);
	uint64_t fence = paid(id);

	(void)state;
	freeReplyObject(wp_test_redis_command(&fixture.server, "CONFIG SET maxmemory 1"));
	assert_status(admit(&admission), -EPROTO);
	struct answer answer = move(id, fence, WP_STATE_PAID, WP_STATE_RUNNING);
	assert_status(answer, 0);
	assert_status(move(id, answer.fence, WP_STATE_RUNNING, WP_STATE_DECIDED), 0);
	freeReplyObject(wp_test_redis_command(&fixture.server, "CONFIG SET maxmemory 0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_creates, fixture_empty),
		cmocka_unit_test_setup(test_body, fixture_empty),
		cmocka_unit_test_setup(test_existing, fixture_empty),
		cmocka_unit_test_setup(test_retention, fixture_empty),
		cmocka_unit_test_setup(test_live_max, fixture_empty),
		cmocka_unit_test_setup(test_open_max, fixture_empty),
		cmocka_unit_test_setup(test_open_sum, fixture_empty),
		cmocka_unit_test_setup(test_lapsed, fixture_empty),
		cmocka_unit_test_setup(test_bad_arguments, fixture_empty),
		cmocka_unit_test_setup(test_out_of_memory, fixture_empty),
	};

	return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
