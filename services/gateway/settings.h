/* settings.h - what an operator can set, as one table. */
#ifndef GATEWAY_SETTINGS_H
#define GATEWAY_SETTINGS_H

#include "libcommon/conf.h"

struct gateway_settings {
	char *listen;
	char *port_file;
	char *public_url;
	char *cors_origins;
	char *token_name, *token_version;
	int64_t token_decimals;
	int64_t chain_id;
	struct wp_address token_address;
	struct wp_address payment_wallet;
	struct wp_address registry_address;
	struct wp_address verifier_address;
	struct wp_amount price;
	struct wp_secret output_token_key;
};

extern const struct wp_option gateway_options[];
extern const size_t gateway_option_count;

#endif
