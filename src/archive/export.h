#pragma once

#include <memory>
#include <string>
#include <vector>

#include "archive/writer.h"
#include "base/loop.h"
#include "journal/journal.h"

namespace lifeline::archive {

// An archive on its way out of a running server: written on a worker, asked for piece by piece from
// a loop, so that no more of it is in memory than one piece.
class Export : public std::enable_shared_from_this<Export> {
public:
    struct Piece {
        std::string lines;
        bool last = false;
    };

    // `worker` outlives it.
    Export(journal::Folder folder, Worker& worker, Request request)
        : folder_(std::move(folder)), worker_(worker), request_(std::move(request)) {}

    // One at a time; `done` comes on `from`.
    void next(Loop& from, journal::Done<Piece> done);

private:
    Result<Piece> write();

    journal::Folder folder_;
    Worker& worker_;
    Request request_;
    std::unique_ptr<Writer> writer_;  // The worker's.
};

// Those that are on their way. Lives on one loop.
class Exports {
public:
    // `worker` outlives whatever is begun.
    Exports(journal::Folder folder, Worker& worker, std::size_t at_once_max = 16)
        : folder_(std::move(folder)), worker_(worker), at_once_max_(at_once_max) {}

    // Null while as many as may are on their way.
    std::shared_ptr<Export> begin(Request request);

private:
    journal::Folder folder_;
    Worker& worker_;
    std::size_t at_once_max_;
    std::vector<std::weak_ptr<Export>> open_;
};

}  // namespace lifeline::archive
