#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/line_stream.h"
#include "base/result.h"
#include "roster/roster.h"
#include "roster/roster_store.h"

namespace lifeline::api {

// One reader of "the open calls I am in, then each one I am added to". The calls there are come
// page by page, as fast as the reader takes them; what is new comes at once. Lives on the server's
// loop.
class SessionFeed : public std::enable_shared_from_this<SessionFeed> {
public:
    using Rows = Result<std::vector<roster::RosterRow>>;
    using Lister = std::function<void(roster::RosterQuery, std::move_only_function<void(Rows)>)>;

    // `query` says whose calls; which page of them is the feed's business.
    SessionFeed(std::shared_ptr<LineStream> lines, roster::RosterQuery query, Lister list)
        : lines_(std::move(lines)), query_(std::move(query)), list_(std::move(list)) {}

    void start();
    bool open() const { return lines_->open(); }
    // Somebody was added to a call, which is of interest if it is this reader.
    void added(const std::string& user_id, const roster::RosterRow& row);

private:
    void list_more();
    void listed(Rows rows);
    void drained();

    std::shared_ptr<LineStream> lines_;
    roster::RosterQuery query_;
    Lister list_;
    bool listing_ = true;     // There are older calls to tell.
    bool asked_ = false;      // A page of them is on its way.
    bool behind_ = false;     // The reader has not yet taken what was written.
    std::size_t missed_ = 0;  // Bytes of news written while it was behind.
};

}  // namespace lifeline::api
