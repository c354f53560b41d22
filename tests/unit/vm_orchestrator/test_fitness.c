/* O9: only an orchestrator that holds exactly the engine fixed at admission runs the work. */
#include "services/vm-orchestrator/fitness.h"

#include "libcommon/base.h"
#include "proto/task.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define HASH "0x1111111111111111111111111111111111111111111111111111111111111111"

/* Borrowed texts: the record is not freed. */
static struct wp_record record_of(void)
{
	struct wp_record record = { 0 };

	record.values[WP_FIELD_engine] = (char *)wp_engine_resolve("quickjs");
	record.values[WP_FIELD_isolation_min] = (char *)"process";
	record.values[WP_FIELD_code_hash] = (char *)HASH;
	record.values[WP_FIELD_timeout_ms] = (char *)"30000";
	record.values[WP_FIELD_clock_ms] = (char *)"1767225600000";
	return record;
}

static void reads_what_a_run_needs(void **state)
{
	struct wp_record record = record_of();
	struct fitness_facts facts;
	struct wp_hash code_hash, none = { { 0 } };
	uint8_t seed[32];

	(void)state;
	assert_int_equal(fitness_of(&facts, &record, "process"), FITNESS_OK);
	assert_string_equal(facts.engine_name, "quickjs");
	assert_string_equal(facts.engine, wp_engine_resolve("quickjs"));
	assert_int_equal(facts.timeout_ms, 30000);
	assert_true(facts.clock_ms == 1767225600000);
	assert_int_equal(wp_hash_parse(&code_hash, HASH), 0);
	wp_task_seed(seed, &code_hash, &none);
	assert_memory_equal(facts.seed, seed, sizeof seed);
}

static enum fitness with(enum wp_field field, const char *value, const char *isolation)
{
	struct wp_record record = record_of();
	struct fitness_facts facts;

	record.values[field] = (char *)value;
	return fitness_of(&facts, &record, isolation);
}

static void leaves_other_engines_to_others(void **state)
{
	(void)state;
	assert_int_equal(with(WP_FIELD_engine, "quickjs@0", "process"), FITNESS_ENGINE);
	assert_int_equal(with(WP_FIELD_engine, "spidermonkey@1", "process"), FITNESS_ENGINE);
	assert_int_equal(with(WP_FIELD_engine, "quickjs", "process"), FITNESS_RECORD);
	assert_int_equal(with(WP_FIELD_engine, "@1", "process"), FITNESS_RECORD);
	assert_int_equal(with(WP_FIELD_engine, NULL, "process"), FITNESS_RECORD);
	assert_int_equal(with(WP_FIELD_engine, "a234567890123456789012345678901@1", "process"),
		FITNESS_ENGINE);
	assert_int_equal(with(WP_FIELD_engine, "a2345678901234567890123456789012@1", "process"),
		FITNESS_RECORD);
}

static void keeps_to_the_least_isolation(void **state)
{
	static const struct {
		const char *minimum, *isolation;
		enum fitness fitness;
	} rows[] = {
		{ "process", "process", FITNESS_OK },
		{ "process", "vm", FITNESS_OK },
		{ "process", "none", FITNESS_OK },
		{ "vm", "process", FITNESS_ISOLATION },
		{ "vm", "vm", FITNESS_OK },
		{ "vm", "none", FITNESS_OK },
		{ NULL, "process", FITNESS_OK },
	};

	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(rows); i++)
		assert_int_equal(with(WP_FIELD_isolation_min, rows[i].minimum, rows[i].isolation),
			rows[i].fitness);
}

static void refuses_records_it_cannot_read(void **state)
{
	(void)state;
	assert_int_equal(with(WP_FIELD_code_hash, NULL, "vm"), FITNESS_RECORD);
	assert_int_equal(with(WP_FIELD_code_hash, "0x12", "vm"), FITNESS_RECORD);
	assert_int_equal(with(WP_FIELD_input_hash, "zz", "vm"), FITNESS_RECORD);
	assert_int_equal(with(WP_FIELD_input_hash, HASH, "vm"), FITNESS_OK);
	assert_int_equal(with(WP_FIELD_clock_ms, NULL, "vm"), FITNESS_RECORD);
	assert_int_equal(with(WP_FIELD_timeout_ms, NULL, "vm"), FITNESS_RECORD);
}

static void bounds_the_time_limit(void **state)
{
	(void)state;
	assert_int_equal(with(WP_FIELD_timeout_ms, "4999", "vm"), FITNESS_RECORD);
	assert_int_equal(with(WP_FIELD_timeout_ms, "5000", "vm"), FITNESS_OK);
	assert_int_equal(with(WP_FIELD_timeout_ms, "60000", "vm"), FITNESS_OK);
	assert_int_equal(with(WP_FIELD_timeout_ms, "60001", "vm"), FITNESS_RECORD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_a_run_needs),
		cmocka_unit_test(leaves_other_engines_to_others),
		cmocka_unit_test(keeps_to_the_least_isolation),
		cmocka_unit_test(refuses_records_it_cannot_read),
		cmocka_unit_test(bounds_the_time_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
