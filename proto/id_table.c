#include "proto/id_table.h"

#include <string.h>

/* An id is the beginning of a keccak-256: any of its bits will do. */
static size_t bucket_of(const struct wp_id *id)
{
	uint32_t bits;

	memcpy(&bits, id->bytes, sizeof bits);
	return bits % WP_ID_TABLE_WIDTH;
}

static struct wp_id_node *same_id(struct wp_id_node *node, const struct wp_id *id)
{
	while (node != NULL && !wp_id_equal(&node->id, id))
		node = node->next;
	return node;
}

void wp_id_table_add(struct wp_id_table *table, struct wp_id_node *node)
{
	struct wp_id_node **bucket = &table->buckets[bucket_of(&node->id)];

	node->next = *bucket;
	*bucket = node;
	table->count++;
}

void wp_id_table_remove(struct wp_id_table *table, struct wp_id_node *node)
{
	struct wp_id_node **link = &table->buckets[bucket_of(&node->id)];

	while (*link != NULL && *link != node)
		link = &(*link)->next;
	if (*link == NULL)
		return;
	*link = node->next;
	node->next = NULL;
	table->count--;
}

struct wp_id_node *wp_id_table_find(const struct wp_id_table *table, const struct wp_id *id)
{
	return same_id(table->buckets[bucket_of(id)], id);
}

struct wp_id_node *wp_id_table_next(const struct wp_id_node *node)
{
	return same_id(node->next, &node->id);
}

void wp_id_table_each(
	struct wp_id_table *table, void (*fn)(void *arg, struct wp_id_node *node), void *arg)
{
	for (size_t i = 0; i < WP_ID_TABLE_WIDTH; i++) {
		struct wp_id_node *next;

		for (struct wp_id_node *node = table->buckets[i]; node != NULL; node = next) {
			next = node->next;
			fn(arg, node);
		}
	}
}
