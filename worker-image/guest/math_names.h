/* math_names.h - turns the engine's calls of the C library's mathematics into calls of ours. */
#ifndef GUEST_MATH_NAMES_H
#define GUEST_MATH_NAMES_H

#include <math.h>

#include "guest/math.h"

#define acos  math_acos
#define acosh math_acosh
#define asin  math_asin
#define asinh math_asinh
#define atan  math_atan
#define atan2 math_atan2
#define atanh math_atanh
#define cbrt  math_cbrt
#define cos   math_cos
#define cosh  math_cosh
#define exp   math_exp
#define expm1 math_expm1
#define log   math_log
#define log10 math_log10
#define log1p math_log1p
#define log2  math_log2
#define pow   math_pow
#define sin   math_sin
#define sinh  math_sinh
#define tan   math_tan
#define tanh  math_tanh

#endif
