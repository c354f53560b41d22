/* store_call.h - inside proto/ only: building FCALLs and reading their answers. */
#ifndef WP_STORE_CALL_H
#define WP_STORE_CALL_H

#include "proto/store.h"

/* The function library, made at build from redis/ (library.gen.c). */
extern const int64_t wp_library_version;
extern const size_t wp_library_size;
extern const uint8_t wp_library_text[];

#define WP_CALL_ARGS_MAX    256
#define WP_CALL_NUMBERS_MAX 32

struct wp_call { /* borrows texts and bytes until it is sent */
	const char *argv[WP_CALL_ARGS_MAX];
	size_t sizes[WP_CALL_ARGS_MAX];
	int argc;
	char numbers[WP_CALL_NUMBERS_MAX][WP_HASH_TEXT];
	size_t number_count;
	bool failed; /* sticky: too many arguments */
};

void wp_call_command(struct wp_call *call, const char *command);
void wp_call_function(struct wp_call *call, const char *function); /* FCALL function 0 */
void wp_call_text(struct wp_call *call, const char *text);
void wp_call_bytes(struct wp_call *call, const void *data, size_t size);
void wp_call_i64(struct wp_call *call, int64_t value);
void wp_call_u64(struct wp_call *call, uint64_t value);
void wp_call_id(struct wp_call *call, const struct wp_id *id);
void wp_call_hash(struct wp_call *call, const struct wp_hash *hash);
/* n, n pairs, m, m names to delete. */
void wp_call_fields(struct wp_call *call, const struct wp_field_value *fields, size_t count);
/* The options of one row. */
void wp_call_row(struct wp_call *call, const struct wp_row *row);

/* What waits for an answer: fn is cast back to its type by the decoder, which frees the pending. */
struct wp_pending {
	void (*fn)(void);
	void *arg;
	int64_t number;
};
/* Sends the call; decode gets a struct wp_pending. 0 or -errno (decode is then not called). */
int wp_call_send(struct wp_store *store, const struct wp_call *call, wp_redis_fn *decode,
	void (*fn)(void), void *arg, int64_t number);
struct wp_redis *wp_store_redis(struct wp_store *store);

/* 0, -WP_E_…, -EPROTO or -WP_E_UNKNOWN; *ret_text says why, "" if there is nothing to say. */
int wp_reply_status(const redisReply *reply, const char **ret_text);
/* Element index of an array, or NULL. */
const redisReply *wp_reply_at(const redisReply *reply, size_t index);
/* A text of at least 0 bytes; "" for anything else. */
const char *wp_reply_text(const redisReply *reply);
/* Decimal text or integer; 0 for anything else. */
uint64_t wp_reply_u64(const redisReply *reply);

#endif
