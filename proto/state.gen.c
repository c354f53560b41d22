/* state.gen.c - the table of the states; generated from states.txt by generate.py. */
#include "proto/state.gen.h"

#include <stddef.h>

/* clang-format off */
const struct wp_state_row wp_state_rows[WP_STATE_COUNT] = {
	[WP_STATE_NONE] = { "", NULL, 0, "", false, 0 },
	[WP_STATE_SETTLE_DUE] = { "SETTLE_DUE", "chain-writer",
		5000, "PENDING", false,
		1u << WP_STATE_SETTLE_SIGNED |
			1u << WP_STATE_SETTLE_SENT },
	[WP_STATE_SETTLE_SIGNED] = { "SETTLE_SIGNED", "chain-writer",
		5000, "PENDING", false,
		1u << WP_STATE_SETTLE_SENT },
	[WP_STATE_SETTLE_SENT] = { "SETTLE_SENT", "payment-verifier",
		5000, "PENDING", false,
		1u << WP_STATE_PAID |
			1u << WP_STATE_REJECTED |
			1u << WP_STATE_MANUAL },
	[WP_STATE_PAY_WAIT] = { "PAY_WAIT", "payment-verifier",
		5000, "PENDING", false,
		1u << WP_STATE_PAID |
			1u << WP_STATE_LAPSED |
			1u << WP_STATE_REJECTED |
			1u << WP_STATE_REFUND_DUE },
	[WP_STATE_PAID] = { "PAID", "vm-orchestrator",
		2000, "PAID", false,
		1u << WP_STATE_RUNNING |
			1u << WP_STATE_REFUND_DUE },
	[WP_STATE_RUNNING] = { "RUNNING", "log-streamer",
		5000, "RUNNING", false,
		1u << WP_STATE_DECIDED |
			1u << WP_STATE_PAID |
			1u << WP_STATE_REFUND_DUE },
	[WP_STATE_DECIDED] = { "DECIDED", "chain-writer",
		5000, "RUNNING", false,
		1u << WP_STATE_ATT_SIGNED |
			1u << WP_STATE_DONE |
			1u << WP_STATE_VOID |
			1u << WP_STATE_REFUND_DUE },
	[WP_STATE_ATT_SIGNED] = { "ATT_SIGNED", "chain-writer",
		5000, "DONE", false,
		1u << WP_STATE_ATT_SENT },
	[WP_STATE_ATT_SENT] = { "ATT_SENT", "chain-writer",
		5000, "DONE", false,
		1u << WP_STATE_DONE |
			1u << WP_STATE_MANUAL },
	[WP_STATE_REFUND_DUE] = { "REFUND_DUE", "chain-writer",
		5000, "PAID", false,
		1u << WP_STATE_REF_SIGNED |
			1u << WP_STATE_VOID |
			1u << WP_STATE_MANUAL },
	[WP_STATE_REF_SIGNED] = { "REF_SIGNED", "chain-writer",
		5000, "PAID", false,
		1u << WP_STATE_REF_SENT },
	[WP_STATE_REF_SENT] = { "REF_SENT", "chain-writer",
		5000, "PAID", false,
		1u << WP_STATE_REFUNDED |
			1u << WP_STATE_REF_SIGNED |
			1u << WP_STATE_MANUAL },
	[WP_STATE_LAPSED] = { "LAPSED", NULL,
		0, "PENDING", false,
		1u << WP_STATE_PAY_WAIT },
	[WP_STATE_DONE] = { "DONE", NULL,
		0, "DONE", true,
		0 },
	[WP_STATE_REFUNDED] = { "REFUNDED", NULL,
		0, "REFUNDED", true,
		0 },
	[WP_STATE_REJECTED] = { "REJECTED", NULL,
		0, "REJECTED", true,
		0 },
	[WP_STATE_VOID] = { "VOID", NULL,
		0, "REJECTED", true,
		0 },
	[WP_STATE_MANUAL] = { "MANUAL", NULL,
		0, "MANUAL", false,
		0 },
};
