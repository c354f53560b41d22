/* options.h - the settings of payment-verifier. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "libcommon/conf.h"

struct verifier_settings {
	char *rpc_url;
	int64_t chain_id;
	struct wp_hash genesis_hash;
	struct wp_address token_address;
	char *token_name, *token_version;
	struct wp_address payment_wallet;
	struct wp_amount price;
	int64_t confirmations;
	int finality; /* enum chain_finality */
	int64_t block_time_ms;
	struct wp_secret statement_key;
	int64_t live_max, open_max;
	int64_t offer_timeout_ms;
};

extern const struct wp_option options_table[];
extern const size_t options_count;

#endif
