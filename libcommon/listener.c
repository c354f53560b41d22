#include "libcommon/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define UNIX_PREFIX "unix:"
#define UNIX_MODE   0660
#define TEXT_SIZE   64 /* of an address and of a port */

const char *wp_listener_path(const char *listen)
{
	size_t size = strlen(UNIX_PREFIX);

	return strncmp(listen, UNIX_PREFIX, size) == 0 ? listen + size : NULL;
}

static int listen_at(const struct sockaddr *address, socklen_t size)
{
	int on = 1;
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (address->sa_family != AF_UNIX)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, address, size) < 0 || listen(fd, WP_LISTENER_BACKLOG) < 0) {
		int error = -errno;
		close(fd);
		return error;
	}
	return fd;
}

/* Nobody may connect before the mode is set: until then write permission is the owner's alone
 * unless the umask of the daemon is weaker than usual. */
static int open_unix(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct stat status;

	if (path[0] != '/')
		return -EINVAL;
	if (strlen(path) >= sizeof address.sun_path)
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path));
	if (lstat(path, &status) == 0 && S_ISSOCK(status.st_mode))
		unlink(path);
	int fd = listen_at((const struct sockaddr *)&address, sizeof address);
	if (fd < 0)
		return fd;
	if (chmod(path, UNIX_MODE) < 0) {
		int error = -errno;
		close(fd);
		unlink(path);
		return error;
	}
	return fd;
}

/* "host:port" or "[host]:port" in two texts of TEXT_SIZE. */
static int split(const char *listen, char *ret_host, char *ret_port)
{
	const char *colon = strrchr(listen, ':');
	size_t size = colon != NULL ? (size_t)(colon - listen) : 0;

	if (size == 0 || size >= TEXT_SIZE || strlen(colon + 1) >= TEXT_SIZE)
		return -EINVAL;
	if (listen[0] == '[') {
		if (listen[size - 1] != ']')
			return -EINVAL;
		listen++;
		size -= 2;
	}
	memcpy(ret_host, listen, size);
	ret_host[size] = '\0';
	memcpy(ret_port, colon + 1, strlen(colon + 1) + 1);
	return 0;
}

/* getaddrinfo takes the port modulo 65536. */
static bool is_port(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	return digits > 0 && digits <= 5 && text[digits] == '\0' &&
	       strtoul(text, NULL, 10) <= UINT16_MAX;
}

static int open_tcp(const char *listen)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
		.ai_socktype = SOCK_STREAM };
	struct addrinfo *address;
	char host[TEXT_SIZE];
	char port[TEXT_SIZE];
	int fd = split(listen, host, port);

	if (fd < 0)
		return fd;
	if (!is_port(port) || getaddrinfo(host, port, &hints, &address) != 0)
		return -EINVAL;
	fd = listen_at(address->ai_addr, address->ai_addrlen);
	freeaddrinfo(address);
	return fd;
}

int wp_listener_open(const char *listen)
{
	const char *path = wp_listener_path(listen);

	return path != NULL ? open_unix(path) : open_tcp(listen);
}

unsigned wp_listener_port(int fd)
{
	struct sockaddr_storage address = { 0 };
	socklen_t size = sizeof address;

	if (getsockname(fd, (struct sockaddr *)&address, &size) < 0)
		return 0;
	if (address.ss_family == AF_INET)
		return ntohs(((const struct sockaddr_in *)&address)->sin_port);
	if (address.ss_family == AF_INET6)
		return ntohs(((const struct sockaddr_in6 *)&address)->sin6_port);
	return 0;
}
