#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "audit/audit.h"
#include "base/loop.h"
#include "journal/journal.h"
#include "library/library.h"
#include "roster/roster.h"
#include "search/search.h"
#include "snapshots/snapshots.h"

namespace lifeline::simulation {

// The views of a house, in files of a folder of their own on the machine's disk: a disk that fails
// costs them nothing but what the journal gives again. They die with the process, in the midst of
// whatever they did.
class Views {
public:
    Views(Loop& home, Worker& worker, journal::Journal& journal);

    void start(const std::filesystem::path& folder);
    void poke();
    // The first of them that did not come up to the journal; empty when none is behind.
    const std::string& failed() const { return failed_; }

private:
    template <class View>
    void start_one(View& view, const std::string& name, const std::filesystem::path& folder);

    roster::Roster roster_;
    audit::Audit audit_;
    library::Library library_;
    search::Search search_;
    snapshots::Snapshots snapshots_;
    std::string failed_;
};

// What each view's file in this folder says, by its name; nobody has them open.
std::map<std::string, std::string> digests_of(const std::filesystem::path& folder);

// A folder that goes with whoever has it.
class ViewFolder {
public:
    explicit ViewFolder(std::uint64_t seed);
    ~ViewFolder();
    ViewFolder(const ViewFolder&) = delete;
    ViewFolder& operator=(const ViewFolder&) = delete;

    std::filesystem::path kept() const { return path_ / "kept"; }
    std::filesystem::path anew() const { return path_ / "anew"; }

private:
    std::filesystem::path path_;
};

}  // namespace lifeline::simulation
