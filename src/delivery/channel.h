#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/loop.h"
#include "contract/event.h"
#include "delivery/catch_up_budget.h"
#include "delivery/frame_tail.h"
#include "journal/journal.h"

namespace lifeline::delivery {

class Reader;

// Writes what stands around one frame of `payload_bytes` (a WebSocket header), in front of it.
// Plugged in from above: delivery knows events, not transports.
using FramePrefix = void (*)(std::string& out, std::size_t payload_bytes);

// One stream's way out: takes what the journal has made durable, encodes it once, and lets every
// reader send it from the same buffer. It holds frames only as long as a reader of the last moments
// may want them; who is further behind reads the journal. Lives on the stream's loop.
class Channel final : public journal::Tail {
public:
    // What the channels of a loop share: buffers, and what those who are behind may hold.
    struct House {
        contract::EventChecker& checker;
        CatchUpBudget& budget;
    };
    Channel(journal::Stream& stream, Loop& loop, FramePrefix prefix, House house);
    ~Channel() override;
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;

    std::uint64_t head() const { return tail_.next() - 1; }
    bool idle() const { return readers_.empty(); }

    void appended(std::span<const journal::StoredEvent> events) override;
    // Once in a while: when nothing was appended for `tail_kept_for` and everybody has seen
    // everything, nobody who comes back at once is to be expected, and the frames are let go.
    void rest(SteadyTime now);

private:
    friend class Reader;
    void add(Reader& reader);
    void remove(Reader& reader);
    void encode(const journal::StoredEvent& event, FrameTail& into);
    void encode_skipped(std::uint64_t from, std::uint64_t to, FrameTail& into);
    void pump();
    void trim();

    journal::Stream& stream_;
    Loop& loop_;
    FramePrefix prefix_;
    House house_;
    FrameTail tail_;
    std::vector<Reader*> readers_;
    SteadyTime appended_at_;
    bool pump_posted_ = false;
    bool pumping_ = false;
    std::string scratch_;           // One frame's JSON.
    WallTime recorded_at_;          // Of the last frame, and
    std::string recorded_at_text_;  // its text: a group's events share it.
    // What is posted, or read, outlives this object; it looks here first.
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::delivery
