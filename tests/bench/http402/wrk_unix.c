/* wrk_unix - preloaded into wrk: its IPv4 connections go to the unix socket that WRK_UNIX names. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

int socket(int domain, int type, int protocol)
{
	if (domain == AF_INET) {
		domain = AF_UNIX;
		protocol = 0;
	}
	return (int)syscall(SYS_socket, domain, type, protocol);
}

int connect(int fd, const struct sockaddr *address, socklen_t size)
{
	const char *path = getenv("WRK_UNIX");
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	if (address->sa_family != AF_INET)
		return (int)syscall(SYS_connect, fd, address, size);
	if (path == NULL || strlen(path) >= sizeof to.sun_path) {
		errno = EINVAL;
		return -1;
	}
	memcpy(to.sun_path, path, strlen(path));
	return (int)syscall(SYS_connect, fd, &to, sizeof to);
}
