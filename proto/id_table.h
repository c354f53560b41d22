/* id_table.h - what a daemon has under way, found by the verification's id: an intrusive hash table
 * of fixed width. Several entries may have the same id. */
#ifndef WP_ID_TABLE_H
#define WP_ID_TABLE_H

#include "libcommon/types.h"

#include <stddef.h>

#define WP_ID_TABLE_WIDTH 1024

struct wp_id_node { /* member of the owner's struct; owned by it */
	struct wp_id id;
	struct wp_id_node *next;
};

struct wp_id_table { /* zero-initialised is empty */
	struct wp_id_node *buckets[WP_ID_TABLE_WIDTH];
	size_t count;
};

/* node->id is set by the caller and must not change while it is in the table. */
void wp_id_table_add(struct wp_id_table *table, struct wp_id_node *node);
/* One that is not in the table is fine. */
void wp_id_table_remove(struct wp_id_table *table, struct wp_id_node *node);
/* The first entry with that id, and the next one with the same id; NULL: no more. */
struct wp_id_node *wp_id_table_find(const struct wp_id_table *table, const struct wp_id *id);
struct wp_id_node *wp_id_table_next(const struct wp_id_node *node);
/* Calls fn for every entry; fn may remove and free the one it is given. */
void wp_id_table_each(
	struct wp_id_table *table, void (*fn)(void *arg, struct wp_id_node *node), void *arg);

#endif
