/* conf_value.h - one setting's text to its member of the settings struct. For conf.c only. */
#ifndef WP_CONF_VALUE_H
#define WP_CONF_VALUE_H

#include "libcommon/conf.h"

#define WP_CONF_TEXT_MAX 1024
#define WP_CONF_WHAT_MAX 256

/* Stores text in member. 0, -ENOMEM, or -EINVAL with what the setting must be in ret_what. */
int wp_conf_value_parse(void *member, const struct wp_option *option, const char *text,
	char ret_what[static WP_CONF_WHAT_MAX]);
/* Loads a key from path, which group and others must not be able to read. Errors as above. */
int wp_conf_value_load_key(void *member, const char *path, char ret_what[static WP_CONF_WHAT_MAX]);
/* Frees what parse or load stored and zeroes the member. */
void wp_conf_value_free(void *member, const struct wp_option *option);
/* Writes the type and its limits, as --help shows it. */
void wp_conf_value_type(const struct wp_option *option, FILE *out);

#endif
