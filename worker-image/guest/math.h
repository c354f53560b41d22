/* math.h - the functions of Math whose last bit libraries disagree about: one copy for every engine
 * and driver, chosen function by function to give the bits of Node 20. No FMA contraction, no
 * dispatch on the CPU. abs, ceil, floor, fround, round, sign, sqrt and trunc are exact everywhere.
 */
#ifndef GUEST_MATH_H
#define GUEST_MATH_H

double math_acos(double x);
double math_acosh(double x);
double math_asin(double x);
double math_asinh(double x);
double math_atan(double x);
double math_atan2(double y, double x);
double math_atanh(double x);
double math_cbrt(double x);
double math_cos(double x);
double math_cosh(double x);
double math_exp(double x);
double math_expm1(double x);
double math_log(double x);
double math_log10(double x);
double math_log1p(double x);
double math_log2(double x);
double math_pow(double x, double y);
double math_sin(double x);
double math_sinh(double x);
double math_tan(double x);
double math_tanh(double x);

#endif
