#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/loop.h"
#include "base/result.h"
#include "contract/event.h"
#include "journal/journal.h"

namespace lifeline::app {

// The only writer of the house's own streams that no actor writes (`sys_metering`, `sys_billing`,
// accounts'): opens each with its first entry, and writes one after the other. An entry that is
// there already, by its name, is not written again. Lives on `home`.
class StreamWriter {
public:
    struct Entry {
        std::string stream;
        std::string name;  // The eventId, after ll_; one that ends with a colon gets the seq.
        std::string type;
        std::string payload;
        journal::Done<void> done;
    };

    // `appended` is told of whatever was written.
    StreamWriter(Loop& home, journal::Journal& journal, std::function<void()> appended);
    ~StreamWriter() { *alive_ = false; }
    StreamWriter(const StreamWriter&) = delete;
    StreamWriter& operator=(const StreamWriter&) = delete;

    void write(Entry entry);

private:
    struct Line {
        std::unique_ptr<journal::Stream> stream;
        std::deque<Entry> waiting;
        bool busy = false;
    };
    void next(Line& line);
    void open(Line& line);
    void append(Line& line);

    Loop& home_;
    journal::Journal& journal_;
    std::function<void()> appended_;
    contract::EventChecker checker_;
    std::map<std::string, Line> lines_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::app
