#pragma once

#include <memory>

#include "app/stream_writer.h"
#include "base/loop.h"
#include "billing/billing.h"

namespace lifeline::app {

// Writes charges and adjustments that are due into their accounts' streams. Each is named by its
// own id, so that it is written once, whatever crashes in between. Lives on `home`.
class ChargeWriter {
public:
    ChargeWriter(Loop& home, billing::Billing& billing, StreamWriter& writer)
        : home_(home), billing_(billing), writer_(writer) {}
    ~ChargeWriter();
    ChargeWriter(const ChargeWriter&) = delete;
    ChargeWriter& operator=(const ChargeWriter&) = delete;

    // Once billing has come up to the journal.
    void start();

private:
    void look();
    void write(std::vector<billing::DueEntry> due);
    void written(bool all);

    Loop& home_;
    billing::Billing& billing_;
    StreamWriter& writer_;
    std::size_t on_the_way_ = 0;
    bool failed_ = false;
    bool busy_ = false;
    bool again_ = false;
    Loop::TimerId timer_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::app
