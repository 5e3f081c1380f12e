/* The view of the router: what it makes of every prompt, alone and with a context. */
#ifndef UI_VIEW_ROUTER_H
#define UI_VIEW_ROUTER_H

#include "ui/view.h"

extern const struct view view_router;

#endif
