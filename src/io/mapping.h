/* Whole files, mapped read-only.
 *
 * A file that is cut short while it is mapped would end the program (SIGBUS) as soon as what is gone
 * is read. A handler puts zeros there instead and notes it: work goes on without harm, and whoever
 * is about to use or keep its result asks mapping_check first. What was read of such a file, by its
 * readers' checks of the time, must therefore be copied where a wrong value would do harm (an index),
 * and may be read in place where it would not (a row of numbers).
 */
#ifndef IO_MAPPING_H
#define IO_MAPPING_H

#include <stddef.h>

#include "base/error.h"

struct mapping {
    const unsigned char *bytes; /* NULL when the file is empty */
    size_t length;
};

enum status mapping_open(struct mapping *mapping, const char *path, struct error *err);
void mapping_done(struct mapping *mapping);

/* Puts the handler of SIGBUS on top again: for whoever has set another one since the last file was
 * mapped. Faults that are not of a mapped file go to that one. */
void mapping_guard(void);

/* STATUS_IO naming a file that was found cut short: as long as it is mapped, and once more when it
 * no longer is. Costs an atomic read when there is none. */
enum status mapping_check(struct error *err);

#endif
