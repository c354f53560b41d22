/* C4: a node's refusal, by its words. */
#include "libcommon/base.h"
#include "services/chain-writer/senderror.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct {
	const char *message;
	enum senderror error;
} rows[] = {
	{ "already known", SENDERROR_SENT },
	{ "transaction already imported", SENDERROR_SENT },
	{ "Known transaction", SENDERROR_SENT },
	{ "nonce too low: next nonce 5, tx nonce 4", SENDERROR_NONCE_LOW },
	{ "NONCE_TOO_LOW", SENDERROR_NONCE_LOW },
	{ "replacement transaction underpriced", SENDERROR_UNDERPRICED },
	{ "transaction underpriced: tip needed 1, tip permitted 0", SENDERROR_UNDERPRICED },
	{ "max fee per gas less than block base fee: address 0x…", SENDERROR_UNDERPRICED },
	{ "insufficient funds for gas * price + value", SENDERROR_FUNDS },
	{ "Insufficient funds for gas * price + value", SENDERROR_FUNDS },
	{ "intrinsic gas too low", SENDERROR_INVALID },
	{ "exceeds block gas limit", SENDERROR_INVALID },
	{ "nonce too high", SENDERROR_UNKNOWN }, /* a gap: what is before it comes */
	{ "txpool is full", SENDERROR_UNKNOWN },
	{ "rate limited", SENDERROR_UNKNOWN },
	{ "", SENDERROR_UNKNOWN },
};

static void test_messages(void **state)
{
	(void)state;
	for (size_t i = 0; i < WP_ARRAY_LEN(rows); i++)
		assert_int_equal(senderror_of_message(rows[i].message), rows[i].error);
}

static void test_outcomes(void **state)
{
	struct wp_rpc_answer answer = { .outcome = WP_RPC_OK, .error_message = "" };

	(void)state;
	assert_int_equal(senderror_of(&answer), SENDERROR_SENT);
	/* Nothing is known of a lost answer, whatever the transport says. */
	answer.outcome = WP_RPC_LOST;
	answer.error_message = "intrinsic gas too low";
	assert_int_equal(senderror_of(&answer), SENDERROR_UNKNOWN);
	answer.outcome = WP_RPC_ERROR;
	assert_int_equal(senderror_of(&answer), SENDERROR_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_outcomes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
