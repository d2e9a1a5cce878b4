#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "load/options.h"
#include "load/seat.h"

namespace lifeline::load {

// Which message this is. It stands in the eventId, at the beginning of whatever a server delivers,
// so that a message is recognised without being parsed.
struct MessageName {
    std::uint32_t call = 0;
    std::uint32_t member = 0;
    std::uint64_t number = 0;
};

// Of an event of ours; nothing for any other message.
std::optional<MessageName> read_name(std::string_view message);

// The publish frames of one seat, ready to be sent: encoded and masked once, and only the digits
// that differ from one to the next are written anew.
class MessageMaker {
public:
    MessageMaker(const Seat& seat, const Options& options);

    // Numbers grow from one message to the next.
    void append(std::string& out, std::uint64_t number) const;

private:
    void put_number(char* frame, std::size_t at, std::uint64_t number) const;

    std::string frame_;                 // Header and masked payload.
    std::size_t header_ = 0;            // Bytes of the header.
    std::vector<std::size_t> numbers_;  // Where the digits stand in the payload.
    bool masked_ = false;
};

// A text or pong frame of a client.
void append_client_frame(std::string& out, std::uint8_t opcode, std::string_view payload);
void append_raw_frame(std::string& out, std::string_view payload);

std::string session_id(std::uint32_t call);

}  // namespace lifeline::load
