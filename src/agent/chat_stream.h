#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/driver.h"
#include "contract/json.h"
#include "net/event_stream.h"

namespace lifeline::agent {

// The answer of /chat/completions as it comes, cut anywhere: words are told at once, tool calls
// when they are whole, at the end. Tools have the names of the wire. Pure; told from inside feed().
class ChatStream {
public:
    // Words, thoughts, usage and the model; never the end.
    explicit ChatStream(Hearer& hearer);

    enum class State : std::uint8_t {
        going,
        ended,   // See calls() and stop_reason().
        failed,  // See failure().
    };
    State feed(std::string_view bytes);
    // The connection closed in order.
    State closed();
    // An answer that is one JSON object, from a server that does not stream.
    State whole(std::string_view body);

    std::vector<ToolCall> take_calls();
    const std::string& stop_reason() const { return stop_reason_; }
    const Failure& failure() const { return failure_; }
    // Something was told that cannot be taken back: another model must not begin again.
    bool told() const { return told_; }

private:
    struct Part {
        std::int64_t index = -1;
        std::string id;
        std::string name;
        std::string arguments;
    };
    void chunk(std::string_view data);
    void choice(const contract::Json& choice, std::string_view content_key);
    void tool_calls(const contract::Json& list);
    Part& part_of(const contract::Json& delta);
    void usage(const contract::Json& usage);
    void fail_with(std::string_view reason, std::string detail, bool retryable);

    Hearer& hearer_;
    net::EventStreamReader reader_;
    State state_ = State::going;
    std::vector<Part> parts_;
    std::size_t argument_bytes_ = 0;
    std::string stop_reason_;
    std::string model_;
    Failure failure_;
    bool told_ = false;
};

// What a provider says is wrong, from the body of a refusal; short, for people.
std::string provider_says(std::string_view body);

}  // namespace lifeline::agent
