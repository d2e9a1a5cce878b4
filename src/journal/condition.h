#pragma once

#include <atomic>

namespace lifeline::journal {

enum class Health {
    ok,
    full,     // No space: nothing is acknowledged until there is some.
    corrupt,  // Stored bytes are not what was written; until the next start, which finds out more.
    failed,   // The disk failed: the journal has stopped.
};

// What an operator has to know of a running journal, worst first. Told by its workers, asked from
// any thread.
class Condition {
public:
    void committed() { full_ = false; }
    void found_full() { full_ = true; }
    bool is_full() const { return full_; }
    void found_corrupt() { corrupt_ = true; }
    void has_failed() { failed_ = true; }

    Health now() const {
        if (failed_) return Health::failed;
        if (corrupt_) return Health::corrupt;
        return full_ ? Health::full : Health::ok;
    }

private:
    std::atomic<bool> full_ = false;
    std::atomic<bool> corrupt_ = false;
    std::atomic<bool> failed_ = false;
};

}  // namespace lifeline::journal
