/* The table of what a daemon has under way. */
#include "proto/id_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct wp_id id_of(uint8_t first, uint8_t last)
{
	struct wp_id id = { { 0 } };

	id.bytes[0] = first;
	id.bytes[15] = last;
	return id;
}

static void finds_by_id_within_one_bucket(void **state)
{
	struct wp_id_table table = { 0 };
	/* The same first bytes: the same bucket. */
	struct wp_id_node a = { .id = id_of(1, 1) }, b = { .id = id_of(1, 2) };
	struct wp_id absent = id_of(1, 3);

	(void)state;
	wp_id_table_add(&table, &a);
	wp_id_table_add(&table, &b);
	assert_ptr_equal(wp_id_table_find(&table, &a.id), &a);
	assert_ptr_equal(wp_id_table_find(&table, &b.id), &b);
	assert_null(wp_id_table_find(&table, &absent));
	assert_int_equal(table.count, 2);
	wp_id_table_remove(&table, &a);
	wp_id_table_remove(&table, &a);
	assert_null(wp_id_table_find(&table, &a.id));
	assert_ptr_equal(wp_id_table_find(&table, &b.id), &b);
	assert_int_equal(table.count, 1);
}

static void tells_all_of_the_same_id(void **state)
{
	struct wp_id_table table = { 0 };
	struct wp_id_node first = { .id = id_of(7, 7) }, other = { .id = id_of(7, 8) };
	struct wp_id_node second = { .id = id_of(7, 7) };

	(void)state;
	wp_id_table_add(&table, &first);
	wp_id_table_add(&table, &other);
	wp_id_table_add(&table, &second);
	struct wp_id_node *found = wp_id_table_find(&table, &first.id);
	assert_ptr_equal(found, &second);
	assert_ptr_equal(wp_id_table_next(found), &first);
	assert_null(wp_id_table_next(&first));
}

static void remove_each(void *arg, struct wp_id_node *node)
{
	wp_id_table_remove(arg, node);
}

static void may_be_emptied_while_walking(void **state)
{
	struct wp_id_table table = { 0 };
	struct wp_id_node nodes[8];

	(void)state;
	for (uint8_t i = 0; i < 8; i++) {
		nodes[i].id = id_of(i % 2, i);
		wp_id_table_add(&table, &nodes[i]);
	}
	wp_id_table_each(&table, remove_each, &table);
	assert_int_equal(table.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_by_id_within_one_bucket),
		cmocka_unit_test(tells_all_of_the_same_id),
		cmocka_unit_test(may_be_emptied_while_walking),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
