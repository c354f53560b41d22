/* quote.h - bytes a guest wrote as a JSON string: well-formed UTF-8 as it is, U+0000 and other
 * controls escaped, every other byte as U+FFFD. Pure. */
#ifndef GATEWAY_QUOTE_H
#define GATEWAY_QUOTE_H

#include <cjson/cJSON.h>
#include <stddef.h>

/* NULL: no memory, or over WP_BUFFER_MAX. */
cJSON *quote_bytes(const void *data, size_t size);

#endif
