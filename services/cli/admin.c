/* workproof admin init: the keys of a first run. */
#include "libcommon/evm/secp.h"
#include "libcommon/hex.h"
#include "proto/statement.h"
#include "services/cli/cli.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum key_kind {
	KEY_ACCOUNT,   /* secp256k1: its address is public */
	KEY_STATEMENT, /* Ed25519 seed: its public key is */
	KEY_SHARED     /* symmetric: nothing is */
};

static const struct {
	const char *file;
	enum key_kind kind;
	const char *public_name; /* in public.env */
} keys[] = {
	{ "verifier.key", KEY_ACCOUNT, "VERIFIER_ADDRESS" },
	{ "settle.key", KEY_ACCOUNT, "SETTLE_ADDRESS" },
	{ "attest.key", KEY_ACCOUNT, "ATTEST_ADDRESS" },
	{ "refund.key", KEY_ACCOUNT, "REFUND_ADDRESS" },
	{ "wallet.key", KEY_ACCOUNT, "PAYMENT_WALLET" },
	{ "payment-statement.key", KEY_STATEMENT, "PAYMENT_STATEMENT_KEY" },
	{ "verdict-statement.key", KEY_STATEMENT, "VERDICT_STATEMENT_KEY" },
	{ "result.key", KEY_SHARED, NULL },
	{ "output-token.key", KEY_SHARED, NULL },
};

/* A new file that only we may read; an existing one is never touched. */
static int file_write(const char *directory, const char *name, mode_t mode, const char *text)
{
	char path[4096];
	size_t size = strlen(text);
	int fd, rc = 0;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", directory, name) >= sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return -errno;
	if (write(fd, text, size) != (ssize_t)size || fsync(fd) < 0)
		rc = errno ? -errno : -EIO;
	close(fd);
	return rc;
}

/* Draws a key of this kind and appends its public half to public_lines. */
static int key_make(const char *directory, size_t index, struct wp_buffer *public_lines)
{
	uint8_t bytes[32];
	char text[2 * sizeof(bytes) + 2], line[256] = "", address[WP_ADDRESS_TEXT],
					  hash[WP_HASH_TEXT];
	struct wp_secret key = { 0 };
	struct wp_address account;
	struct wp_public_key public_key;
	int rc;

	do {
		randombytes_buf(bytes, sizeof(bytes));
		rc = wp_secret_set(&key, bytes, sizeof(bytes));
	} while (rc == 0 && keys[index].kind == KEY_ACCOUNT && wp_secp_address(&account, &key) < 0);
	if (rc == 0 && keys[index].kind == KEY_ACCOUNT)
		snprintf(line, sizeof(line), "%s=%s\n", keys[index].public_name,
			wp_address_checksum(address, &account));
	if (rc == 0 && keys[index].kind == KEY_STATEMENT) {
		rc = wp_statement_public_key(&public_key, &key);
		if (rc == 0) {
			wp_hex_encode0x(hash, public_key.bytes, sizeof(public_key.bytes));
			snprintf(line, sizeof(line), "%s=%s\n", keys[index].public_name, hash);
		}
	}
	wp_buffer_append(public_lines, line, strlen(line));
	wp_hex_encode(text, bytes, sizeof(bytes));
	text[2 * sizeof(bytes)] = '\n';
	text[2 * sizeof(bytes) + 1] = '\0';
	if (rc == 0)
		rc = file_write(directory, keys[index].file, 0600, text);
	sodium_memzero(bytes, sizeof(bytes));
	sodium_memzero(text, sizeof(text));
	wp_secret_wipe(&key);
	return rc;
}

static int init(const char *directory)
{
	struct wp_buffer lines = { 0 };
	int rc = 0;

	if (mkdir(directory, 0700) < 0 && errno != EEXIST)
		return cli_fail(CLI_IO, "%s: %s", directory, strerror(errno));
	for (size_t i = 0; i < WP_ARRAY_LEN(keys) && rc == 0; i++) {
		rc = key_make(directory, i, &lines);
		if (rc < 0)
			cli_fail(CLI_IO, "%s/%s: %s", directory, keys[i].file, wp_strerror(-rc));
	}
	wp_buffer_append(&lines, "", 1);
	if (rc == 0) {
		rc = lines.failed
			     ? -ENOMEM
			     : file_write(directory, "public.env", 0644, (const char *)lines.data);
		if (rc == 0)
			fputs((const char *)lines.data, stdout);
		else
			cli_fail(CLI_IO, "%s/public.env: %s", directory, wp_strerror(-rc));
	}
	wp_buffer_free(&lines);
	return rc == 0 ? CLI_OK : CLI_IO;
}

int cli_admin(int argc, char **argv)
{
	const char *action = NULL, *directory = NULL;
	const struct cli_argument arguments[] = {
		{ NULL, &action, NULL, true, "init: make the keys of a first run" },
		{ "--dir", &directory, NULL, true, "where; existing files are never overwritten" },
	};
	int status = cli_arguments(
		argc, argv, "admin init --dir DIR", arguments, WP_ARRAY_LEN(arguments));

	if (status != CLI_OK)
		return status < 0 ? CLI_OK : status;
	if (strcmp(action, "init") != 0)
		return cli_fail(CLI_USAGE, "admin: unknown action '%s'", action);
	return init(directory);
}
