/* P4: seen and funded. */
#include "libcommon/base.h"
#include "services/payment-verifier/funds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define LOST     FUNDS_SIMULATION_LOST
#define PASSED   FUNDS_SIMULATION_PASSED
#define REVERTED FUNDS_SIMULATION_REVERTED

struct row {
	enum funds_simulation simulation;
	int64_t open_count;
	uint64_t open_sum;
	bool balance_known;
	uint64_t balance;
	bool state_known, state_used;
	bool needs_more;
	enum funds_outcome outcome;
	const char *reason;
};

static const struct row rows[] = {
	{ LOST, 0, 0, false, 0, false, false, false, FUNDS_UNAVAILABLE, "chain-unavailable" },
	{ PASSED, 0, 0, false, 0, false, false, false, FUNDS_OK, "" },
	/* 20,000 open beside this 10,000: 30,000 is enough, 29,999 is not */
	{ PASSED, 2, 20000, true, 30000, false, false, true, FUNDS_OK, "" },
	{ PASSED, 2, 20000, true, 29999, false, false, true, FUNDS_REFUSED,
		"invalid_exact_evm_insufficient_balance" },
	{ PASSED, 2, 20000, false, 0, false, false, true, FUNDS_UNAVAILABLE, "chain-unavailable" },
	{ REVERTED, 0, 0, true, 10000, true, true, true, FUNDS_REFUSED,
		"invalid_exact_evm_nonce_already_used" },
	{ REVERTED, 0, 0, true, 9999, true, false, true, FUNDS_REFUSED,
		"invalid_exact_evm_insufficient_balance" },
	{ REVERTED, 0, 0, true, 10000, true, false, true, FUNDS_REFUSED,
		"invalid_exact_evm_transaction_simulation_failed" },
	{ REVERTED, 0, 0, true, 10000, false, false, true, FUNDS_UNAVAILABLE, "chain-unavailable" },
	{ REVERTED, 0, 0, false, 0, true, false, true, FUNDS_UNAVAILABLE, "chain-unavailable" },
};

static void test_table(void **state)
{
	struct wp_amount value = wp_amount_from_u64(10000);

	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(rows); i++) {
		const struct row *row = &rows[i];
		const struct funds_evidence evidence = { .simulation = row->simulation,
			.open_count = row->open_count,
			.open_sum = wp_amount_from_u64(row->open_sum),
			.balance_known = row->balance_known,
			.balance = wp_amount_from_u64(row->balance),
			.state_known = row->state_known,
			.state_used = row->state_used };
		struct funds_answer answer = funds_decide(&value, &evidence);

		assert_int_equal(funds_needs_more(&evidence), row->needs_more);
		assert_string_equal(answer.reason, row->reason);
		assert_int_equal(answer.outcome, row->outcome);
	}
}

/* A sum of open payments near 2^256 must not wrap round to a small one. */
static void test_overflow_is_not_covered(void **state)
{
	struct wp_amount value = wp_amount_from_u64(10000);
	struct funds_evidence evidence = { .simulation = PASSED,
		.open_count = 1,
		.balance_known = true,
		.balance = wp_amount_from_u64(UINT64_MAX) };

	(void)state;
	memset(&evidence.open_sum, 0xff, sizeof evidence.open_sum);
	assert_int_equal(funds_decide(&value, &evidence).outcome, FUNDS_REFUSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_overflow_is_not_covered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
