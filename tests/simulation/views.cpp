#include "views.h"

#include <fmt/format.h>
#include <unistd.h>

#include "journal/view_digest.h"

namespace lifeline::simulation {

Views::Views(Loop& home, Worker& worker, journal::Journal& journal)
    : roster_(home, worker, journal),
      audit_(home, worker, journal),
      library_(home, worker, journal),
      search_(home, worker, journal),
      snapshots_(home, worker, journal) {}

void Views::start(const std::filesystem::path& folder) {
    start_one(roster_, "roster", folder);
    start_one(audit_, "audit", folder);
    start_one(library_, "library", folder);
    start_one(search_, "search", folder);
    start_one(snapshots_, "snapshots", folder);
}

template <class View>
void Views::start_one(View& view, const std::string& name, const std::filesystem::path& folder) {
    view.start((folder / (name + ".db")).string(), [this, name](const Status& followed) {
        if (!followed && failed_.empty())
            failed_ =
                fmt::format("{}: {} {}", name, followed.error().reason, followed.error().detail);
    });
}

void Views::poke() {
    roster_.poke();
    audit_.poke();
    library_.poke();
    search_.poke();
    snapshots_.poke();
}

std::map<std::string, std::string> digests_of(const std::filesystem::path& folder) {
    std::map<std::string, std::string> digests;
    for (const auto& file : std::filesystem::directory_iterator(folder))
        if (file.path().extension() == ".db")
            digests[file.path().stem().string()] =
                journal::view_digest(file.path().string()).value_or("unreadable");
    return digests;
}

ViewFolder::ViewFolder(std::uint64_t seed)
    : path_(std::filesystem::temp_directory_path() /
            fmt::format("lifeline_simulation.{}.{}", ::getpid(), seed)) {
    std::filesystem::create_directories(kept());
    std::filesystem::create_directories(anew());
}

ViewFolder::~ViewFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace lifeline::simulation
