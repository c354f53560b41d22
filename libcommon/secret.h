/* secret.h - key material: locked in memory where the host allows it, wiped when freed, never
 * logged. */
#ifndef WP_SECRET_H
#define WP_SECRET_H

#include <stddef.h>
#include <stdint.h>

struct wp_secret {
	uint8_t *data; /* sodium_malloc'ed; NULL when empty */
	size_t size;
};

/* Copies size bytes. 0 or -ENOMEM. */
int wp_secret_set(struct wp_secret *secret, const void *data, size_t size);
/* Reads a file of at most limit bytes; one trailing newline is dropped. 0, -errno, -WP_E_RANGE
 * (also when nothing is left). */
int wp_secret_load(struct wp_secret *secret, const char *path, size_t limit);
/* Decodes the secret's own hex text ("0x" allowed) to exactly size bytes in place. 0,
 * -WP_E_FORMAT, -ENOMEM. */
int wp_secret_from_hex(struct wp_secret *secret, size_t size);
/* Wipes and empties; an empty one is fine. */
void wp_secret_wipe(struct wp_secret *secret);

#endif
