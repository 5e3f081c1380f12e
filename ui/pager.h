/* Pager: a text to read over the view, with scrolling and a filter of its lines. */
#ifndef UI_PAGER_H
#define UI_PAGER_H

#include "ui/overlay.h"

/* Copies both. Lines are cut at the end of the box and scroll sideways; those that begin with
 * PAGER_HEADING are shown as headings, without it. */
enum { PAGER_HEADING = '\1' };
struct overlay pager_make(const char *title, const char *text);

#endif
