#include "services/gateway/settings.h"

#include "libcommon/base.h"

#define AT(member) offsetof(struct gateway_settings, member)

/* clang-format off */
const struct wp_option gateway_options[] = {
	{ .name = "listen", .type = WP_CONF_TEXT, .offset = AT(listen),
	  .help = "where requests arrive: unix:/path behind the edge, or 127.0.0.1:0" },
	{ .name = "port_file", .type = WP_CONF_PATH, .offset = AT(port_file), .fallback = "",
	  .help = "the port chosen for port 0 is written here" },
	{ .name = "public_url", .type = WP_CONF_URL, .offset = AT(public_url),
	  .help = "how clients reach us, without a slash at the end: the offers name it" },
	{ .name = "chain_id", .type = WP_CONF_INT, .offset = AT(chain_id), .min = 1,
	  .max = (int64_t)1 << 53, .help = "EVM chain the payments are made on" },
	{ .name = "token_address", .type = WP_CONF_ADDRESS, .offset = AT(token_address),
	  .help = "EIP-3009 token that is paid with" },
	{ .name = "token_name", .type = WP_CONF_TEXT, .offset = AT(token_name), .fallback = "USDC",
	  .help = "name in the token's EIP-712 domain" },
	{ .name = "token_version", .type = WP_CONF_TEXT, .offset = AT(token_version), .fallback = "2",
	  .help = "version in the token's EIP-712 domain" },
	{ .name = "token_decimals", .type = WP_CONF_INT, .offset = AT(token_decimals), .fallback = "6",
	  .min = 0, .max = 36, .help = "decimals of the token: only for the price in words" },
	{ .name = "price", .type = WP_CONF_AMOUNT, .offset = AT(price), .fallback = "10000",
	  .help = "of one verification, in atomic units of the token" },
	{ .name = "payment_wallet", .type = WP_CONF_ADDRESS, .offset = AT(payment_wallet),
	  .help = "who is paid; serves this installation alone" },
	{ .name = "registry_address", .type = WP_CONF_ADDRESS, .offset = AT(registry_address),
	  .help = "contract that holds the attestations" },
	{ .name = "verifier_address", .type = WP_CONF_ADDRESS, .offset = AT(verifier_address),
	  .help = "account that signs the receipts" },
	{ .name = "output_token_key", .type = WP_CONF_KEY, .offset = AT(output_token_key),
	  .help = "32 bytes, the same for every gateway: makes the tokens that open private output" },
	{ .name = "cors_origins", .type = WP_CONF_TEXT, .offset = AT(cors_origins), .fallback = "",
	  .help = "origins whose pages may call us from a browser, separated by commas" },
};
/* clang-format on */
const size_t gateway_option_count = WP_ARRAY_LEN(gateway_options);
