/* Sending to the terminal what ncurses has no word for. */
#ifndef UI_SCREEN_SEND_H
#define UI_SCREEN_SEND_H

/* Between frames; must not move the cursor or draw. */
void screen_send(const char *bytes);

#endif
