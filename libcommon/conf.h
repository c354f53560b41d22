/* conf.h - typed settings: one table per service gives the struct, the parser, --help and the docs.
 * Sources, later ones win: the fallback in the table, --config FILE (KEY=value lines), the
 * environment. A setting `price` is read from WORKPROOF_PRICE; a SECRET or PATH-like text may come
 * from the file named by WORKPROOF_PRICE_FILE (every type may). Unknown WORKPROOF_* names are
 * errors; all problems are reported at once, and nothing is opened before all settings are valid.
 * The only reader of the environment. */
#ifndef WP_CONF_H
#define WP_CONF_H

#include "libcommon/amount.h"
#include "libcommon/secret.h"
#include "libcommon/types.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum wp_conf_type {
	WP_CONF_TEXT,     /* char *: printable, 1..1024 bytes; empty only if the fallback is "" */
	WP_CONF_PATH,     /* char *: absolute path, or "" if the fallback is "" */
	WP_CONF_URL,      /* char *: http:// or https:// */
	WP_CONF_INT,      /* int64_t within min..max */
	WP_CONF_DURATION, /* int64_t milliseconds; text "250ms", "5s", "10m", "24h"; min..max in ms
			   */
	WP_CONF_BOOL,     /* bool: true|false */
	WP_CONF_CHOICE,   /* int: index into choices */
	WP_CONF_ADDRESS,  /* struct wp_address */
	WP_CONF_HASH,     /* struct wp_hash */
	WP_CONF_AMOUNT,   /* struct wp_amount, decimal */
	WP_CONF_KEY /* struct wp_secret of 32 bytes, hex; only from a file (_FILE), never in clear
		     */
};

struct wp_option {
	const char *name; /* lower_snake_case */
	enum wp_conf_type type;
	size_t offset;              /* of the member in the settings struct */
	const char *fallback;       /* NULL: must be given */
	int64_t min, max;           /* INT, DURATION */
	const char *const *choices; /* CHOICE, NULL-terminated */
	const char *help;
};

struct wp_conf_source {
	const char *const *environment; /* NULL-terminated "NAME=value" list */
	const char *file;               /* NULL for none */
};

/* Fills settings (zeroed by the caller) from several tables that share one struct base each.
 * Writes each problem as a line to problems. 0 or -EINVAL. */
struct wp_conf_table {
	const struct wp_option *options;
	size_t count;
	void *settings;
};
int wp_conf_load(const struct wp_conf_table *tables, size_t table_count,
	const struct wp_conf_source *source, FILE *problems);
/* Frees texts, wipes keys. */
void wp_conf_free(const struct wp_conf_table *tables, size_t table_count);
/* --help: one line per setting with type, default and help. */
void wp_conf_help(const struct wp_conf_table *tables, size_t table_count, FILE *out);

/* The process environment, for wp_conf_source (so that getenv and environ stay here). */
const char *const *wp_conf_environment(void);

#endif
