/* request.h - the body of POST /v1/verifications as a struct: strict JSON, known fields, every
 * limit (SPEC A1, A10). Pure. */
#ifndef GATEWAY_REQUEST_H
#define GATEWAY_REQUEST_H

#include "libcommon/types.h"
#include "proto/task.h"
#include "services/gateway/problem.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#define REQUEST_HASH_DIGITS    64
#define REQUEST_HASH_MAX_CHARS 128 /* a longer expectedHash is refused before it is looked at */
#define REQUEST_CLOCK_MAX_MS   8640000000000000 /* the last time a Date can hold (ECMA-262) */
#define REQUEST_FAULT_FIELDS   16

struct request {
	cJSON *root; /* the body; the texts below are its own */
	const char *code;
	size_t code_size;
	const char *input; /* NULL: none */
	size_t input_size;
	const char *isolation; /* the minimum: "process" */
	const char *attest;    /* "" unless asked for */
	struct wp_task task;   /* its hashes are set by request_seal */
	uint8_t salt[WP_SALT_MAX_BYTES];
	struct wp_hash task_hash;
	struct wp_hash request_hash; /* SHA-256 of the RFC 8785 form of the body as sent */
};

/* Why a body was refused; owns its texts. */
struct request_fault {
	enum problem_code code;
	char detail[512]; /* "": the problem's title says it all */
	size_t field_count;
	struct problem_field fields[REQUEST_FAULT_FIELDS];
	char texts[REQUEST_FAULT_FIELDS][96]; /* pointers of unknown members */
};

/* 0 (free with request_free), -WP_E_REFUSED with *ret_fault filled, -ENOMEM. The program is checked
 * too (SIZE, LINES, BLOCKED). */
int request_parse(struct request *ret_request, struct request_fault *ret_fault, const char *body,
	size_t size);
/* Computes the hashes: only paid requests need them. 0 or -ENOMEM. */
int request_seal(struct request *request);
void request_free(struct request *request); /* empties; an empty one is fine */

#endif
