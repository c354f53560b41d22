/* What proto/program.c refuses, at each limit and one past (A10, X5). */
#include "proto/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

struct row {
	const char *code;
	enum wp_program_refusal refusal;
	size_t line, column;
};

static const struct row rows[] = {
	/* certain to fail */
	{ "import fs from 'fs'", WP_PROGRAM_BLOCKED, 1, 1 },
	{ "import 'x'", WP_PROGRAM_BLOCKED, 1, 1 },
	{ "import { a } from 'x'", WP_PROGRAM_BLOCKED, 1, 1 },
	{ "import * as a from 'x'", WP_PROGRAM_BLOCKED, 1, 1 },
	{ "let a = 1\nexport default a", WP_PROGRAM_BLOCKED, 2, 1 },
	{ "export const a = 1", WP_PROGRAM_BLOCKED, 1, 1 },
	{ "export { a }", WP_PROGRAM_BLOCKED, 1, 1 },
	{ "const fs = require('fs')", WP_PROGRAM_BLOCKED, 1, 12 },
	{ "'use strict'\n\nconst x = 1;\r\nconst fs = require('fs')", WP_PROGRAM_BLOCKED, 4, 12 },
	{ "console.log(process.argv)", WP_PROGRAM_BLOCKED, 1, 13 },
	{ "console.log(`${process.pid}`)", WP_PROGRAM_BLOCKED, 1, 16 },
	{ "const r = await fetch('http://x')", WP_PROGRAM_BLOCKED, 1, 17 },
	{ "const m = await import('fs')", WP_PROGRAM_BLOCKED, 1, 17 },
	{ "new XMLHttpRequest()", WP_PROGRAM_BLOCKED, 1, 5 },
	{ "const a = f(x => x, process.argv)", WP_PROGRAM_FINE, 0, 0 },
	{ "new WebSocket('ws://x')", WP_PROGRAM_BLOCKED, 1, 5 },
	{ "module.exports = 1", WP_PROGRAM_BLOCKED, 1, 1 },
	{ "setTimeout(() => {}, 1)", WP_PROGRAM_BLOCKED, 1, 1 },
	{ "eval('1')", WP_PROGRAM_BLOCKED, 1, 1 },
	{ "x = 1 / 2; require('a')", WP_PROGRAM_BLOCKED, 1, 12 },
	{ "/a\\/[/]b/.test('x'); require('a')", WP_PROGRAM_BLOCKED, 1, 22 },
	{ "class A { m() { this.x = 1 } }; fetch('x')", WP_PROGRAM_BLOCKED, 1, 33 },
	{ "f()\nconst a = require('a')", WP_PROGRAM_BLOCKED, 2, 11 },
	/* words that are only words */
	{ "console.log('import x from y')", WP_PROGRAM_FINE, 0, 0 },
	{ "// require('x')\n/* import x */ 1", WP_PROGRAM_FINE, 0, 0 },
	{ "`import ${1} require(`", WP_PROGRAM_FINE, 0, 0 },
	{ "`${`require('x') ${1}`}`", WP_PROGRAM_FINE, 0, 0 },
	{ "/require('x')/.test('a')", WP_PROGRAM_FINE, 0, 0 },
	{ "const importantValue = 1, exports_ = 2", WP_PROGRAM_FINE, 0, 0 },
	{ "({ import: 1, require: 2, export: 3 })", WP_PROGRAM_FINE, 0, 0 },
	{ "o.import('x'); o.require('x'); o.process.x; o?.fetch('y')", WP_PROGRAM_FINE, 0, 0 },
	{ "class A { import() {} fetch(x) {} export() {} }", WP_PROGRAM_FINE, 0, 0 },
	{ "({ fetch() {}, process() {} })", WP_PROGRAM_FINE, 0, 0 },
	/* not certain: a guard, a branch, a function that may never run, a name of the program's
	   own */
	{ "typeof require === 'function' && require('x')", WP_PROGRAM_FINE, 0, 0 },
	{ "if (typeof process !== 'undefined') process.exit()", WP_PROGRAM_FINE, 0, 0 },
	{ "if (0) require('x')", WP_PROGRAM_FINE, 0, 0 },
	{ "x ? fetch('a') : 1", WP_PROGRAM_FINE, 0, 0 },
	{ "x || fetch('a')", WP_PROGRAM_FINE, 0, 0 },
	{ "x?.y(process.pid)", WP_PROGRAM_FINE, 0, 0 },
	{ "try { require('x') } catch {}", WP_PROGRAM_FINE, 0, 0 },
	{ "function f() { return fetch('x') }", WP_PROGRAM_FINE, 0, 0 },
	{ "const f = () => fetch('x')", WP_PROGRAM_FINE, 0, 0 },
	{ "const f = (a = process.env) => a", WP_PROGRAM_FINE, 0, 0 },
	{ "function require(n) { return n } require('x')", WP_PROGRAM_FINE, 0, 0 },
	{ "const process = { argv: [] }; process.argv.length", WP_PROGRAM_FINE, 0, 0 },
	{ "const { fetch } = o; fetch('x')", WP_PROGRAM_FINE, 0, 0 },
	{ "fetch = x => x; fetch('x')", WP_PROGRAM_FINE, 0, 0 },
	{ "globalThis.fetch = x => x; fetch('x')", WP_PROGRAM_FINE, 0, 0 },
	{ "Object.assign(globalThis, { fetch: f }); fetch('x')", WP_PROGRAM_FINE, 0, 0 },
	{ "Object.assign(this, o); fetch('x')", WP_PROGRAM_FINE, 0, 0 },
	{ "var \\u0066etch = f; fetch('x')", WP_PROGRAM_FINE, 0, 0 },
	{ "await import('x').catch(() => 1)", WP_PROGRAM_FINE, 0, 0 },
	{ "import('x')", WP_PROGRAM_FINE, 0, 0 },
	/* not to be told apart without a parser: nothing is said */
	{ "if (x) /a(/.test(y); require('x'/1/2)", WP_PROGRAM_FINE, 0, 0 },
	{ "}) require('x')", WP_PROGRAM_FINE, 0, 0 },
	{ "'unterminated\nrequire('x')", WP_PROGRAM_FINE, 0, 0 },
	{ "", WP_PROGRAM_FINE, 0, 0 },
	{ "#!/usr/bin/env node\n1", WP_PROGRAM_FINE, 0, 0 },
	/* no UTF-8 */
	{ "var s = '\xff'", WP_PROGRAM_UNICODE, 1, 10 },
	{ "1\n\xed\xa0\x80", WP_PROGRAM_UNICODE, 2, 1 },
	{ "\xc0\xaf", WP_PROGRAM_UNICODE, 1, 1 },
	{ "'\xf4\x90\x80\x80'", WP_PROGRAM_UNICODE, 1, 2 },
	{ "'\xe2\x82'", WP_PROGRAM_UNICODE, 1, 2 },
	{ "'\xf0\x9f\x98\x80'", WP_PROGRAM_FINE, 0, 0 },
};

static void refuses_only_what_is_certain_to_fail_X5(void **state)
{
	struct wp_program_problem problem;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum wp_program_refusal got =
			wp_program_check(rows[i].code, strlen(rows[i].code), &problem);
		if (got != rows[i].refusal || problem.line != rows[i].line ||
			problem.column != rows[i].column)
			fail_msg("%s: refusal %d at %zu:%zu (%s)", rows[i].code, got, problem.line,
				problem.column, problem.text);
		assert_true((problem.text[0] != '\0') == (got != WP_PROGRAM_FINE));
	}
}

static void size_at_the_limit_and_one_past_A10(void **state)
{
	struct wp_program_problem problem;
	char *code = malloc(WP_PROGRAM_SIZE_MAX + 1);

	(void)state;
	memset(code, ' ', WP_PROGRAM_SIZE_MAX + 1);
	assert_int_equal(wp_program_check(code, WP_PROGRAM_SIZE_MAX, &problem), WP_PROGRAM_FINE);
	assert_int_equal(
		wp_program_check(code, WP_PROGRAM_SIZE_MAX + 1, &problem), WP_PROGRAM_SIZE);
	free(code);
}

/* count lines, each ended by the terminator but the last. */
static enum wp_program_refusal check_lines(const char *terminator, size_t count)
{
	struct wp_program_problem problem;
	size_t n = strlen(terminator);
	char *code = malloc(count * n + 1);
	size_t size = 0;

	for (size_t i = 1; i < count; i++, size += n)
		memcpy(code + size, terminator, n);
	code[size++] = '1';
	enum wp_program_refusal refusal = wp_program_check(code, size, &problem);
	free(code);
	return refusal;
}

static void lines_at_the_limit_and_one_past_A10(void **state)
{
	static const char *const terminators[] = { "\n", "\r", "\r\n", "\xe2\x80\xa8",
		"\xe2\x80\xa9" };

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(
			check_lines(terminators[i], WP_PROGRAM_LINES_MAX), WP_PROGRAM_FINE);
		assert_int_equal(
			check_lines(terminators[i], WP_PROGRAM_LINES_MAX + 1), WP_PROGRAM_LINES);
	}
}

static void nesting_at_the_limit_says_nothing_wrong_X5(void **state)
{
	struct wp_program_problem problem;
	char code[2048];

	(void)state;
	memset(code, '(', 1000);
	memset(code + 1000, ')', 1000);
	assert_int_equal(wp_program_check(code, 2000, &problem), WP_PROGRAM_FINE);
}

static void every_refusal_has_its_code(void **state)
{
	(void)state;
	assert_string_equal(wp_program_refusal_text(WP_PROGRAM_FINE), "");
	assert_string_equal(wp_program_refusal_text(WP_PROGRAM_SIZE), "SIZE");
	assert_string_equal(wp_program_refusal_text(WP_PROGRAM_LINES), "LINES");
	assert_string_equal(wp_program_refusal_text(WP_PROGRAM_UNICODE), "SYNTAX");
	assert_string_equal(wp_program_refusal_text(WP_PROGRAM_BLOCKED), "BLOCKED");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_only_what_is_certain_to_fail_X5),
		cmocka_unit_test(size_at_the_limit_and_one_past_A10),
		cmocka_unit_test(lines_at_the_limit_and_one_past_A10),
		cmocka_unit_test(nesting_at_the_limit_says_nothing_wrong_X5),
		cmocka_unit_test(every_refusal_has_its_code),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
