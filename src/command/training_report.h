/* Runs a training under a call, and says what came of it; shared by train and demo. */
#ifndef COMMAND_TRAINING_REPORT_H
#define COMMAND_TRAINING_REPORT_H

#include "command/call.h"
#include "session/training.h"

/* Steps until the training has finished or the call is cancelled (STATUS_CANCELLED). *seconds is
 * the time of the steps alone. */
enum status training_run(struct training *training, struct call *call, double *seconds,
                         struct error *err);

/* Values and the table of restarts. */
void training_report(const struct training *training, struct report *report,
                     double seconds);

#endif
