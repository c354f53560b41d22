/* landlock.h - no file system, no TCP, no signals or abstract sockets outside: for this process and
 * all that it starts. Works as far as the kernel's Landlock version goes
 * (Documentation/userspace-api/landlock). */
#ifndef GUEST_LANDLOCK_H
#define GUEST_LANDLOCK_H

/* 0; -ENOSYS or -EOPNOTSUPP when the kernel has none; -errno. Needs no_new_privs. */
int landlock_deny_all(void);

#endif
