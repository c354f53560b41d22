/* writer_options.h - the settings of chain-writer. */
#ifndef WRITER_OPTIONS_H
#define WRITER_OPTIONS_H

#include "libcommon/conf.h"

struct writer_settings {
	char *rpc_url;
	int64_t chain_id;
	struct wp_hash genesis_hash;
	struct wp_address token_address;
	char *token_name, *token_version;
	struct wp_address registry_address;
	struct wp_amount price;
	int64_t confirmations;
	int finality; /* enum chain_finality */
	int64_t block_time_ms;
	struct wp_secret verifier_key, settle_key, attest_key, refund_key, wallet_key;
	struct wp_hash payment_statement_key, verdict_statement_key; /* Ed25519 public keys */
	struct wp_amount max_fee;
	int64_t in_flight_max;
	int64_t lane_lease_ms;
};

extern const struct wp_option writer_options_table[];
extern const size_t writer_options_count;

#endif
