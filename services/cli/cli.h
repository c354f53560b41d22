/* cli.h - what the commands of `workproof` share. Commands print their answer on standard output
 * and say on standard error why they could not. */
#ifndef WP_CLI_H
#define WP_CLI_H

#include "libcommon/base.h"
#include "libcommon/buffer.h"
#include "libcommon/secret.h"
#include "libcommon/types.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

/* Exit codes: part of the interface. */
enum cli_exit {
	CLI_OK = 0,
	CLI_NEGATIVE = 1,  /* a clear no: verdict not VALID or COMPUTED, receipt does not hold */
	CLI_UNDECIDED = 2, /* FAILED and refunded, or not ended in time */
	CLI_UNPAID = 3,    /* the payment is needed, was refused, or costs more than --max-amount */
	CLI_USAGE = 64,    /* wrong arguments */
	CLI_DATA = 65,     /* a file or an answer is not of its form */
	CLI_UNAVAILABLE = 69, /* the service or the chain could not be reached */
	CLI_SOFTWARE = 70,    /* something inside went wrong */
	CLI_IO = 74           /* a file could not be read or written */
};
#define CLI_EXIT_CODES                                                                             \
	"exit status: 0 yes (VALID, COMPUTED, the receipt holds)   1 a clear no   2 undecided\n"   \
	"             3 payment needed or refused   64 usage   65 bad data   69 not reachable   74 file\n"

struct cli_command {
	const char *name;
	int (*run)(int argc,
		char **argv); /* argv[0] is the command's name; returns an enum cli_exit */
	const char *usage;
};
int cli_submit(int argc, char **argv);
int cli_status(int argc, char **argv);
int cli_hash(int argc, char **argv);
int cli_receipt(int argc, char **argv);
int cli_attestation(int argc, char **argv);
int cli_admin(int argc, char **argv);

/* ---- arguments: --name VALUE, --flag and plain words, in any order ---- */
struct cli_argument {
	const char *name;   /* "--expect"; NULL: the next plain word */
	const char **value; /* takes a value, or */
	bool *flag;         /* is a flag */
	bool required;
	const char *help;
};
/* CLI_OK, or CLI_USAGE having said what is wrong, or -1 after --help was answered. */
int cli_arguments(int argc, char **argv, const char *usage, const struct cli_argument *arguments,
	size_t count);

/* --url, else WORKPROOF_URL, else http://127.0.0.1:8402. */
const char *cli_url(const char *given);

/* Prints "workproof: " and the text on standard error; returns status. */
int cli_fail(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Reads a whole file ("-": standard input) of at most limit bytes, NUL-terminated behind its size.
 * 0, -errno, -WP_E_RANGE. */
int cli_read_file(struct wp_buffer *ret_content, const char *path, size_t limit);

/* ---- one HTTP exchange; blocks ---- */
struct cli_answer {
	long status;
	struct wp_buffer body;    /* NUL-terminated behind its size */
	struct wp_buffer headers; /* as received */
};
/* body NULL: GET. headers: "Name: value" lines, NULL-terminated, or NULL. 0 or -WP_E_UNKNOWN,
 * having put what curl says into ret_problem (CURL_ERROR_SIZE bytes). */
int cli_http(struct cli_answer *ret_answer, const char *url, const char *const *headers,
	const char *body, char *ret_problem);
void cli_answer_free(struct cli_answer *answer);
/* Copies the first such header's value. 0, -ENOENT, -ENOMEM. */
int cli_answer_header(const struct cli_answer *answer, const char *name, char **ret_value);
/* The JSON of a body, or NULL. */
cJSON *cli_answer_json(const struct cli_answer *answer);
/* Says on standard error what a problem+json answer says. */
void cli_answer_explain(const struct cli_answer *answer);

/* ---- x402 version 2: from an offer to the payment header ---- */
/* header: the PAYMENT-REQUIRED header. Signs the first offer it can pay that costs at most
 * max_amount. Writes "PAYMENT-SIGNATURE: …" (caller frees). CLI_OK, CLI_UNPAID, CLI_DATA having
 * said why. */
int cli_payment_header(
	char **ret_line, const char *header, const struct wp_secret *key, const char *max_amount);

/* ---- running code here, in the isolate the service would use ---- */
struct cli_run {
	struct wp_hash output_hash;
	char outcome[16];
	char error_code[16];
	char message[512];
};
/* 0 or -errno, having said why. salt may be NULL. */
int cli_rerun(struct cli_run *ret_run, const struct wp_buffer *code, const struct wp_buffer *input,
	int64_t timeout_ms, int64_t clock_ms, const struct wp_hash *code_hash,
	const struct wp_hash *input_hash);

#endif
