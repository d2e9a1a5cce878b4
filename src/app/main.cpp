#include <signal.h>

#include "app/command_line.h"
#include "app/commands.h"
#include "base/log.h"

// `lifeline COMMAND`: one line a command in commands.h, one file a family of commands.
int main(int argc, char** argv) {
    signal(SIGPIPE, SIG_IGN);
    // What a command prints is for programs, so nothing else may stand there; it says itself what
    // went wrong, and serve configures its own.
    lifeline::log::configure(lifeline::log::Level::error, lifeline::log::Format::text);
    return lifeline::app::run_command_line(argc, argv, LIFELINE_VERSION,
                                           &lifeline::app::add_commands);
}
