#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/loop.h"
#include "journal/journal.h"

namespace lifeline::session {

// Told about one open stream, on its loop.
class Watcher {
public:
    // After each append that changed it, before the answers.
    virtual void changed() = 0;
    // It goes away under the watcher, as when the process ends; there is nothing to unwatch.
    virtual void closed() {}

protected:
    ~Watcher() = default;
};

// What every stream that is held open has, whatever its events mean: a name, a place in the
// journal, and those who look at it. Lives on its stream's loop.
class OpenStream {
public:
    OpenStream(const OpenStream&) = delete;
    OpenStream& operator=(const OpenStream&) = delete;

    const std::string& id() const { return id_; }
    journal::Stream& stream() { return *stream_; }

    // Someone shows this stream to somebody: it stays open until unwatch.
    void watch(Watcher& watcher) { watchers_.push_back(&watcher); }
    void unwatch(Watcher& watcher) {
        CHECK(std::erase(watchers_, &watcher) == 1);
        last_used_ = loop_.clock().steady();
    }
    SteadyTime last_used() const { return last_used_; }

protected:
    OpenStream(std::string id, std::unique_ptr<journal::Stream> stream, Loop& loop)
        : id_(std::move(id)),
          stream_(std::move(stream)),
          loop_(loop),
          last_used_(loop.clock().steady()) {}
    ~OpenStream() {
        for (Watcher* watcher : std::exchange(watchers_, {})) watcher->closed();
    }

    // A watcher may leave, or bring another, while it is told.
    void tell_watchers() {
        for (std::size_t i = watchers_.size(); i > 0; --i)
            if (i <= watchers_.size()) watchers_[i - 1]->changed();
    }
    bool watched() const { return !watchers_.empty(); }
    void touch() { last_used_ = loop_.clock().steady(); }

    std::string id_;
    std::unique_ptr<journal::Stream> stream_;
    Loop& loop_;

private:
    std::vector<Watcher*> watchers_;
    SteadyTime last_used_;
};

}  // namespace lifeline::session
