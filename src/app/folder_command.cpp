#include "app/folder_command.h"

#include <CLI/CLI.hpp>

namespace lifeline::app {

CLI::App* add_folder_command(CLI::App& family, const char* name, const char* what,
                             FolderOptions& options, std::function<int()> run, int& exit_code) {
    auto* made = family.add_subcommand(name, what);
    made->add_option("--data", options.data, "The data folder")->capture_default_str();
    made->add_flag("--json", options.json, "JSON, for programs");
    made->callback([run = std::move(run), &exit_code] { exit_code = run(); });
    return made;
}

}  // namespace lifeline::app
