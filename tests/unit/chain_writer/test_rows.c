/* C4: nonces follow from the rows, and every row is cared for until it is final. */
#include "libcommon/base.h"
#include "services/chain-writer/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define NOW   1000000
#define BLOCK 2000

static const struct wp_id id_a = { { 1 } }, id_b = { { 2 } };
static const struct wp_hash some_hash = { { 9 } };

static void test_nonces(void **state)
{
	struct rows rows = { 0 };

	(void)state;
	assert_int_equal(rows_next(&rows, 17), 17); /* never one: the chain tells */
	assert_int_equal(rows_add(&rows, 17, &id_a, "settle", "0x01", &some_hash, NOW), 0);
	assert_int_equal(rows_next(&rows, 99), 18); /* the rows tell, whatever the chain says */
	assert_int_equal(rows_add(&rows, 17, &id_b, "settle", "0x02", &some_hash, NOW), -EEXIST);
	assert_int_equal(rows_add(&rows, 19, &id_b, "settle", "0x02", &some_hash, NOW), -EEXIST);
	assert_int_equal(rows_add(&rows, 18, &id_b, "settle", "0x02", &some_hash, NOW), 0);
	assert_int_equal(rows_unmined(&rows, 17), 2);
	assert_int_equal(rows_unmined(&rows, 18), 1);
	rows_remove(&rows, 17);
	rows_remove(&rows, 18);
	rows_remove(&rows, 18);
	assert_int_equal(rows.count, 0);
	assert_int_equal(rows_next(&rows, 0), 19); /* also when none is open */
	rows_clear(&rows);
}

static void test_load(void **state)
{
	struct wp_lane_row stored[3] = {
		{ .nonce = 4,
			.id = id_a,
			.kind = "settle",
			.final = true,
			.version_count = 1,
			.versions = { { .raw = "0x04", .kind = "settle" } } },
		{ .nonce = 5,
			.id = id_a,
			.kind = "settle",
			.age_ms = 300,
			.version_count = 2,
			.versions = { { .raw = "0x05", .kind = "settle" },
				{ .raw = "0x55", .kind = "settle" } } },
		{ .nonce = 6,
			.id = id_b,
			.kind = "noop",
			.version_count = 1,
			.versions = { { .raw = "0x06", .kind = "noop" } } },
	};
	struct rows rows = { 0 };

	(void)state;
	assert_int_equal(rows_load(&rows, stored, 3, NOW), 0);
	assert_int_equal(rows.count, 2);
	assert_int_equal(rows_next(&rows, 0), 7);
	struct row *row = rows_of(&rows, &id_a, "settle");
	assert_non_null(row);
	assert_int_equal(row->nonce, 5);
	assert_string_equal(row->raw, "0x55"); /* the newest version */
	assert_int_equal(row->version_count, 2);
	assert_int_equal(row->stored_ms, NOW - 300);
	assert_null(rows_of(&rows, &id_b, "settle"));
	/* Only final ones: the next nonce still follows from them. */
	assert_int_equal(rows_load(&rows, stored, 1, NOW), 0);
	assert_int_equal(rows.count, 0);
	assert_int_equal(rows_next(&rows, 0), 5);
	rows_clear(&rows);
}

struct plan {
	const char *what;
	uint64_t latest;
	bool final_known;
	uint64_t final;
	size_t versions;
	int64_t stored_ago, sent_ago; /* sent_ago < 0: not in this life */
	bool busy, underpriced, dead;
	enum rows_action action;
};

static const struct plan plans[] = {
	{ "fresh", 5, true, 5, 1, 0, 0, false, false, false, ROWS_REST },
	{ "mined", 6, true, 5, 1, 99999, 99999, false, false, false, ROWS_REST },
	{ "final", 6, true, 6, 1, 99999, 99999, false, false, false, ROWS_FINAL },
	{ "final unknown", 6, false, 6, 1, 0, 0, false, false, false, ROWS_REST },
	{ "not sent since the start", 5, true, 5, 1, 0, -1, false, false, false, ROWS_RESEND },
	{ "two blocks", 5, true, 5, 1, 5000, 2 * BLOCK, false, false, false, ROWS_RESEND },
	{ "just before", 5, true, 5, 1, 5000, 2 * BLOCK - 1, false, false, false, ROWS_REST },
	{ "old", 5, true, 5, 1, ROWS_BUMP_AFTER_MS, 0, false, false, false, ROWS_BUMP },
	{ "nearly old", 5, true, 5, 1, ROWS_BUMP_AFTER_MS - 1, 0, false, false, false, ROWS_REST },
	{ "last bump", 5, true, 5, WP_ROW_VERSIONS_MAX - 2, 99999, 0, false, false, false,
		ROWS_BUMP },
	{ "kept for a no-op", 5, true, 5, WP_ROW_VERSIONS_MAX - 1, 99999, 99999, false, true, false,
		ROWS_RESEND },
	{ "dead with one place left", 5, true, 5, WP_ROW_VERSIONS_MAX - 1, 0, 0, false, false, true,
		ROWS_NOOP },
	{ "no more versions", 5, true, 5, WP_ROW_VERSIONS_MAX, 99999, 99999, false, false, false,
		ROWS_RESEND },
	{ "underpriced", 5, true, 5, 1, 0, 0, false, true, false, ROWS_BUMP },
	{ "dead", 5, true, 5, 1, 0, 0, false, false, true, ROWS_NOOP },
	{ "dead, but mined after all", 6, true, 5, 1, 0, 0, false, false, true, ROWS_REST },
	{ "a reorg took it back", 5, true, 4, 1, 5000, 5000, false, false, false, ROWS_RESEND },
	{ "under way", 6, true, 6, 1, 99999, 99999, true, false, false, ROWS_REST },
};

static void test_plan(void **state)
{
	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(plans); i++) {
		const struct plan *plan = &plans[i];
		const struct row row = { .nonce = 5,
			.version_count = plan->versions,
			.stored_ms = NOW - plan->stored_ago,
			.sent_ms = plan->sent_ago < 0 ? 0 : NOW - plan->sent_ago,
			.busy = plan->busy,
			.underpriced = plan->underpriced,
			.dead = plan->dead };
		const struct rows_view view = { plan->latest, plan->final_known, plan->final, NOW,
			BLOCK };
		if (rows_plan(&row, &view) != plan->action)
			fail_msg("%s: %d", plan->what, (int)rows_plan(&row, &view));
	}
}

static void test_replace(void **state)
{
	struct rows rows = { 0 };

	(void)state;
	assert_int_equal(rows_add(&rows, 1, &id_a, "attest", "0x01", &some_hash, NOW), 0);
	rows.list[0].dead = true;
	rows.list[0].sent_ms = NOW;
	assert_int_equal(rows_replace(&rows, 1, "0x11", &some_hash, NOW + 5), 0);
	assert_int_equal(rows_replace(&rows, 2, "0x11", &some_hash, NOW), -ENOENT);
	assert_string_equal(rows.list[0].raw, "0x11");
	assert_int_equal(rows.list[0].version_count, 2);
	assert_int_equal(rows.list[0].sent_ms, 0);
	assert_false(rows.list[0].dead);
	rows_clear(&rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nonces),
		cmocka_unit_test(test_load),
		cmocka_unit_test(test_plan),
		cmocka_unit_test(test_replace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
