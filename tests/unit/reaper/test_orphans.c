/* X9: only what has no right to live is killed. */
#include "services/reaper/orphans.h"

#include "libcommon/base.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define ID    "0x000102030405060708090a0b0c0d0e0f"
#define GRACE 5000

static const struct wp_slot held[] = {
	{ .id = { { 9 } }, .attempt = 1, .overdue_ms = -1000 },
	{ .id = { { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 } },
		.attempt = 2,
		.overdue_ms = -1000 },
};

static void reads_names(void **state)
{
	static const struct {
		const char *name;
		bool ok;
		uint32_t attempt;
	} rows[] = {
		{ ID ":1", true, 1 },
		{ ID ":999999999", true, 999999999 },
		{ ID ":1000000000", false, 0 },
		{ ID ":0", false, 0 },
		{ ID ":01", false, 0 },
		{ ID ":", false, 0 },
		{ ID, false, 0 },
		{ ID ":1x", false, 0 },
		{ ID ":-1", false, 0 },
		{ ID "-1", false, 0 },
		{ "0x000102030405060708090a0b0c0d0e0g:1", false, 0 },
		{ "000102030405060708090a0b0c0d0e0f00:1", false, 0 },
		{ "canary", false, 0 },
		{ "", false, 0 },
	};
	struct wp_id id;
	uint32_t attempt;

	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(rows); i++) {
		assert_int_equal(orphans_parse_name(&id, &attempt, rows[i].name), rows[i].ok);
		if (rows[i].ok) {
			assert_int_equal(attempt, rows[i].attempt);
			assert_memory_equal(id.bytes, held[1].id.bytes, 16);
		}
	}
}

static void keeps_what_holds_a_slot(void **state)
{
	(void)state;
	assert_int_equal(orphans_fate_of(ID ":2", 1 << 30, held, 2, GRACE), ORPHANS_KEEP);
	/* The slot of another attempt, or of another verification, is none of its own. */
	assert_int_equal(orphans_fate_of(ID ":1", 1 << 30, held, 2, GRACE), ORPHANS_NO_SLOT);
	assert_int_equal(orphans_fate_of(ID ":2", 1 << 30, held, 1, GRACE), ORPHANS_NO_SLOT);
	assert_int_equal(orphans_fate_of(ID ":2", 1 << 30, NULL, 0, GRACE), ORPHANS_NO_SLOT);
}

static void spares_the_young(void **state)
{
	(void)state;
	assert_int_equal(
		orphans_fate_of(ID ":1", ORPHANS_YOUNG_MS - 1, held, 2, GRACE), ORPHANS_KEEP);
	assert_int_equal(
		orphans_fate_of(ID ":1", ORPHANS_YOUNG_MS, held, 2, GRACE), ORPHANS_NO_SLOT);
}

static void ends_the_overdue(void **state)
{
	struct wp_slot slot = held[1];

	(void)state;
	slot.overdue_ms = GRACE;
	assert_int_equal(orphans_fate_of(ID ":2", 0, &slot, 1, GRACE), ORPHANS_KEEP);
	slot.overdue_ms = GRACE + 1;
	assert_int_equal(orphans_fate_of(ID ":2", 0, &slot, 1, GRACE), ORPHANS_OVERDUE);
}

static void leaves_foreign_names_alone(void **state)
{
	(void)state;
	assert_int_equal(orphans_fate_of("canary", 1 << 30, NULL, 0, GRACE), ORPHANS_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_names),
		cmocka_unit_test(keeps_what_holds_a_slot),
		cmocka_unit_test(spares_the_young),
		cmocka_unit_test(ends_the_overdue),
		cmocka_unit_test(leaves_foreign_names_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
