#include "services/cli/cli.h"

#include <curl/curl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const struct cli_command commands[] = {
	{ "submit", cli_submit,
		"submit FILE [--expect HASH] [--input FILE] [--key-file F] [--wait]" },
	{ "status", cli_status, "status ID [--token T]" },
	{ "hash", cli_hash, "hash FILE [--input FILE]" },
	{ "receipt", cli_receipt, "receipt get ID | receipt check FILE --code FILE --signer A" },
	{ "attestation", cli_attestation, "attestation ID --rpc URL --registry A" },
	{ "admin", cli_admin, "admin init --dir DIR" },
};

static int usage(FILE *out, int status)
{
	fputs("usage: workproof COMMAND …      (workproof COMMAND --help tells more)\n\n", out);
	for (size_t i = 0; i < WP_ARRAY_LEN(commands); i++)
		fprintf(out, "  workproof %s\n", commands[i].usage);
	fputs("\n" CLI_EXIT_CODES, out);
	return status;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return usage(stderr, CLI_USAGE);
	if (strcmp(argv[1], "--help") == 0)
		return usage(stdout, CLI_OK);
	if (sodium_init() < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		return CLI_SOFTWARE;
	for (size_t i = 0; i < WP_ARRAY_LEN(commands); i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	return usage(stderr, CLI_USAGE);
}
