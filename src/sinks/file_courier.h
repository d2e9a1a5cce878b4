#pragma once

#include <memory>
#include <string>

#include "base/loop.h"
#include "sinks/courier.h"
#include "sinks/jsonl_file.h"

namespace lifeline::sinks {

// Of a JsonlAdapter: adds the lines on a worker. The answer's body has a word for each of them,
// each with a line feed.
class FileCourier final : public Courier {
public:
    // The worker's last job runs before the loop ends.
    FileCourier(Loop& loop, Worker& worker, std::string path);
    void carry(Request request, Done done) override;

private:
    Loop& loop_;
    Worker& worker_;
    std::shared_ptr<JsonlFile> file_;  // Of the worker's jobs.
};

}  // namespace lifeline::sinks
