/* rows.h - the transactions of one lane that are not final yet, in nonce order, and what is to be
 * done about each (DESIGN §2.6). Only the newest version of a row is kept here: it replaces the
 * others. Pure but for memory. */
#ifndef ROWS_H
#define ROWS_H

#include "proto/store.h"
#include "services/chain-writer/fees.h"

#define ROWS_BUMP_AFTER_MS 24000 /* an unmined version is raised after so long */
#define ROWS_RESEND_MIN_MS 1000

struct row {
	uint64_t nonce;
	struct wp_id id;
	char kind[16]; /* of the row */
	char *raw;     /* newest version, 0x hex; owned */
	struct wp_hash hash;
	size_t version_count;
	int64_t stored_ms; /* monotonic: when the newest version was stored */
	int64_t sent_ms;   /* monotonic: when it was last sent; 0: not in this life */
	bool busy;         /* a call about it is under way */
	bool underpriced;  /* the node wants more */
	bool dead;         /* no node takes it: its nonce is to be spent by a no-op */
};

struct rows {
	struct row *list; /* sorted by nonce */
	size_t count, capacity;
	bool any;      /* a row was ever stored */
	uint64_t next; /* nonce of the next row, valid if any */
};

enum rows_action {
	ROWS_REST,   /* nothing, or mined and not final yet */
	ROWS_FINAL,  /* its nonce is spent for good */
	ROWS_RESEND, /* the same bytes once more */
	ROWS_BUMP,   /* one more version with higher fees */
	ROWS_NOOP    /* one more version that does nothing */
};

struct rows_view {       /* what the chain says of the lane's key */
	uint64_t latest; /* transaction count at the head */
	bool final_known;
	uint64_t final; /* transaction count at the final block */
	int64_t now_ms; /* monotonic */
	int64_t block_time_ms;
};

void rows_clear(struct rows *rows);
/* Takes over what Redis has, age by age. 0 or -ENOMEM. */
int rows_load(struct rows *rows, const struct wp_lane_row *stored, size_t count, int64_t now_ms);
/* A row just stored; raw is copied. 0 or -ENOMEM, -EEXIST unless its nonce is the next. */
int rows_add(struct rows *rows, uint64_t nonce, const struct wp_id *id, const char *kind,
	const char *raw, const struct wp_hash *hash, int64_t now_ms);
/* One more version of it. 0 or -ENOMEM, -ENOENT. */
int rows_replace(struct rows *rows, uint64_t nonce, const char *raw, const struct wp_hash *hash,
	int64_t now_ms);
void rows_remove(struct rows *rows, uint64_t nonce); /* final */
struct row *rows_find(const struct rows *rows, uint64_t nonce);
/* The open row of (id, kind), or NULL. */
struct row *rows_of(const struct rows *rows, const struct wp_id *id, const char *kind);

/* The next nonce: behind the rows, or what the chain says when there never was one. */
uint64_t rows_next(const struct rows *rows, uint64_t latest);
/* Rows that are not mined as far as known. */
size_t rows_unmined(const struct rows *rows, uint64_t latest);
enum rows_action rows_plan(const struct row *row, const struct rows_view *view);

#endif
