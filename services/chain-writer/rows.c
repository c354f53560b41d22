#include "services/chain-writer/rows.h"

#include "libcommon/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void rows_clear(struct rows *rows)
{
	for (size_t i = 0; i < rows->count; i++)
		free(rows->list[i].raw);
	free(rows->list);
	*rows = (struct rows){ 0 };
}

static struct row *append(struct rows *rows)
{
	if (rows->count == rows->capacity) {
		size_t capacity = rows->capacity ? 2 * rows->capacity : 16;
		struct row *list = realloc(rows->list, capacity * sizeof *list);

		if (list == NULL)
			return NULL;
		rows->list = list;
		rows->capacity = capacity;
	}
	rows->list[rows->count] = (struct row){ 0 };
	return &rows->list[rows->count];
}

static int put(struct rows *rows, uint64_t nonce, const struct wp_id *id, const char *kind,
	const char *raw, const struct wp_hash *hash)
{
	struct row *row = append(rows);

	if (row == NULL)
		return -ENOMEM;
	row->raw = strdup(raw);
	if (row->raw == NULL)
		return -ENOMEM;
	row->nonce = nonce;
	if (id != NULL)
		row->id = *id;
	snprintf(row->kind, sizeof row->kind, "%s", kind);
	row->hash = *hash;
	row->version_count = 1;
	rows->count++;
	return 0;
}

int rows_load(struct rows *rows, const struct wp_lane_row *stored, size_t count, int64_t now_ms)
{
	rows_clear(rows);
	for (size_t i = 0; i < count; i++) {
		const struct wp_lane_row *from = &stored[i];

		rows->any = true;
		rows->next = from->nonce + 1;
		if (from->final || from->version_count == 0)
			continue;
		size_t newest = from->version_count - 1;
		if (put(rows, from->nonce, &from->id, from->kind, from->versions[newest].raw,
			    &from->versions[newest].hash) < 0)
			return -ENOMEM;
		struct row *row = &rows->list[rows->count - 1];
		row->version_count = from->version_count;
		row->stored_ms = now_ms - from->age_ms;
	}
	return 0;
}

int rows_add(struct rows *rows, uint64_t nonce, const struct wp_id *id, const char *kind,
	const char *raw, const struct wp_hash *hash, int64_t now_ms)
{
	if (rows->any && nonce != rows->next)
		return -EEXIST;
	if (put(rows, nonce, id, kind, raw, hash) < 0)
		return -ENOMEM;
	rows->list[rows->count - 1].stored_ms = now_ms;
	rows->any = true;
	rows->next = nonce + 1;
	return 0;
}

int rows_replace(struct rows *rows, uint64_t nonce, const char *raw, const struct wp_hash *hash,
	int64_t now_ms)
{
	struct row *row = rows_find(rows, nonce);
	char *copy = row ? strdup(raw) : NULL;

	if (row == NULL)
		return -ENOENT;
	if (copy == NULL)
		return -ENOMEM;
	free(row->raw);
	row->raw = copy;
	row->hash = *hash;
	row->version_count++;
	row->stored_ms = now_ms;
	row->sent_ms = 0;
	row->underpriced = false;
	row->dead = false;
	return 0;
}

void rows_remove(struct rows *rows, uint64_t nonce)
{
	struct row *row = rows_find(rows, nonce);

	if (row == NULL)
		return;
	size_t at = (size_t)(row - rows->list);
	free(row->raw);
	memmove(row, row + 1, (rows->count - at - 1) * sizeof *row);
	rows->count--;
}

struct row *rows_find(const struct rows *rows, uint64_t nonce)
{
	for (size_t i = 0; i < rows->count; i++)
		if (rows->list[i].nonce == nonce)
			return &rows->list[i];
	return NULL;
}

struct row *rows_of(const struct rows *rows, const struct wp_id *id, const char *kind)
{
	for (size_t i = rows->count; i-- > 0;)
		if (wp_id_equal(&rows->list[i].id, id) && strcmp(rows->list[i].kind, kind) == 0)
			return &rows->list[i];
	return NULL;
}

uint64_t rows_next(const struct rows *rows, uint64_t latest)
{
	return rows->any ? rows->next : latest;
}

size_t rows_unmined(const struct rows *rows, uint64_t latest)
{
	size_t count = 0;

	for (size_t i = 0; i < rows->count; i++)
		count += rows->list[i].nonce >= latest;
	return count;
}

enum rows_action rows_plan(const struct row *row, const struct rows_view *view)
{
	int64_t resend_ms = 2 * view->block_time_ms;

	if (resend_ms < ROWS_RESEND_MIN_MS)
		resend_ms = ROWS_RESEND_MIN_MS;
	if (row->busy)
		return ROWS_REST;
	if (view->final_known && row->nonce < view->final)
		return ROWS_FINAL;
	if (row->nonce < view->latest)
		return ROWS_REST;
	if (row->dead && row->version_count < WP_ROW_VERSIONS_MAX)
		return ROWS_NOOP;
	/* The last version is kept for a no-op: a dead row must never block its lane. */
	if (row->version_count < WP_ROW_VERSIONS_MAX - 1 &&
		(row->underpriced || view->now_ms - row->stored_ms >= ROWS_BUMP_AFTER_MS))
		return ROWS_BUMP;
	if (row->sent_ms == 0 || view->now_ms - row->sent_ms >= resend_ms)
		return ROWS_RESEND;
	return ROWS_REST;
}
