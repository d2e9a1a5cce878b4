#pragma once

#include <memory>

#include "base/loop.h"
#include "gateway/ack_table.h"

namespace lifeline::gateway {

// Hands what changed in a table to a store, once a second while something does, and one write at a
// time: a slow disk has more come together, and never a queue. Lives on its table's loop.
class AckWriter {
public:
    // Without a store nothing is written.
    AckWriter(Loop& loop, AckTable& table, softstate::AckStore* store)
        : loop_(loop), table_(table), store_(store) {}
    // Hands over what is left.
    ~AckWriter();
    AckWriter(const AckWriter&) = delete;
    AckWriter& operator=(const AckWriter&) = delete;

    // There is something to be written.
    void changed();

private:
    void write();
    void written(const Status& done, const std::vector<softstate::Ack>& batch);

    Loop& loop_;
    AckTable& table_;
    softstate::AckStore* store_;
    Loop::TimerId timer_ = 0;
    bool writing_ = false;
    bool failing_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::gateway
