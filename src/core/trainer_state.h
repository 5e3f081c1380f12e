/* A training run in a file, between two steps: continuing from it gives the same bytes as
 * never having stopped. A safetensors file of its own; no model, and of use to its own
 * version only. */
#ifndef CORE_TRAINER_STATE_H
#define CORE_TRAINER_STATE_H

#include "core/trainer.h"

enum status trainer_save(const struct trainer *trainer, const char *path,
                         struct error *err);

/* Brings a trainer, fresh from trainer_create, to the state in the file. STATUS_SHAPE
 * naming the first setting that differs when the file is of another run (data, models,
 * recipe, threads); trainer is unchanged then. */
enum status trainer_resume(struct trainer *trainer, const char *path, struct error *err);

#endif
