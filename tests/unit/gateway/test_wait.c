/* A7: who waits is woken, and the places of Prefer: wait are 2 per verification, 16 per payer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "services/gateway/wait.h"

static int woken;

static void on_wake(void *arg)
{
	(void)arg;
	woken++;
}

static struct wp_id id_of(uint8_t number)
{
	return (struct wp_id){ { number, 7 } };
}

static void wakes_who_waits(void **state)
{
	struct wait_table *table = wait_table_new();
	struct waiter waiters[3];
	struct wp_id one = id_of(1), two = id_of(2), three = id_of(3);
	(void)state;
	wait_add(table, &waiters[0], &one, on_wake, NULL);
	wait_add(table, &waiters[1], &one, on_wake, NULL);
	wait_add(table, &waiters[2], &two, on_wake, NULL);
	assert_int_equal(wait_count(table), 3);
	woken = 0;
	wait_wake(table, &one);
	assert_int_equal(woken, 2);
	wait_wake(table, &three);
	assert_int_equal(woken, 2);
	wait_wake_all(table);
	assert_int_equal(woken, 5);
	wait_remove(table, &waiters[0]);
	wait_remove(table, &waiters[0]);
	wait_wake(table, &one);
	assert_int_equal(woken, 6);
	assert_int_equal(wait_count(table), 2);
	wait_table_free(table);
}

static void two_places_per_verification(void **state)
{
	struct wait_table *table = wait_table_new();
	struct waiter waiters[3];
	struct wp_id id = id_of(1);
	(void)state;
	for (uint8_t i = 0; i < 3; i++) {
		struct wp_address payer = { { i } };
		wait_add(table, &waiters[i], &id, on_wake, NULL);
		assert_int_equal(wait_take_place(table, &waiters[i], &payer), i < 2);
	}
	struct wp_address payer = { { 2 } };
	/* Asked again, one who has a place keeps it; one that leaves makes room. */
	assert_true(wait_take_place(table, &waiters[0], &payer));
	wait_remove(table, &waiters[0]);
	assert_true(wait_take_place(table, &waiters[2], &payer));
	wait_table_free(table);
}

static void sixteen_places_per_payer(void **state)
{
	struct wait_table *table = wait_table_new();
	struct waiter waiters[18];
	struct wp_address payer = { { 9 } }, other = { { 8 } };
	(void)state;
	for (uint8_t i = 0; i < 17; i++) {
		struct wp_id id = id_of(i);
		wait_add(table, &waiters[i], &id, on_wake, NULL);
		assert_int_equal(wait_take_place(table, &waiters[i], &payer), i < 16);
	}
	struct wp_id id = id_of(17);
	wait_add(table, &waiters[17], &id, on_wake, NULL);
	assert_true(wait_take_place(table, &waiters[17], &other));
	wait_remove(table, &waiters[3]);
	assert_true(wait_take_place(table, &waiters[16], &payer));
	wait_table_free(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wakes_who_waits),
		cmocka_unit_test(two_places_per_verification),
		cmocka_unit_test(sixteen_places_per_payer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
