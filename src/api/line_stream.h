#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "base/clock.h"
#include "base/loop.h"
#include "net/http_server.h"

namespace lifeline::api {

// An answer of lines (NDJSON) that stays open until its reader goes, its writer ends it, or the
// token that it was asked for with expires: who still may reads on with a fresh one. A blank line
// now and then, which readers skip, keeps proxies from closing a quiet stream. Lives on the
// server's loop; owned by its feed and, while it is open, by itself.
class LineStream : public std::enable_shared_from_this<LineStream> {
public:
    LineStream(std::unique_ptr<net::ResponseStream> stream, Loop& loop, WallTime expires_at)
        : stream_(std::move(stream)), loop_(loop), expires_at_(expires_at) {}
    // Keeps its place in a list of readers while it is open.
    void hold(std::shared_ptr<const void> place) { place_ = std::move(place); }

    // `drained` is called each time the reader has caught up after a write that said so; `closed`
    // once when it is over, however that came. Neither from inside start().
    void start(std::function<void()> drained, Job closed);

    bool open() const { return stream_ != nullptr; }
    // False when enough is on its way: what was written is kept, and drained says when to go on.
    bool write(std::string_view lines);
    void end();
    // Without an end, so that the reader knows that something is missing.
    void break_off();

private:
    void beat();
    void over();

    std::unique_ptr<net::ResponseStream> stream_;  // Null when it is over.
    Loop& loop_;
    WallTime expires_at_;
    Job closed_;
    std::shared_ptr<const void> place_;
    Loop::TimerId timer_ = 0;
};

}  // namespace lifeline::api
