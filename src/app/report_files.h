#pragma once

#include <filesystem>
#include <string>

#include "base/loop.h"
#include "base/result.h"
#include "journal/journal.h"

namespace lifeline::app {

// The reports of runs, a file each that only its owner reads. A copy for people: what counts is the
// digest in the journal, and what is lost is made again.
class ReportFiles {
public:
    ReportFiles(Loop& home, Worker& worker, std::filesystem::path folder)
        : home_(home), worker_(worker), folder_(std::move(folder)) {}

    // Whole or not at all.
    void write(std::string run_id, std::string bytes, journal::Done<void> done);
    // not_found where there is none.
    void read(std::string run_id, journal::Done<std::string> done);

private:
    Loop& home_;
    Worker& worker_;
    std::filesystem::path folder_;
};

}  // namespace lifeline::app
