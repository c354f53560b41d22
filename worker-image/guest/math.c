#include "guest/math.h"

#include <math.h>

/* One NaN: the sign of another could be read through a typed array. */
static double plain(double value)
{
	return value == value ? value : (double)NAN;
}

#define MUSL_1(name)                                                                               \
	double math_##name(double x)                                                               \
	{                                                                                          \
		return plain(name(x));                                                             \
	}

MUSL_1(acos)
MUSL_1(acosh)
MUSL_1(asin)
MUSL_1(asinh)
MUSL_1(atan)
MUSL_1(atanh)
MUSL_1(cbrt)
MUSL_1(cos)
MUSL_1(cosh)
MUSL_1(exp)
MUSL_1(expm1)
MUSL_1(log)
MUSL_1(log10)
MUSL_1(log1p)
MUSL_1(log2)
MUSL_1(sin)
MUSL_1(sinh)
MUSL_1(tan)
MUSL_1(tanh)

double math_atan2(double y, double x)
{
	return plain(atan2(y, x));
}

double math_pow(double x, double y)
{
	return plain(pow(x, y));
}
