/* time.h - the only reader of clocks. */
#ifndef WP_TIME_H
#define WP_TIME_H

#include <stdint.h>
#include <sys/types.h>

int64_t wp_time_monotonic_ms(void); /* for intervals on this host */
int64_t wp_time_monotonic_us(void);
int64_t wp_time_wall_ms(void); /* Unix time; for logs, receipts and validity windows only */

/* CPU time another process of this host has used so far. 0 or -errno (-ESRCH: no such process). */
int wp_time_process_cpu_us(pid_t pid, int64_t *ret_us);

/* RFC 3339 with milliseconds, UTC: "2026-11-20T12:00:00.000Z". Needs 25 bytes. What lies outside
 * 1970..9999 is shown as the nearest end. */
char *wp_time_text(char text[static 25], int64_t wall_ms);

#endif
