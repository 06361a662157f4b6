"""Draws frames with ncurses, one a key, and ends after the last: what does the library send that everybody has?

Reads the frames from the file named on the command line: a JSON list of rows of [text, colour, bold, reverse].
"""

import curses
import json
import sys


def draw(screen, frame):
    for y, row in enumerate(frame):
        screen.move(y, 0)
        for text, colour, bold, reverse in row:
            style = curses.color_pair(colour)
            style |= curses.A_BOLD if bold else 0
            style |= curses.A_REVERSE if reverse else 0
            try:
                screen.addstr(text, style)
            except curses.error:
                pass  # the last cell of the screen is written, and the cursor has nowhere to go
    screen.refresh()


def main(screen):
    curses.use_default_colors()
    for colour in range(1, 16):
        curses.init_pair(colour, colour, -1)
    curses.curs_set(0)
    screen.idlok(True)
    with open(sys.argv[1], encoding="utf-8") as file:
        frames = json.load(file)
    for frame in frames:
        draw(screen, frame)
        screen.getch()


curses.wrapper(main)
