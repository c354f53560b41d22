/* Lanes: rows before broadcasts, gap-free nonces, one owner (DESIGN 2.6, C4). */
#include "store_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LANE "attest:84532:0xsigner"

static struct wp_row row_of(uint64_t lane_fence, uint64_t nonce, const char *kind)
{
	struct wp_row row = { .lane = LANE,
		.lane_fence = lane_fence,
		.nonce = nonce,
		.kind = kind,
		.raw = "0x02ab",
		.fees = "30/2" };

	row.hash.bytes[0] = (uint8_t)(nonce + 1);
	return row;
}

static struct answer sign_as(
	struct wp_id id, enum wp_state from, enum wp_state to, const struct wp_row *row)
{
	uint64_t fence = strtoull(field(id, "fence"), NULL, 10);
	struct wp_move given = move_of(id, fence, from, to);

	given.row = row;
	return advance(&given);
}

static struct answer sign(unsigned number, const struct wp_row *row)
{
	struct wp_id id = id_of(number);

	if (field(id, "st")[0] == '\0')
		plant(id, WP_STATE_DECIDED);
	return sign_as(id, WP_STATE_DECIDED, WP_STATE_ATT_SIGNED, row);
}

static struct answer done;

static void on_done(void *arg, int status, const char *text)
{
	(void)arg;
	done = (struct answer){ .status = status };
	snprintf(done.text, sizeof done.text, "%s", text);
	fixture_done();
}

static struct answer row_version(const struct wp_row *row, const struct wp_id *id)
{
	assert_int_equal(wp_store_row_version(fixture.store, row, id, on_done, NULL), 0);
	fixture_await();
	return done;
}

static struct answer row_final(uint64_t lane_fence, uint64_t nonce)
{
	assert_int_equal(
		wp_store_row_final(fixture.store, LANE, lane_fence, nonce, on_done, NULL), 0);
	fixture_await();
	return done;
}

struct rows {
	int status;
	size_t count;
	struct wp_lane_row rows[16];
	char kinds[WP_ROW_VERSIONS_MAX][16]; /* of the first row's versions */
	char raw[16], fees[16];              /* of its newest */
};

static void on_rows(void *arg, int status, const struct wp_lane_row *rows, size_t count)
{
	struct rows *seen = arg;

	*seen = (struct rows){ .status = status, .count = count };
	assert_true(count <= 16);
	for (size_t i = 0; i < count; i++)
		seen->rows[i] = rows[i];
	for (size_t i = 0; count > 0 && i < rows[0].version_count; i++) {
		snprintf(seen->kinds[i], sizeof seen->kinds[i], "%s", rows[0].versions[i].kind);
		snprintf(seen->raw, sizeof seen->raw, "%s", rows[0].versions[i].raw);
		snprintf(seen->fees, sizeof seen->fees, "%s", rows[0].versions[i].fees);
	}
	fixture_done();
}

static struct rows rows_of_lane(void)
{
	struct rows seen;

	assert_int_equal(wp_store_rows(fixture.store, LANE, on_rows, &seen), 0);
	fixture_await();
	assert_int_equal(seen.status, 0);
	return seen;
}

static void lane_lapses(void)
{
	freeReplyObject(wp_test_redis_command(&fixture.server, "HSET wp:lane:" LANE " until_ms 1"));
}

static void test_one_owner(void **state)
{
	(void)state;
	struct answer mine = lane_take(LANE, "one", 5000);
	assert_status(mine, 0);
	assert_status(lane_take(LANE, "two", 5000), -EBUSY);
	assert_int_equal(lane_take(LANE, "one", 5000).fence, mine.fence);
	assert_status(lane_take("another", "two", 5000), 0);
	lane_lapses();
	struct answer theirs = lane_take(LANE, "two", 5000);
	assert_status(theirs, 0);
	assert_true(theirs.fence > mine.fence);
	assert_status(lane_take(LANE, "one", 5000), -EBUSY);
}

/* The wall clock stepped back: a lease longer than what was taken is over. */
static void test_lease_after_a_clock_step(void **state)
{
	struct answer mine = lane_take(LANE, "one", 60000);
	long long until_ms =
		wp_test_redis_integer(&fixture.server, "HGET wp:lane:" LANE " until_ms");

	(void)state;
	freeReplyObject(wp_test_redis_command(
		&fixture.server, "HSET wp:lane:" LANE " until_ms %lld", until_ms - 5000));
	assert_status(lane_take(LANE, "two", 5000), -EBUSY);
	freeReplyObject(wp_test_redis_command(
		&fixture.server, "HSET wp:lane:" LANE " until_ms %lld", until_ms + 10000));
	struct answer theirs = lane_take(LANE, "two", 5000);
	assert_status(theirs, 0);
	assert_true(theirs.fence > mine.fence);
	assert_status(lane_take(LANE, "one", 60000), -EBUSY);
	/* a lane as an older library left it: no lease is a week long */
	freeReplyObject(wp_test_redis_command(&fixture.server,
		"HSET wp:lane:old owner one fence 7 until_ms %lld", redis_now_ms() + 60000));
	assert_status(lane_take("old", "two", 5000), -EBUSY);
	freeReplyObject(wp_test_redis_command(&fixture.server, "HSET wp:lane:old until_ms %lld",
		redis_now_ms() + 604800000 + 10000));
	assert_status(lane_take("old", "two", 5000), 0);
}

/* Planted defect NOLANEFENCE: the old owner stores, bumps and ends nothing. */
static void test_stale_owner(void **state)
{
	uint64_t old = lane_take(LANE, "one", 5000).fence;
	struct wp_row row = row_of(old, 5, "attest");
	struct wp_id id = id_of(1);

	(void)state;
	assert_status(sign(1, &row), 0);
	lane_lapses();
	uint64_t now = lane_take(LANE, "two", 5000).fence;
	row = row_of(old, 6, "attest");
	assert_status(sign(2, &row), -WP_E_STALE);
	assert_string_equal(field(id_of(2), "st"), "DECIDED");
	assert_string_equal(field(id_of(2), "fence"), "1000");
	row = row_of(old, 5, "attest");
	assert_status(row_version(&row, &id), -WP_E_STALE);
	assert_status(row_final(old, 5), -WP_E_STALE);
	row = row_of(now, 6, "attest");
	assert_status(sign(2, &row), 0);
	assert_status(row_final(now, 5), 0);
	row = row_of(0, 7, "noop");
	row.lane = "nobody's";
	assert_status(row_version(&row, NULL), -WP_E_STALE);
}

/* Planted defects FREECOUNTER and RENONCE: nonces follow from the rows, without a gap, each once.
 */
static void test_nonces(void **state)
{
	uint64_t lane = lane_take(LANE, "me", 60000).fence;
	struct wp_row row = row_of(lane, 41, "attest");

	(void)state;
	assert_status(sign(1, &row), 0); /* the first: the chain says which */
	assert_status(sign(2, &row), -WP_E_CONFLICT);
	row = row_of(lane, 43, "attest");
	assert_status(sign(2, &row), -WP_E_CONFLICT);
	row = row_of(lane, 40, "attest");
	assert_status(sign(2, &row), -WP_E_CONFLICT);
	row = row_of(lane, 42, "attest");
	assert_status(sign(2, &row), 0);
	row = row_of(lane, 43, "attest");
	assert_status(row_final(lane, 41), 0);
	assert_status(row_final(lane, 42), 0);
	row = row_of(lane, 42, "attest"); /* spent, though no row is open */
	assert_status(sign(3, &row), -WP_E_CONFLICT);
	row = row_of(lane, 43, "attest");
	assert_status(sign(3, &row), 0);
}

/* One open transaction for one effect. */
static void test_one_row_per_job(void **state)
{
	uint64_t lane = lane_take(LANE, "me", 60000).fence;
	struct wp_row row = row_of(lane, 0, "refund");
	struct wp_id id = id_of(1);

	(void)state;
	plant(id, WP_STATE_REFUND_DUE);
	assert_status(sign_as(id, WP_STATE_REFUND_DUE, WP_STATE_REF_SIGNED, &row), 0);
	uint64_t fence = strtoull(field(id, "fence"), NULL, 10);
	assert_status(move(id, fence, WP_STATE_REF_SIGNED, WP_STATE_REF_SENT), 0);
	row = row_of(
		lane, 1, "refund"); /* the authorization lapsed, its transaction is still out */
	assert_status(sign_as(id, WP_STATE_REF_SENT, WP_STATE_REF_SIGNED, &row), -WP_E_CONFLICT);
	assert_string_equal(field(id, "st"), "REF_SENT");
	assert_status(row_final(lane, 0), 0);
	assert_status(sign_as(id, WP_STATE_REF_SENT, WP_STATE_REF_SIGNED, &row), 0);
}

static void test_versions(void **state)
{
	uint64_t lane = lane_take(LANE, "me", 60000).fence;
	struct wp_row row = row_of(lane, 3, "attest");
	struct wp_id id = id_of(1), other = id_of(2);

	(void)state;
	assert_status(sign(1, &row), 0);
	assert_status(row_version(&row, &other), -WP_E_CONFLICT);
	row.kind = "refund";
	assert_status(row_version(&row, &id), -WP_E_CONFLICT);
	row.kind = "attest";
	row.nonce = 4;
	assert_status(row_version(&row, &id), -ENOENT);
	row.nonce = 3;
	row.raw = "0x02cd";
	row.fees = "99/9";
	for (unsigned version = 2; version < WP_ROW_VERSIONS_MAX; version++) {
		row.hash.bytes[1] = (uint8_t)version;
		assert_status(row_version(&row, &id), 0);
	}
	row.hash.bytes[1] = WP_ROW_VERSIONS_MAX; /* the last one is the remedy's */
	assert_status(row_version(&row, &id), -WP_E_FULL);
	row.kind = "noop";
	row.raw = "0x02ff";
	assert_status(row_version(&row, &id), 0);
	assert_status(row_version(&row, &id), -WP_E_FULL);
	row.kind = "attest";
	assert_status(row_version(&row, &id), -WP_E_FULL);
	struct rows seen = rows_of_lane();
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.rows[0].nonce, 3);
	assert_true(wp_id_equal(&seen.rows[0].id, &id));
	assert_string_equal(seen.rows[0].kind, "attest");
	assert_false(seen.rows[0].final);
	assert_int_equal(seen.rows[0].version_count, WP_ROW_VERSIONS_MAX);
	assert_int_equal(seen.rows[0].versions[0].hash.bytes[1], 0);
	assert_int_equal(seen.rows[0].versions[7].hash.bytes[1], 8);
	assert_string_equal(seen.kinds[0], "attest");
	assert_string_equal(seen.kinds[7], "noop");
	assert_string_equal(seen.raw, "0x02ff");
	assert_string_equal(seen.fees, "99/9");
	assert_true(seen.rows[0].age_ms >= seen.rows[0].stored_ms && seen.rows[0].age_ms < 60000);
	assert_status(row_final(lane, 3), 0);
	assert_status(row_version(&row, &id), -WP_E_CONFLICT);
}

/* A dead job's nonce is spent by a no-op with a row of its own. */
static void test_noop(void **state)
{
	uint64_t lane = lane_take(LANE, "me", 60000).fence;
	struct wp_row row = row_of(lane, 0, "noop");

	(void)state;
	assert_status(row_version(&row, NULL), 0);
	row.nonce = 2;
	assert_status(row_version(&row, NULL), -WP_E_CONFLICT);
	row.nonce = 1;
	assert_status(row_version(&row, NULL), 0); /* many may be open */
	row.nonce = 0;
	for (unsigned version = 2; version <= WP_ROW_VERSIONS_MAX; version++)
		assert_status(row_version(&row, NULL), 0); /* all its versions are no-ops */
	assert_status(row_version(&row, NULL), -WP_E_FULL);
	struct rows seen = rows_of_lane();
	assert_int_equal(seen.count, 2);
	assert_string_equal(seen.rows[1].kind, "noop");
}

/* Rows that are final go, but the highest: the next nonce is known without the chain. */
static void test_final(void **state)
{
	uint64_t lane = lane_take(LANE, "me", 60000).fence;
	struct wp_row row;

	(void)state;
	for (unsigned nonce = 0; nonce < 4; nonce++) {
		row = row_of(lane, nonce, "attest");
		assert_status(sign(nonce, &row), 0);
	}
	assert_status(row_final(lane, 9), -ENOENT);
	assert_status(row_final(lane, 1), 0);
	assert_status(row_final(lane, 1), 0);
	struct rows seen = rows_of_lane();
	assert_int_equal(seen.count, 4);
	assert_status(row_final(lane, 0), 0); /* told in any order */
	assert_status(row_final(lane, 2), 0);
	seen = rows_of_lane();
	assert_int_equal(seen.count, 2);
	assert_int_equal(seen.rows[0].nonce, 2);
	assert_true(seen.rows[0].final);
	assert_int_equal(seen.rows[1].nonce, 3);
	assert_false(seen.rows[1].final);
	assert_status(row_final(lane, 3), 0);
	seen = rows_of_lane();
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.rows[0].nonce, 3);
	assert_int_equal(wp_test_redis_integer(&fixture.server,
				 "EXISTS wp:row:" LANE ":0 wp:row:" LANE ":1 wp:row:" LANE ":2"),
		0);
	row = row_of(lane, 4, "attest");
	assert_status(sign(4, &row), 0);
}

/* The cap counts what is not final, at it and one past. */
static void test_open_rows(void **state)
{
	uint64_t lane = lane_take(LANE, "me", 60000).fence;
	struct wp_row row;

	(void)state;
	for (unsigned nonce = 0; nonce < 3; nonce++) {
		row = row_of(lane, nonce, "attest");
		row.open_max = 3;
		assert_status(sign(nonce, &row), 0);
	}
	row = row_of(lane, 3, "attest");
	row.open_max = 3;
	assert_status(sign(3, &row), -WP_E_FULL);
	assert_status(row_final(lane, 0), 0);
	assert_status(sign(3, &row), 0);
	row = row_of(lane, 4, "attest");
	row.open_max = 3;
	assert_status(sign(4, &row), -WP_E_FULL);
}

/* Nonces are ordered as numbers, not as texts. */
static void test_order(void **state)
{
	uint64_t lane = lane_take(LANE, "me", 60000).fence;

	(void)state;
	for (unsigned nonce = 8; nonce < 12; nonce++) {
		struct wp_row row = row_of(lane, nonce, "attest");
		assert_status(sign(nonce, &row), 0);
	}
	struct rows seen = rows_of_lane();
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(seen.rows[i].nonce, 8 + i);
}

/* Each signing move stores the transaction of its own kind, and no other. */
static void test_row_kind_follows_the_move(void **state)
{
	static const enum wp_state from[] = { WP_STATE_SETTLE_DUE, WP_STATE_DECIDED,
		WP_STATE_REFUND_DUE };
	static const enum wp_state to[] = { WP_STATE_SETTLE_SIGNED, WP_STATE_ATT_SIGNED,
		WP_STATE_REF_SIGNED };
	static const char *const kinds[] = { "settle", "attest", "refund", "noop", "x", "" };
	struct wp_row row = { .lane = "lane", .raw = "0x02", .fees = "1/1" };

	(void)state;
	row.lane_fence = lane_take("lane", "me", 60000).fence;
	for (unsigned i = 0; i < WP_ARRAY_LEN(from); i++) {
		struct wp_move given = move_of(id_of(i), 1000, from[i], to[i]);
		plant(id_of(i), from[i]);
		given.row = &row;
		for (unsigned kind = 0; kind < WP_ARRAY_LEN(kinds); kind++) {
			row.kind = kinds[kind];
			if (kind != i)
				assert_status(advance(&given), -EPROTO);
		}
		assert_string_equal(field(id_of(i), "st"), wp_state_text(from[i]));
		assert_int_equal(wp_test_redis_integer(&fixture.server, "ZCARD wp:rows:lane"), i);
		row.kind = kinds[i];
		assert_status(advance(&given), 0);
		row.nonce++;
	}
}

/* A move that needs a row does not happen without one. */
static void test_row_is_required(void **state)
{
	(void)state;
	plant(id_of(1), WP_STATE_DECIDED);
	assert_status(move(id_of(1), 1000, WP_STATE_DECIDED, WP_STATE_ATT_SIGNED), -EPROTO);
	assert_string_equal(field(id_of(1), "fence"), "1000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_one_owner, fixture_empty),
		cmocka_unit_test_setup(test_lease_after_a_clock_step, fixture_empty),
		cmocka_unit_test_setup(test_stale_owner, fixture_empty),
		cmocka_unit_test_setup(test_nonces, fixture_empty),
		cmocka_unit_test_setup(test_one_row_per_job, fixture_empty),
		cmocka_unit_test_setup(test_versions, fixture_empty),
		cmocka_unit_test_setup(test_noop, fixture_empty),
		cmocka_unit_test_setup(test_final, fixture_empty),
		cmocka_unit_test_setup(test_open_rows, fixture_empty),
		cmocka_unit_test_setup(test_order, fixture_empty),
		cmocka_unit_test_setup(test_row_kind_follows_the_move, fixture_empty),
		cmocka_unit_test_setup(test_row_is_required, fixture_empty),
	};

	return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
