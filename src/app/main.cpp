#include <signal.h>

#include "app/command_line.h"
#include "app/commands.h"

// `lifeline COMMAND`: one line a command in commands.h, one file a family of commands.
int main(int argc, char** argv) {
    signal(SIGPIPE, SIG_IGN);
    return lifeline::app::run_command_line(argc, argv, LIFELINE_VERSION,
                                           &lifeline::app::add_commands);
}
