/* Comparison of reals, which cmocka 1.1.5 lacks for doubles. */
#ifndef TESTS_NEAR_H
#define TESTS_NEAR_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* |got - want| <= relative * |want| + absolute; NaN is near NaN only. */
static inline void assert_near_at(double got, double want, double relative, double absolute,
                                  const char *file, int line)
{
    if (isnan(want) ? isnan(got) : fabs(got - want) <= relative * fabs(want) + absolute)
        return;
    print_error("%s:%d: got %.17g, want %.17g, difference %.3g\n", file, line, got, want,
                fabs(got - want));
    _fail(file, line);
}
#define assert_near(got, want, relative, absolute)                                         \
    assert_near_at(got, want, relative, absolute, __FILE__, __LINE__)

#endif
