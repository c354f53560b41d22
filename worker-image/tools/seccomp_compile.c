/* seccomp_compile - turns a policy file (guest/seccomp.policy) into BPF data as a C header, so that
 * a run installs a ready program. Usage: seccomp_compile POLICY HEADER */
#include <linux/filter.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES   256
#define INSTRUCTIONS_MAX 512

static bool parse_condition(const char *text, struct scmp_arg_cmp *ret_compare)
{
	unsigned index;
	unsigned long mask, value;

	if (sscanf(text, "arg%u&%lu==%lu", &index, &mask, &value) == 3) {
		*ret_compare = SCMP_CMP(index, SCMP_CMP_MASKED_EQ, mask, value);
		return true;
	}
	if (sscanf(text, "arg%u==%lu", &index, &value) == 2) {
		*ret_compare = SCMP_CMP(index, SCMP_CMP_EQ, value, 0);
		return true;
	}
	return false;
}

static int add_rule(scmp_filter_ctx filter, const char *line)
{
	char name[64], condition[64];
	struct scmp_arg_cmp compare;
	int words = sscanf(line, "%63s %63s", name, condition);

	if (words < 1 || name[0] == '#')
		return 0;
	int number = seccomp_syscall_resolve_name(name);
	if (number == __NR_SCMP_ERROR)
		return -1;
	if (words == 1)
		return seccomp_rule_add_exact_array(filter, SCMP_ACT_ALLOW, number, 0, NULL);
	if (!parse_condition(condition, &compare))
		return -1;
	return seccomp_rule_add_exact_array(filter, SCMP_ACT_ALLOW, number, 1, &compare);
}

static int read_policy(scmp_filter_ctx filter, const char *path)
{
	char line[LINE_MAX_BYTES];
	FILE *file = fopen(path, "r");

	if (!file)
		return -1;
	for (int number = 1; fgets(line, sizeof(line), file); number++) {
		if (add_rule(filter, line)) {
			fprintf(stderr, "%s:%d: not a rule: %s", path, number, line);
			fclose(file);
			return -1;
		}
	}
	fclose(file);
	return 0;
}

static int write_header(scmp_filter_ctx filter, const char *path)
{
	struct sock_filter program[INSTRUCTIONS_MAX];
	FILE *raw = tmpfile(), *header = fopen(path, "w");

	if (!raw || !header || seccomp_export_bpf(filter, fileno(raw)))
		return -1;
	rewind(raw);
	size_t count = fread(program, sizeof(program[0]), INSTRUCTIONS_MAX, raw);
	fprintf(header, "/* made from guest/seccomp.policy */\nstatic const struct sock_filter "
			"seccomp_program[] = {\n");
	for (size_t i = 0; i < count; i++)
		fprintf(header, "\t{0x%04x, %u, %u, 0x%08x},\n", program[i].code, program[i].jt,
			program[i].jf, program[i].k);
	fprintf(header, "};\n");
	fclose(raw);
	return fclose(header) || count == 0 || count == INSTRUCTIONS_MAX ? -1 : 0;
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: seccomp_compile POLICY HEADER\n");
		return 2;
	}
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (!filter || read_policy(filter, argv[1]) || write_header(filter, argv[2])) {
		fprintf(stderr, "seccomp_compile: cannot compile %s\n", argv[1]);
		return 1;
	}
	seccomp_release(filter);
	return 0;
}
