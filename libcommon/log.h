/* log.h - JSON lines on stderr: {"ts","level","service","instance","msg",…}. Never raw keys,
 * bodies, guest output or payment headers. */
#ifndef WP_LOG_H
#define WP_LOG_H

#include "libcommon/types.h"

#include <stdint.h>

enum wp_log_level {
	WP_LOG_DEBUG,   /* for whoever develops */
	WP_LOG_INFO,    /* normal life */
	WP_LOG_WARNING, /* somebody should look at it some day */
	WP_LOG_ERROR    /* somebody should look at it now */
};

void wp_log_open(const char *service, const char *instance, enum wp_log_level least);

/* Fields are name, value pairs ended by NULL; values are texts, made by the helpers below when they
 * are numbers or ids. Cut at 8 KB per line. */
void wp_log(enum wp_log_level level, const char *message, ...) __attribute__((sentinel));

/* Text of a value in one of eight rotating buffers: for wp_log's arguments only. */
const char *wp_log_id(const struct wp_id *id);
const char *wp_log_hash(const struct wp_hash *hash);
const char *wp_log_i64(int64_t value);
const char *wp_log_error(int error); /* wp_strerror */

#endif
