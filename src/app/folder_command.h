#pragma once

#include <functional>
#include <string>

#include "app/command_line.h"

namespace lifeline::app {

// What every command that works on a data folder takes: --data and --json.
struct FolderOptions {
    std::string data = "data";
    bool json = false;
};

// Adds such a subcommand, whose own options are the caller's to add. `run` owns `options` and gives
// the exit code.
Command add_folder_command(Command family, const char* name, const char* what,
                           FolderOptions& options, std::function<int()> run);

}  // namespace lifeline::app
