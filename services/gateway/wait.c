#include "services/gateway/wait.h"

#include <stdlib.h>
#include <string.h>

struct wait_table {
	struct wp_id_table by_id;
	struct wp_id_table by_payer; /* who holds a place; key: the first bytes of the account */
};

struct wait_table *wait_table_new(void)
{
	return calloc(1, sizeof(struct wait_table));
}

void wait_table_free(struct wait_table *table)
{
	free(table);
}

size_t wait_count(const struct wait_table *table)
{
	return table->by_id.count;
}

static struct waiter *waiter_of(struct wp_id_node *node)
{
	return (struct waiter *)((char *)node - offsetof(struct waiter, by_id));
}

void wait_add(struct wait_table *table, struct waiter *waiter, const struct wp_id *id, wait_fn *fn,
	void *arg)
{
	*waiter = (struct waiter){ .by_id.id = *id, .fn = fn, .arg = arg };
	wp_id_table_add(&table->by_id, &waiter->by_id);
}

void wait_remove(struct wait_table *table, struct waiter *waiter)
{
	wp_id_table_remove(&table->by_id, &waiter->by_id);
	if (waiter->has_place)
		wp_id_table_remove(&table->by_payer, &waiter->by_payer);
	waiter->has_place = false;
}

static size_t places_of_id(const struct wait_table *table, const struct wp_id *id)
{
	size_t count = 0;
	struct wp_id_node *node = wp_id_table_find(&table->by_id, id);
	for (; node; node = wp_id_table_next(node))
		count += waiter_of(node)->has_place;
	return count;
}

static size_t places_of_payer(const struct wait_table *table, const struct wp_id *key)
{
	size_t count = 0;
	struct wp_id_node *node = wp_id_table_find(&table->by_payer, key);
	for (; node; node = wp_id_table_next(node))
		count++;
	return count;
}

bool wait_take_place(
	struct wait_table *table, struct waiter *waiter, const struct wp_address *payer)
{
	struct wp_id key;
	memcpy(key.bytes, payer->bytes, sizeof(key.bytes));
	if (waiter->has_place)
		return true;
	if (places_of_id(table, &waiter->by_id.id) >= WAIT_MAX_PER_ID ||
		places_of_payer(table, &key) >= WAIT_MAX_PER_PAYER)
		return false;
	waiter->has_place = true;
	waiter->by_payer = (struct wp_id_node){ .id = key };
	wp_id_table_add(&table->by_payer, &waiter->by_payer);
	return true;
}

void wait_wake(struct wait_table *table, const struct wp_id *id)
{
	struct wp_id_node *node = wp_id_table_find(&table->by_id, id);
	while (node) {
		struct wp_id_node *next = wp_id_table_next(node);
		struct waiter *waiter = waiter_of(node);
		waiter->fn(waiter->arg);
		node = next;
	}
}

static void wake(void *arg, struct wp_id_node *node)
{
	struct waiter *waiter = waiter_of(node);
	(void)arg;
	waiter->fn(waiter->arg);
}

void wait_wake_all(struct wait_table *table)
{
	wp_id_table_each(&table->by_id, wake, NULL);
}
