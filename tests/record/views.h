#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "audit/audit.h"
#include "base/virtual_loop.h"
#include "journal/journal.h"
#include "library/library.h"
#include "roster/roster.h"
#include "search/search.h"
#include "snapshots/snapshots.h"

namespace lifeline::record {

// Every view of a house, in one folder. Destroyed at any moment it leaves what a crash would leave.
class Views {
public:
    Views(VirtualLoop& loop, journal::Journal& journal)
        : roster_(loop, loop, journal),
          audit_(loop, loop, journal),
          library_(loop, loop, journal),
          search_(loop, loop, journal),
          snapshots_(loop, loop, journal) {}

    void start(const std::filesystem::path& folder);
    void poke();

    // What each view in this folder says, by its file's name. Nothing has them open.
    static std::map<std::string, std::string> digests(const std::filesystem::path& folder);

private:
    roster::Roster roster_;
    audit::Audit audit_;
    library::Library library_;
    search::Search search_;
    snapshots::Snapshots snapshots_;
};

}  // namespace lifeline::record
