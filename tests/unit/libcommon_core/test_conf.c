/* conf.c, conf_value.c: every type at its limits and one past, sources, names, and that every
 * problem is told. */
#include "support.h"

#include "libcommon/base.h"
#include "libcommon/conf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct settings {
	char *text, *empty_text, *path, *empty_path, *url, *empty_url;
	int64_t number, duration;
	bool flag;
	int choice;
	struct wp_address address;
	struct wp_hash hash;
	struct wp_amount amount;
	struct wp_secret key, empty_key;
	char *port_file;
};

static const char *const choices[] = { "red", "green", NULL };

#define HASH    "0x1111111111111111111111111111111111111111111111111111111111111111"
#define ADDRESS "0x2222222222222222222222222222222222222222"
#define OPTION(name, type, fallback, min, max, list)                                               \
	{                                                                                          \
#name, type, offsetof(struct settings, name), fallback, min, max, list, "help"     \
	}

static const struct wp_option options[] = {
	OPTION(text, WP_CONF_TEXT, "fallback", 0, 0, NULL),
	OPTION(empty_text, WP_CONF_TEXT, "", 0, 0, NULL),
	OPTION(path, WP_CONF_PATH, "/tmp", 0, 0, NULL),
	OPTION(empty_path, WP_CONF_PATH, "", 0, 0, NULL),
	OPTION(url, WP_CONF_URL, "http://a", 0, 0, NULL),
	OPTION(empty_url, WP_CONF_URL, "", 0, 0, NULL),
	OPTION(number, WP_CONF_INT, "5", -10, 10, NULL),
	OPTION(duration, WP_CONF_DURATION, "5s", 250, 86400000, NULL),
	OPTION(flag, WP_CONF_BOOL, "true", 0, 0, NULL),
	OPTION(choice, WP_CONF_CHOICE, "green", 0, 0, choices),
	OPTION(address, WP_CONF_ADDRESS, ADDRESS, 0, 0, NULL),
	OPTION(hash, WP_CONF_HASH, HASH, 0, 0, NULL),
	OPTION(amount, WP_CONF_AMOUNT, "1000", 0, 0, NULL),
	OPTION(key, WP_CONF_KEY, "", 0, 0, NULL),
	OPTION(port_file, WP_CONF_PATH, "", 0, 0, NULL),
};

struct fixture {
	char directory[TEST_PATH];
	char file[TEST_PATH + 16], other[TEST_PATH + 16];
	struct settings settings;
	struct wp_conf_table table;
	char problems[8192];
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	test_directory_make(f->directory);
	snprintf(f->file, sizeof f->file, "%s/file", f->directory);
	snprintf(f->other, sizeof f->other, "%s/other", f->directory);
	f->table = (struct wp_conf_table){ options, WP_ARRAY_LEN(options), &f->settings };
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	wp_conf_free(&f->table, 1);
	test_directory_remove(f->directory);
	free(f);
	return 0;
}

static int load(struct fixture *f, const char *const *environment, const char *file)
{
	struct wp_conf_source source = { environment, file };
	FILE *out = fmemopen(f->problems, sizeof f->problems, "w");

	wp_conf_free(&f->table, 1);
	memset(f->problems, 0, sizeof f->problems);
	int error = wp_conf_load(&f->table, 1, &source, out);
	fclose(out);
	/* A failure is told, and only a failure. */
	assert_int_equal(error == 0, f->problems[0] == '\0');
	return error;
}

static int load_one(struct fixture *f, const char *assignment)
{
	return load(f, (const char *[]){ assignment, NULL }, NULL);
}

static void write_file(const char *path, const char *data, size_t size, mode_t mode)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void write_text(const char *path, const char *text)
{
	write_file(path, text, strlen(text), 0644);
}

/* ---- types ---- */

static void fallbacks_are_taken(void **state)
{
	struct fixture *f = *state;
	const struct settings *s = &f->settings;
	char text[WP_AMOUNT_TEXT];

	assert_int_equal(load(f, NULL, NULL), 0);
	assert_string_equal(s->text, "fallback");
	assert_string_equal(s->empty_text, "");
	assert_string_equal(s->empty_path, "");
	assert_string_equal(s->empty_url, "");
	assert_int_equal(s->number, 5);
	assert_int_equal(s->duration, 5000);
	assert_true(s->flag);
	assert_int_equal(s->choice, 1);
	assert_int_equal(s->address.bytes[0], 0x22);
	assert_int_equal(s->hash.bytes[31], 0x11);
	assert_string_equal(wp_amount_text(text, &s->amount), "1000");
	assert_null(s->key.data);
}

static void each_type_is_checked_at_its_limits(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *assignment;
		bool valid;
	} cases[] = {
		{ "WORKPROOF_TEXT=a", true },
		{ "WORKPROOF_TEXT=a b=c~", true },
		{ "WORKPROOF_TEXT=", false },
		{ "WORKPROOF_TEXT=a\tb", false },
		{ "WORKPROOF_TEXT=\x7f", false },
		{ "WORKPROOF_TEXT=\xc3\xa4", false },
		{ "WORKPROOF_EMPTY_TEXT=", true },
		{ "WORKPROOF_PATH=/a", true },
		{ "WORKPROOF_PATH=a", false },
		{ "WORKPROOF_PATH=", false },
		{ "WORKPROOF_EMPTY_PATH=", true },
		{ "WORKPROOF_URL=http://a", true },
		{ "WORKPROOF_URL=https://[::1]:8545/x", true },
		{ "WORKPROOF_URL=http://", false },
		{ "WORKPROOF_URL=ftp://a", false },
		{ "WORKPROOF_URL=HTTP://a", false },
		{ "WORKPROOF_URL=http://a b", false },
		{ "WORKPROOF_EMPTY_URL=", true },
		{ "WORKPROOF_NUMBER=-10", true },
		{ "WORKPROOF_NUMBER=-11", false },
		{ "WORKPROOF_NUMBER=10", true },
		{ "WORKPROOF_NUMBER=11", false },
		{ "WORKPROOF_NUMBER=", false },
		{ "WORKPROOF_NUMBER=-", false },
		{ "WORKPROOF_NUMBER=+1", false },
		{ "WORKPROOF_NUMBER= 1", false },
		{ "WORKPROOF_NUMBER=1 ", false },
		{ "WORKPROOF_NUMBER=0x1", false },
		{ "WORKPROOF_NUMBER=18446744073709551617", false },
		{ "WORKPROOF_DURATION=250ms", true },
		{ "WORKPROOF_DURATION=249ms", false },
		{ "WORKPROOF_DURATION=24h", true },
		{ "WORKPROOF_DURATION=86400001ms", false },
		{ "WORKPROOF_DURATION=10m", true },
		{ "WORKPROOF_DURATION=5", false },
		{ "WORKPROOF_DURATION=5 s", false },
		{ "WORKPROOF_DURATION=5d", false },
		{ "WORKPROOF_DURATION=s", false },
		{ "WORKPROOF_DURATION=999999999999999999h", false },
		{ "WORKPROOF_FLAG=true", true },
		{ "WORKPROOF_FLAG=1", false },
		{ "WORKPROOF_FLAG=TRUE", false },
		{ "WORKPROOF_CHOICE=red", true },
		{ "WORKPROOF_CHOICE=blue", false },
		{ "WORKPROOF_CHOICE=", false },
		{ "WORKPROOF_ADDRESS=" ADDRESS, true },
		{ "WORKPROOF_ADDRESS=" ADDRESS "0", false },
		{ "WORKPROOF_ADDRESS=", false },
		{ "WORKPROOF_HASH=" HASH, true },
		{ "WORKPROOF_HASH=" HASH "1", false },
		{ "WORKPROOF_AMOUNT=0", true },
		{ "WORKPROOF_AMOUNT=115792089237316195423570985008687907853269984665640564039457584007"
		  "913129639935",
			true },
		{ "WORKPROOF_AMOUNT=115792089237316195423570985008687907853269984665640564039457584007"
		  "913129639936",
			false },
		{ "WORKPROOF_AMOUNT=-1", false },
	};

	for (size_t i = 0; i < WP_ARRAY_LEN(cases); i++) {
		int error = load_one(f, cases[i].assignment);

		if ((error == 0) != cases[i].valid)
			print_message("%s: %s\n", cases[i].assignment, f->problems);
		assert_int_equal(error == 0, cases[i].valid);
	}
}

static void values_arrive(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(load(f,
				 (const char *[]){ "WORKPROOF_NUMBER=-7", "WORKPROOF_DURATION=2m",
					 "WORKPROOF_FLAG=false", "WORKPROOF_CHOICE=red",
					 "WORKPROOF_TEXT=x y", "UNRELATED=1", NULL },
				 NULL),
		0);
	assert_int_equal(f->settings.number, -7);
	assert_int_equal(f->settings.duration, 120000);
	assert_false(f->settings.flag);
	assert_int_equal(f->settings.choice, 0);
	assert_string_equal(f->settings.text, "x y");
}

static void a_text_may_have_the_limit_and_not_one_byte_more(void **state)
{
	struct fixture *f = *state;
	char assignment[15 + 1024 + 2];

	memset(assignment, 'a', sizeof assignment);
	memcpy(assignment, "WORKPROOF_TEXT=", 15);
	assignment[15 + 1024] = '\0';
	assert_int_equal(load_one(f, assignment), 0);
	assert_int_equal(strlen(f->settings.text), 1024);
	assignment[15 + 1024] = 'a';
	assignment[15 + 1025] = '\0';
	assert_int_equal(load_one(f, assignment), -EINVAL);
}

/* ---- names ---- */

static void unknown_names_are_errors_and_similar_ones_are_suggested(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(load_one(f, "WORKPROOF_NUMBR=1"), -EINVAL);
	assert_non_null(strstr(f->problems, "did you mean WORKPROOF_NUMBER?"));
	assert_int_equal(load_one(f, "WORKPROOF_NMBR=1"), -EINVAL);
	assert_non_null(strstr(f->problems, "did you mean WORKPROOF_NUMBER?"));
	assert_int_equal(load_one(f, "WORKPROOF_SOMETHING_ELSE=1"), -EINVAL);
	assert_null(strstr(f->problems, "did you mean"));
	assert_int_equal(load_one(f, "WORKPROOF_=1"), -EINVAL);
	assert_int_equal(load_one(f, "workproof_number=99"), 0);
}

static void every_problem_is_told(void **state)
{
	struct fixture *f = *state;
	int lines = 0;

	assert_int_equal(load(f,
				 (const char *[]){ "WORKPROOF_NUMBER=99", "WORKPROOF_FLAG=9",
					 "WORKPROOF_CHOICE=9", "WORKPROOF_X=9", NULL },
				 NULL),
		-EINVAL);
	for (const char *c = f->problems; *c != '\0'; c++)
		lines += *c == '\n';
	assert_int_equal(lines, 4);
	assert_non_null(strstr(f->problems,
		"WORKPROOF_NUMBER (environment): must be a whole number from -10 to 10\n"));
	assert_non_null(
		strstr(f->problems, "WORKPROOF_CHOICE (environment): must be one of red green\n"));
}

static void what_has_no_fallback_must_be_given(void **state)
{
	struct fixture *f = *state;
	static const struct wp_option must[] = { { "text", WP_CONF_TEXT,
		offsetof(struct settings, text), NULL, 0, 0, NULL, "help" } };

	f->table = (struct wp_conf_table){ must, 1, &f->settings };
	assert_int_equal(load(f, NULL, NULL), -EINVAL);
	assert_string_equal(f->problems, "WORKPROOF_TEXT: must be given\n");
	assert_int_equal(load_one(f, "WORKPROOF_TEXT=x"), 0);
}

/* ---- files ---- */

static void a_value_may_come_from_a_file(void **state)
{
	struct fixture *f = *state;
	char assignment[TEST_PATH * 2];

	write_text(f->file, "7\n");
	snprintf(assignment, sizeof assignment, "WORKPROOF_NUMBER_FILE=%s", f->file);
	assert_int_equal(load_one(f, assignment), 0);
	assert_int_equal(f->settings.number, 7);
	/* One newline is dropped, not two. */
	write_text(f->file, "7\n\n");
	assert_int_equal(load_one(f, assignment), -EINVAL);
	assert_int_equal(
		load(f, (const char *[]){ assignment, "WORKPROOF_NUMBER=1", NULL }, NULL), -EINVAL);
	assert_non_null(strstr(f->problems, "given twice"));
	assert_int_equal(load_one(f, "WORKPROOF_NUMBER_FILE=/nonexistent"), -EINVAL);
	assert_int_equal(load_one(f, "WORKPROOF_NUMBER_FILE=/dev/zero"), -EINVAL);
	assert_non_null(strstr(f->problems, "not a regular file"));
}

static void a_setting_whose_name_ends_in_file_is_not_a_file_of_another(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(load_one(f, "WORKPROOF_PORT_FILE=/a/b"), 0);
	assert_string_equal(f->settings.port_file, "/a/b");
}

static void the_environment_wins_over_the_file(void **state)
{
	struct fixture *f = *state;

	write_text(f->file,
		"# comment\n\nWORKPROOF_NUMBER=1\nWORKPROOF_TEXT=a=b # c\nWORKPROOF_FLAG=false");
	assert_int_equal(load(f, (const char *[]){ "WORKPROOF_NUMBER=2", NULL }, f->file), 0);
	assert_int_equal(f->settings.number, 2);
	assert_string_equal(f->settings.text, "a=b # c");
	assert_false(f->settings.flag);
	/* A file of a value in the settings file gives way to a value in the environment. */
	write_text(f->file, "WORKPROOF_NUMBER_FILE=/nonexistent\n");
	assert_int_equal(load(f, (const char *[]){ "WORKPROOF_NUMBER=2", NULL }, f->file), 0);
}

static void the_settings_file_is_checked(void **state)
{
	struct fixture *f = *state;

	write_text(f->file, "WORKPROOF_NUMBER=1\nnonsense\nWORKPROOF_NUMBER=2\nOTHER=1\n");
	assert_int_equal(load(f, NULL, f->file), -EINVAL);
	assert_non_null(strstr(f->problems, "file:2: not of the form KEY=value\n"));
	assert_non_null(strstr(f->problems, "WORKPROOF_NUMBER (settings file): given twice\n"));
	assert_non_null(strstr(f->problems, "OTHER (settings file): no such setting\n"));
	assert_int_equal(load(f, NULL, "/nonexistent"), -EINVAL);
	assert_int_equal(load(f, NULL, f->directory), -EINVAL);
	write_file(f->file, "WORKPROOF_NUMBER=1\0\n", 20, 0644);
	assert_int_equal(load(f, NULL, f->file), -EINVAL);
	assert_non_null(strstr(f->problems, "NUL"));
}

static void a_file_may_have_64_kb_and_not_one_byte_more(void **state)
{
	struct fixture *f = *state;
	char *data = malloc(65537);

	memset(data, '#', 65537);
	write_file(f->file, data, 65536, 0644);
	assert_int_equal(load(f, NULL, f->file), 0);
	write_file(f->file, data, 65537, 0644);
	assert_int_equal(load(f, NULL, f->file), -EINVAL);
	assert_non_null(strstr(f->problems, "larger than 64 KB"));
	free(data);
}

static void keys_come_only_from_files_of_their_owner(void **state)
{
	struct fixture *f = *state;
	char assignment[TEST_PATH * 2];

	snprintf(assignment, sizeof assignment, "WORKPROOF_KEY_FILE=%s", f->file);
	write_file(f->file, HASH "\n", strlen(HASH) + 1, 0600);
	assert_int_equal(load_one(f, assignment), 0);
	assert_int_equal(f->settings.key.size, 32);
	assert_int_equal(f->settings.key.data[0], 0x11);
	assert_int_equal(chmod(f->file, 0400), 0);
	assert_int_equal(load_one(f, assignment), 0);
	static const mode_t wrong[] = { 0640, 0604, 0620, 0602, 0610, 0601 };
	for (size_t i = 0; i < WP_ARRAY_LEN(wrong); i++) {
		assert_int_equal(chmod(f->file, wrong[i]), 0);
		assert_int_equal(load_one(f, assignment), -EINVAL);
		assert_non_null(strstr(f->problems, "only its owner may have access"));
		assert_null(f->settings.key.data);
	}
	write_file(f->file, HASH "11", strlen(HASH) + 2, 0600);
	assert_int_equal(load_one(f, assignment), -EINVAL);
	assert_null(strstr(f->problems, "1111"));
	assert_int_equal(load_one(f, "WORKPROOF_KEY=" HASH), -EINVAL);
	assert_non_null(strstr(f->problems, "never given in clear"));
	assert_null(strstr(f->problems, "1111"));
	assert_int_equal(load_one(f, "WORKPROOF_KEY_FILE=/dev/zero"), -EINVAL);
}

static void help_has_a_line_per_setting(void **state)
{
	struct fixture *f = *state;
	char help[4096] = "";
	FILE *out = fmemopen(help, sizeof help, "w");
	size_t lines = 0;

	wp_conf_help(&f->table, 1, out);
	fclose(out);
	for (const char *c = help; *c != '\0'; c++)
		lines += *c == '\n';
	assert_int_equal(lines, WP_ARRAY_LEN(options));
	assert_non_null(strstr(
		help, "  WORKPROOF_DURATION (duration 250ms..86400000ms, default 5s): help\n"));
	assert_non_null(strstr(help, "  WORKPROOF_CHOICE (red|green, default green): help\n"));
	assert_non_null(strstr(help, "  WORKPROOF_KEY_FILE (key file, optional): help\n"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(fallbacks_are_taken),
		TEST(each_type_is_checked_at_its_limits),
		TEST(values_arrive),
		TEST(a_text_may_have_the_limit_and_not_one_byte_more),
		TEST(unknown_names_are_errors_and_similar_ones_are_suggested),
		TEST(every_problem_is_told),
		TEST(what_has_no_fallback_must_be_given),
		TEST(a_value_may_come_from_a_file),
		TEST(a_setting_whose_name_ends_in_file_is_not_a_file_of_another),
		TEST(the_environment_wins_over_the_file),
		TEST(the_settings_file_is_checked),
		TEST(a_file_may_have_64_kb_and_not_one_byte_more),
		TEST(keys_come_only_from_files_of_their_owner),
		TEST(help_has_a_line_per_setting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
