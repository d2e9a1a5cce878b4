#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "contract/event.h"
#include "journal/journal.h"
#include "journal/view.h"

namespace lifeline::journal {

// What a room's view has in front of its store: the room says what it reads, and what may be asked.
// Lives on its home loop; may be asked from any.
template <class Store>
class ViewFront {
public:
    ViewFront(Loop& home, Worker& worker, Journal& journal)
        : view_(home, worker, journal,
                [this](const std::vector<JournalEvent>& events) { return read(events); }) {}
    virtual ~ViewFront() = default;

    // Opens the view and brings it up to the journal's head.
    void start(std::string path, Done<void> ready) {
        view_.start(std::move(path), std::move(ready));
    }
    // Something was appended. From any thread.
    void poke() { view_.poke(); }
    // Once it has all that is durable now: its files hold nothing of what was erased.
    void settle(Settle how, Loop& from, Done<void> done) {
        view_.settle(how, from, std::move(done));
    }
    // The journal's position up to which the view has come. From the home loop.
    std::uint64_t position() const { return view_.position(); }

protected:
    using View = journal::View<Store>;

    virtual typename View::Change read(const std::vector<JournalEvent>& events) = 0;

    // Asked on the view's worker, as the journal is now.
    template <class T, class Question>
    void ask(Loop& from, Done<T> done, Question question) {
        view_.template ask<T>(from, std::move(done), std::move(question));
    }
    template <class T, class Question>
    void ask_whole(Loop& from, Done<T> done, Question question) {
        view_.template ask_whole<T>(from, std::move(done), std::move(question));
    }
    // Called on the home loop when the view has read something that `tell_after` tells.
    void on_change(std::function<void()> tell) { tell_ = std::move(tell); }
    Result<Job> tell_after(const Status& applied, bool some) {
        if (!applied) return fail(applied.error());
        if (!some || !tell_) return Job();
        return Job([this] { tell_(); });
    }

    contract::EventChecker checker_;

private:
    std::function<void()> tell_;
    View view_;
};

}  // namespace lifeline::journal
