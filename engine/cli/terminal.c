/* terminal.c - how large the terminal is that a file leads to. */
#include "terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

bool dkc_terminal_size(int file, size_t *columns, size_t *rows)
{
    struct winsize size;

    if (!isatty(file) || ioctl(file, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return false;
    *columns = size.ws_col;
    *rows = size.ws_row;
    return true;
}
