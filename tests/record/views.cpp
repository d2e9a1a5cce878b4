#include "views.h"

#include "journal/view_digest.h"

namespace lifeline::record {

void Views::start(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    const auto started = [](const Status&) {};
    roster_.start(folder / "views.db", started);
    audit_.start(folder / "audit.db", started);
    library_.start(folder / "library.db", started);
    search_.start(folder / "search.db", started);
    snapshots_.start(folder / "snapshots.db", started);
}

void Views::poke() {
    roster_.poke();
    audit_.poke();
    library_.poke();
    search_.poke();
    snapshots_.poke();
}

std::map<std::string, std::string> Views::digests(const std::filesystem::path& folder) {
    std::map<std::string, std::string> found;
    for (const char* name : {"views.db", "audit.db", "library.db", "search.db", "snapshots.db"})
        found[name] = journal::view_digest(folder / name).value_or("unreadable");
    return found;
}

}  // namespace lifeline::record
