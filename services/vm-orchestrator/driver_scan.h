/* driver_scan.h - finds process isolates on this host by what the kernel knows of them, whoever
 * started them. The mark of the installation is the process name, which a guest cannot change; the
 * run's name is in its command line, which a captured guest could only falsify for itself. */
#ifndef WP_DRIVER_SCAN_H
#define WP_DRIVER_SCAN_H

#include <stdint.h>

/* The process name of every run of this installation: "wr" and 13 hex digits of its SHA-256. */
void driver_scan_mark(char mark[static 16], const char *installation);
/* The command line of a run; room 128 suffices for allowed names. */
void driver_scan_title(char title[static 128], const char *installation, const char *name);

/* Calls fn for each; a run whose command line is not readable is called "pid:<n>". 0 or -errno. */
int driver_scan_list(const char *installation,
	void (*fn)(void *arg, const char *name, int64_t age_ms), void *arg);
/* Kills the run of that name. 0, -ESRCH, -errno. */
int driver_scan_kill(const char *installation, const char *name);

#endif
