#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

#include "base/loop.h"
#include "base/result.h"

namespace lifeline::app {

// Rounds of writing what is due. One begins only when all of the one before it is written: in
// between the view has read that, so nothing is due twice. What becomes due meanwhile is for the
// next one, and what could not be written, because a disk was full, for one after a pause. Lives on
// its loop.
class Rounds {
public:
    // `begin` asks for what is due, and ends in has() or end().
    Rounds(Loop& home, std::function<void()> begin) : home_(home), begin_(std::move(begin)) {}
    ~Rounds() {
        *alive_ = false;
        if (timer_ != 0) home_.cancel_timer(timer_);
    }
    Rounds(const Rounds&) = delete;
    Rounds& operator=(const Rounds&) = delete;

    void look() {
        again_ = busy_;
        if (!std::exchange(busy_, true)) begin_();
    }
    // So many are to be written now, and perhaps `more` after them.
    void has(std::size_t count, bool more) {
        waiting_ = count;
        failed_ = false;
        again_ = again_ || more;
    }
    // What became of one of them.
    void wrote(const Status& done) {
        failed_ = failed_ || !done;
        if (--waiting_ == 0) end(!failed_);
    }
    void end(bool all) {
        busy_ = false;
        if (all && again_) return look();
        if (all || timer_ != 0) return;
        timer_ = home_.start_timer(pause, [this, alive = alive_] {
            if (!*alive) return;
            timer_ = 0;
            look();
        });
    }

private:
    static constexpr Millis pause = std::chrono::seconds(30);

    Loop& home_;
    std::function<void()> begin_;
    std::size_t waiting_ = 0;
    bool failed_ = false;
    bool busy_ = false;
    bool again_ = false;
    Loop::TimerId timer_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::app
