/* Several encoders as one: "a+b+c" gives the rows of a, of b and of c one after the other.
 *
 * Features keep their names; where two parts are of one kind, " (part 2)" and so on is added. A
 * context can be added to prompts when it can be in every part. Settings: "parts", a list of
 * {"encoder": name, "settings": {...}} in the order of the name.
 */
#ifndef ENCODE_JOIN_H
#define ENCODE_JOIN_H

#include "encode/kind.h"

extern const struct encoder_kind join_kind;

/* Choices that some part of this joined name knows. */
unsigned join_choices(const char *name);

#endif
