/* workproof receipt get | check: the signed receipt, and its proof without trusting anybody. */
#include "proto/receipt.h"
#include "libcommon/hex.h"
#include "proto/task.h"
#include "services/cli/cli.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int receipt_get(const char *url, const char *id)
{
	char *address = NULL, problem[CURL_ERROR_SIZE];
	struct cli_answer answer = { 0 };
	int status = CLI_OK;

	if (asprintf(&address, "%s/v1/verifications/%s/receipt", url, id) < 0)
		return CLI_SOFTWARE;
	if (cli_http(&answer, address, NULL, NULL, problem) < 0) {
		status = cli_fail(CLI_UNAVAILABLE, "%s: %s", address, problem);
	} else if (answer.status != 200) {
		cli_answer_explain(&answer);
		status = answer.status == 404 ? CLI_UNDECIDED : CLI_UNAVAILABLE;
	} else {
		fwrite(answer.body.data, 1, answer.body.size, stdout);
		putchar('\n');
	}
	cli_answer_free(&answer);
	free(address);
	return status;
}

struct check {
	const char *code_file, *input_file, *signer, *salt, *clock;
	uint8_t salt_bytes[WP_SALT_MAX_BYTES];
	size_t salt_size;
};

/* Does the receipt speak of this program and input, and does a run here end the same way? */
static int rerun_compare(const struct wp_receipt *receipt, const struct wp_buffer *code,
	const struct wp_buffer *input, const struct check *check)
{
	struct wp_hash code_hash =
		wp_task_content_hash(check->salt_bytes, check->salt_size, code->data, code->size);
	struct wp_hash input_hash = { 0 };
	int64_t clock_ms = check->clock ? strtoll(check->clock, NULL, 10) : WP_CLOCK_DEFAULT_MS;
	struct cli_run run;

	if (input)
		input_hash = wp_task_content_hash(
			check->salt_bytes, check->salt_size, input->data, input->size);
	if (!wp_hash_equal(&code_hash, &receipt->code_hash))
		return cli_fail(
			CLI_NEGATIVE, "the receipt is about another program (codeHash differs)");
	if (!wp_hash_equal(&input_hash, &receipt->input_hash))
		return cli_fail(
			CLI_NEGATIVE, "the receipt is about another input (inputHash differs)");
	if (cli_rerun(&run, code, input, (int64_t)receipt->timeout_ms, clock_ms, &code_hash,
		    &input_hash) < 0)
		return CLI_SOFTWARE;
	if (!wp_hash_equal(&run.output_hash, &receipt->output_hash))
		return cli_fail(CLI_NEGATIVE,
			"executed here it ends %s with another output (outputHash differs)",
			run.outcome);
	printf("receipt holds: %s, signed by the given signer, and the same output here\n",
		wp_verdict_text(receipt->verdict));
	return CLI_OK;
}

static int salt_read(struct check *check)
{
	size_t digits = check->salt ? strlen(check->salt) : 0;

	if (digits >= 2 && strncmp(check->salt, "0x", 2) == 0)
		digits -= 2;
	check->salt_size = digits / 2;
	if (digits % 2 != 0 || check->salt_size > sizeof(check->salt_bytes))
		return -WP_E_RANGE;
	return wp_hex_decode(check->salt_bytes, check->salt_size, check->salt ? check->salt : "",
		check->salt ? strlen(check->salt) : 0);
}

static int receipt_check(const char *file, struct check *check)
{
	struct wp_buffer text = { 0 }, code = { 0 }, input = { 0 };
	struct wp_signed_receipt receipt;
	struct wp_address signer;
	int status, rc;

	if (!check->code_file || !check->signer)
		return cli_fail(CLI_USAGE, "receipt check needs --code FILE and --signer ADDRESS");
	if (wp_address_parse_strict(&signer, check->signer) < 0)
		return cli_fail(CLI_USAGE, "--signer: '%s' is no address", check->signer);
	if (salt_read(check) < 0)
		return cli_fail(CLI_USAGE, "--salt: at most %d bytes as hex", WP_SALT_MAX_BYTES);
	rc = cli_read_file(&text, file, 65536);
	if (rc == 0)
		rc = cli_read_file(&code, check->code_file, WP_CODE_MAX_BYTES);
	if (rc == 0 && check->input_file)
		rc = cli_read_file(&input, check->input_file, WP_BODY_MAX_BYTES);
	if (rc < 0) {
		status = cli_fail(
			CLI_IO, "reading the receipt, program or input: %s", wp_strerror(-rc));
		goto out;
	}
	rc = wp_receipt_read(&receipt, (const char *)text.data, text.size);
	if (rc == -WP_E_REFUSED || (rc == 0 && !wp_address_equal(&receipt.verifier, &signer)))
		status = cli_fail(CLI_NEGATIVE, "the receipt is not signed by %s", check->signer);
	else if (rc < 0)
		status = cli_fail(CLI_DATA, "%s is no receipt", file);
	else
		status = rerun_compare(
			&receipt.receipt, &code, check->input_file ? &input : NULL, check);
out:
	wp_buffer_free(&input);
	wp_buffer_free(&code);
	wp_buffer_free(&text);
	return status;
}

int cli_receipt(int argc, char **argv)
{
	const char *action = NULL, *what = NULL, *url = NULL;
	struct check check = { 0 };
	const struct cli_argument arguments[] = {
		{ NULL, &action, NULL, true, "get or check" },
		{ NULL, &what, NULL, true,
			"get: the verification's id; check: the receipt's file" },
		{ "--code", &check.code_file, NULL, false, "check: the program" },
		{ "--input", &check.input_file, NULL, false, "check: its input" },
		{ "--clock", &check.clock, NULL, false,
			"check: clockMs of the task, if one was given" },
		{ "--salt", &check.salt, NULL, false, "check: salt of the task, if one was given" },
		{ "--signer", &check.signer, NULL, false, "check: the verifier's address" },
		{ "--url", &url, NULL, false, "get: of the service" },
	};
	int status = cli_arguments(argc, argv,
		"receipt get ID [--url U] | receipt check FILE --code FILE [--input FILE] [--clock MS] [--salt HEX] --signer A",
		arguments, WP_ARRAY_LEN(arguments));

	if (status != CLI_OK)
		return status < 0 ? CLI_OK : status;
	if (strcmp(action, "get") == 0)
		return receipt_get(cli_url(url), what);
	if (strcmp(action, "check") == 0)
		return receipt_check(what, &check);
	return cli_fail(CLI_USAGE, "receipt: unknown action '%s'", action);
}
