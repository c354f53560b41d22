/* listener.h - listening sockets named by text. For http_server.c. */
#ifndef WP_LISTENER_H
#define WP_LISTENER_H

#define WP_LISTENER_BACKLOG 1024

/* Listens at "unix:/path" (mode 0660; a socket left behind there is replaced), "127.0.0.1:0" or
 * "[::1]:8080" (numeric addresses only). A non-blocking descriptor, or -errno. */
int wp_listener_open(const char *listen);
/* The port of a TCP listener, 0 of another. */
unsigned wp_listener_port(int fd);
/* The path in "unix:/path", NULL of another. */
const char *wp_listener_path(const char *listen);

#endif
