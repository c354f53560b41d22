#include "libcommon/secret.h"

#include "libcommon/base.h"

#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

static uint8_t *locked_new(size_t size)
{
	/* Idempotent; without it sodium's guard pages and canary are not set up. */
	return sodium_init() < 0 ? NULL : sodium_malloc(size);
}

/* Takes over data, which came from locked_new. */
static void replace(struct wp_secret *secret, uint8_t *data, size_t size)
{
	wp_secret_wipe(secret);
	secret->data = data;
	secret->size = size;
}

int wp_secret_set(struct wp_secret *secret, const void *data, size_t size)
{
	if (size == 0) {
		wp_secret_wipe(secret);
		return 0;
	}
	uint8_t *copy = locked_new(size);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, data, size);
	replace(secret, copy, size);
	return 0;
}

/* Reads until the end of the file or until limit bytes. The number of bytes, or -errno. */
static ssize_t read_up_to(int fd, uint8_t *data, size_t limit)
{
	size_t size = 0;
	while (size < limit) {
		ssize_t count = read(fd, data + size, limit - size);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return -errno;
		if (count == 0)
			break;
		size += (size_t)count;
	}
	return (ssize_t)size;
}

int wp_secret_load(struct wp_secret *secret, const char *path, size_t limit)
{
	int error;
	uint8_t *data = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	data = locked_new(limit + 1); /* one more, to see that the file is too long */
	if (!data) {
		error = -ENOMEM;
		goto out;
	}
	ssize_t size = read_up_to(fd, data, limit + 1);
	if (size < 0) {
		error = (int)size;
		goto out;
	}
	if ((size_t)size > limit) {
		error = -WP_E_RANGE;
		goto out;
	}
	if (size > 0 && data[size - 1] == '\n')
		size--;
	error = size == 0 ? -WP_E_RANGE : wp_secret_set(secret, data, (size_t)size);
out:
	sodium_free(data);
	close(fd);
	return error;
}

int wp_secret_from_hex(struct wp_secret *secret, size_t size)
{
	const char *text = (const char *)secret->data;
	size_t length = secret->size;
	if (length >= 2 && text[0] == '0' && text[1] == 'x') {
		text += 2;
		length -= 2;
	}
	if (size == 0 || length != 2 * size)
		return -WP_E_FORMAT;
	uint8_t *data = locked_new(size);
	if (!data)
		return -ENOMEM;
	/* sodium's decoder takes the same time for every digit. */
	if (sodium_hex2bin(data, size, text, length, NULL, NULL, NULL) != 0) {
		sodium_free(data);
		return -WP_E_FORMAT;
	}
	replace(secret, data, size);
	return 0;
}

void wp_secret_wipe(struct wp_secret *secret)
{
	sodium_free(secret->data);
	secret->data = NULL;
	secret->size = 0;
}
