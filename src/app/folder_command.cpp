#include "app/folder_command.h"

#include <utility>

namespace lifeline::app {

Command add_folder_command(Command family, const char* name, const char* what,
                           FolderOptions& options, std::function<int()> run) {
    auto made = family.command(name, what);
    made.option("--data", options.data, "The data folder").shown();
    made.flag("--json", options.json, "JSON, for programs");
    made.runs(std::move(run));
    return made;
}

}  // namespace lifeline::app
