/* program.h - the checks of a submitted program that cost nothing: size, lines, UTF-8, and a token
 * scan for code that could never run. The scan is help for the author, not a boundary (SPEC X5):
 * what it lets through simply lacks those things in the isolate. It refuses only what is certain to
 * fail. Pure. */
#ifndef WP_PROGRAM_H
#define WP_PROGRAM_H

#include <stddef.h>

#define WP_PROGRAM_SIZE_MAX 102400u /* bytes */
#define WP_PROGRAM_LINES_MAX                                                                       \
	5000u /* by ECMAScript line terminators: LF, CR, CR LF, U+2028, U+2029 */

enum wp_program_refusal {
	WP_PROGRAM_FINE,
	WP_PROGRAM_SIZE,    /* SIZE: too many bytes */
	WP_PROGRAM_LINES,   /* LINES: too many lines */
	WP_PROGRAM_UNICODE, /* SYNTAX: not UTF-8 */
	WP_PROGRAM_BLOCKED  /* BLOCKED: needs what no isolate has */
};

struct wp_program_problem {
	size_t line, column; /* from 1; column in bytes; 0: of the whole program */
	char text[256];      /* what it is and what to do instead */
};

/* ret_problem is filled unless the program is fine. */
enum wp_program_refusal wp_program_check(
	const char *code, size_t size, struct wp_program_problem *ret_problem);

/* "SIZE", "LINES", "SYNTAX", "BLOCKED"; "" for FINE. */
const char *wp_program_refusal_text(enum wp_program_refusal refusal);

#endif
