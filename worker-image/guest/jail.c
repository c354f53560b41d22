#include "guest/jail.h"

#include "guest/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest/seccomp_program.h"

#define NOBODY 65534

#define RUN_NAMESPACES (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS)

/* What a run is cloned into: all of them, but its own user namespace where the host gives none. */
static uint64_t run_namespaces = RUN_NAMESPACES;

struct layer {
	enum guest_layer bit;
	int (*enter)(void); /* 0 or -errno */
};

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	int error = write(fd, text, strlen(text)) < 0 ? -errno : 0;
	close(fd);
	return error;
}

/* A namespace whose only identity is nobody. The runs' own namespaces in it map none at all: to a
 * run every file and process outside belongs to somebody else. */
static int map_nobody(uid_t uid, gid_t gid)
{
	char line[64];
	int error = write_file("/proc/self/setgroups", "deny");

	snprintf(line, sizeof(line), "%d %u 1", NOBODY, uid);
	error = error ? error : write_file("/proc/self/uid_map", line);
	snprintf(line, sizeof(line), "%d %u 1", NOBODY, gid);
	return error ? error : write_file("/proc/self/gid_map", line);
}

static int become_nobody(void)
{
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
		setresuid(NOBODY, NOBODY, NOBODY))
		return -errno;
	return 0;
}

/* Does a child get these namespaces, and in it succeed with enter? 0 or -errno. */
static int try_child(uint64_t namespaces, int (*enter)(void))
{
	struct clone_args args = { .flags = namespaces };
	int status;
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (pid == 0)
		syscall(SYS_exit_group, enter ? -enter() : 0);
	if (pid < 0 || waitpid((pid_t)pid, &status, __WALL) != pid)
		return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -ENOSYS;
}

/* Root becomes nobody first, so that even a broken jail holds nobody's rights. Where there are no
 * user namespaces (in a chroot, or by the host's setting) root has to stay root to build the walls,
 * and each run gives its rights up instead. */
static int enter_user(void)
{
	int error = try_child(CLONE_NEWUSER, NULL);

	if (error) {
		run_namespaces &= ~(uint64_t)CLONE_NEWUSER;
		return error;
	}
	if (geteuid() == 0)
		error = become_nobody();
	if (error || prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) /* /proc/self is ours again */)
		return error ? error : -errno;
	uid_t uid = geteuid();
	gid_t gid = getegid();
	return unshare(CLONE_NEWUSER) ? -errno : map_nobody(uid, gid);
}

/* An empty file system that stands nowhere but in our root: it needs no mount point, so it also
 * works where "/" is none (in a chroot), and nothing can spread to the host's mounts. */
static int enter_detached_root(void)
{
	enum {
		CREATE = 6,
		READ_ONLY = 1,
		NO_SUID = 2,
		NO_DEV = 4,
		NO_EXEC = 8
	}; /* linux/mount.h */
	int context = (int)syscall(SYS_fsopen, "tmpfs", 0);
	int root = -1, error = 0;

	if (context < 0 || syscall(SYS_fsconfig, context, CREATE, NULL, NULL, 0))
		error = -errno;
	if (!error)
		root = (int)syscall(
			SYS_fsmount, context, 0, READ_ONLY | NO_SUID | NO_DEV | NO_EXEC);
	if (!error && (root < 0 || fchdir(root) || chroot(".") || chdir("/")))
		error = -errno;
	if (root >= 0)
		close(root);
	if (context >= 0)
		close(context);
	return error;
}

static int enter_mount(void)
{
	if (unshare(CLONE_NEWNS))
		return -errno;
	if (!(run_namespaces & CLONE_NEWUSER))
		return enter_detached_root();
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return -errno;
	if (mount("none", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		    "size=4k,nr_inodes=1") ||
		chdir("/tmp") || syscall(SYS_pivot_root, ".", ".") || umount2(".", MNT_DETACH))
		return -errno;
	if (mount(NULL, "/", NULL,
		    MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) ||
		chdir("/"))
		return -errno;
	return 0;
}

/* One empty network for all runs: making one takes longer than a run, and no run can open a socket.
 */
static int enter_net(void)
{
	return unshare(CLONE_NEWNET) ? -errno : 0;
}

static int enter_ipc(void)
{
	return unshare(CLONE_NEWIPC) ? -errno : 0;
}

static int enter_uts(void)
{
	return unshare(CLONE_NEWUTS) ? -errno : 0;
}

static int limit(int resource, rlim_t value)
{
	struct rlimit both = { value, value };
	return setrlimit(resource, &both) ? -errno : 0;
}

static int enter_limits(void)
{
	int error = limit(RLIMIT_CORE, 0);

	error = error ? error : limit(RLIMIT_FSIZE, 0);
	error = error ? error : limit(RLIMIT_NOFILE, 16);
	error = error ? error : limit(RLIMIT_MSGQUEUE, 0);
	error = error ? error : limit(RLIMIT_MEMLOCK, 0);
	error = error ? error : limit(RLIMIT_AS, GUEST_ADDRESS_MAX);
	return error;
}

static int enter_filter(void)
{
	static const struct sock_fprog filter = { sizeof(seccomp_program) /
							  sizeof(seccomp_program[0]),
		(struct sock_filter *)seccomp_program };

	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) ? -errno : 0;
}

static int enter_no_new_privileges(void)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? -errno : 0;
}

/* Namespaces and filter are each run's own; here a first child tries them. */
static int enter_pid(void)
{
	return try_child(run_namespaces, NULL);
}

static int enter_seccomp(void)
{
	return try_child(run_namespaces, enter_filter);
}

void jail_enter_zygote(struct guest_ready *ret_ready)
{
	static const struct layer layers[] = {
		{ GUEST_LAYER_USER, enter_user },
		{ GUEST_LAYER_MOUNT, enter_mount },
		{ GUEST_LAYER_NET, enter_net },
		{ GUEST_LAYER_IPC, enter_ipc },
		{ GUEST_LAYER_UTS, enter_uts },
		{ GUEST_LAYER_PID, enter_pid },
		{ GUEST_LAYER_LIMITS, enter_no_new_privileges },
		{ GUEST_LAYER_SECCOMP, enter_seccomp },
		{ GUEST_LAYER_LANDLOCK, landlock_deny_all },
		{ GUEST_LAYER_LIMITS, enter_limits },
	};

	for (size_t i = 0; i < sizeof(layers) / sizeof(layers[0]); i++) {
		int error = layers[i].enter();
		if (!error) {
			ret_ready->layers |= layers[i].bit;
		} else if (ret_ready->failed_errno == 0) {
			ret_ready->failed_errno = -error;
			ret_ready->failed_layer = layers[i].bit;
		}
	}
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
}

pid_t jail_clone(void)
{
	struct clone_args args = { .flags = run_namespaces | CLONE_PARENT };
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	return pid < 0 ? -errno : (pid_t)pid;
}

static void on_alarm(int signal)
{
	(void)signal;
	syscall(SYS_exit_group, 0);
}

/* The run is the init of its process namespace: signals without a handler would not reach it. */
static int set_alarm(int64_t wall_ms)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval end = { { 0, 0 }, { wall_ms / 1000, (wall_ms % 1000) * 1000 } };

	if (sigaction(SIGALRM, &action, NULL) || setitimer(ITIMER_REAL, &end, NULL))
		return -errno;
	return 0;
}

static int drop_capabilities(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct none[2] = { { 0, 0, 0 }, { 0, 0, 0 } };

	return syscall(SYS_capset, &header, none) ? -errno : 0;
}

/* Dies with the host. Had the host died before that was set, its end of the socket is closed
 * already. */
static int follow_host(void)
{
	char byte;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0))
		return -errno;
	return recv(GUEST_CONTROL_FD, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0 ? -ECONNRESET : 0;
}

int jail_enter_run(const struct guest_order *order)
{
	int error = run_namespaces & CLONE_NEWUSER ? 0 : become_nobody();

	error = error ? error : drop_capabilities();
	error = error ? error : follow_host();
	error = error ? error : limit(RLIMIT_CPU, order->cpu_limit_s);
	error = error ? error : limit(RLIMIT_NPROC, 0);
	error = error ? error : set_alarm(order->wall_ms);
	return error ? error : enter_filter();
}
