/* The demo population: synth makes it, demo goes through the whole of the program on it. */
#ifndef COMMAND_CMD_DEMO_H
#define COMMAND_CMD_DEMO_H

#include "command/command.h"

extern const struct command cmd_synth, cmd_demo;

#endif
