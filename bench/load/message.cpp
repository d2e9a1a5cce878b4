#include "load/message.h"

#include <cstring>

#include "load/fatal.h"

namespace lifeline::load {

namespace {

// A mask of any bytes costs a server the same as a random one.
constexpr char mask[4] = {0x12, 0x34, 0x56, 0x78};
constexpr std::size_t number_digits = 10;
// So many digits from the first on: the number is a JSON integer too, without leading zeros.
constexpr std::uint64_t first_number = 1'000'000'000;

constexpr std::string_view id_marker = R"("eventId":"bench-)";
// Further in than this no server puts the event.
constexpr std::size_t id_within = 64;

std::uint64_t digits(std::string_view text) {
    std::uint64_t value = 0;
    for (const char c : text) value = value * 10 + static_cast<std::uint64_t>(c - '0');
    return value;
}

std::string event_json(const Seat& seat, std::size_t bytes, bool durable) {
    const std::string_view speaker = seat.who == Who::agent ? "agent" : "user";
    std::string head = fmt::format(
        R"({{"eventId":"bench-{0:06}-{1:06}-{2}","sessionId":"{3}","ts":"2026-02-16T10:00:00.000Z",)",
        seat.call, seat.member, first_number, session_id(seat.call));
    if (durable) {
        head += fmt::format(R"("type":"x.bench","payload":{{"n":{},"text":")", first_number);
    } else {
        head += fmt::format(
            R"("type":"transcript.partial","payload":{{"rev":{},"utteranceId":"utt_{}",)"
            R"("speaker":"{}","startMs":1200,"endMs":1900,"text":")",
            first_number, to_text(seat.who), speaker);
    }
    const std::string_view tail = R"("},"schemaVersion":"1.0"})";
    constexpr std::string_view words =
        "I would like to move my appointment to next Tuesday, please. ";
    for (std::size_t i = 0; head.size() + tail.size() < bytes; ++i) head += words[i % words.size()];
    return head.append(tail);
}

void append_header(std::string& out, std::uint8_t opcode, std::size_t payload_bytes) {
    out += static_cast<char>(0x80 | opcode);
    if (payload_bytes < 126) {
        out += static_cast<char>(0x80 | payload_bytes);
    } else {
        if (payload_bytes > 0xffff) fatal("messages are at most 65535 bytes");
        out += static_cast<char>(0x80 | 126);
        out += static_cast<char>(payload_bytes >> 8);
        out += static_cast<char>(payload_bytes & 0xff);
    }
    out.append(mask, sizeof mask);
}

}  // namespace

std::string session_id(std::uint32_t call) {
    return fmt::format("sess_bench_{:06}", call);
}

std::optional<MessageName> read_name(std::string_view message) {
    const auto at = message.substr(0, id_within + id_marker.size()).find(id_marker);
    if (at == message.npos) return std::nullopt;
    const auto name = message.substr(at + id_marker.size());
    if (name.size() < 14 + number_digits) fatal("a message was cut: {}", message);
    return MessageName{.call = static_cast<std::uint32_t>(digits(name.substr(0, 6))),
                       .member = static_cast<std::uint32_t>(digits(name.substr(7, 6))),
                       .number = digits(name.substr(14, number_digits)) - first_number};
}

MessageMaker::MessageMaker(const Seat& seat, const Options& options)
    : masked_(options.dialect != Dialect::raw) {
    const std::string payload = fmt::format(R"({{"op":"publish","event":{}}})",
                                            event_json(seat, options.event_bytes, options.durable));
    const std::string first = fmt::format("{}", first_number);
    for (auto at = payload.find(first); at != payload.npos; at = payload.find(first, at + 1))
        numbers_.push_back(at);
    if (masked_) {
        append_client_frame(frame_, 1, payload);
    } else {
        append_raw_frame(frame_, payload);
    }
    header_ = frame_.size() - payload.size();
}

void MessageMaker::append(std::string& out, std::uint64_t number) const {
    const std::size_t begin = out.size();
    out += frame_;
    for (const std::size_t at : numbers_)
        put_number(out.data() + begin + header_, at, first_number + number);
}

void MessageMaker::put_number(char* payload, std::size_t at, std::uint64_t number) const {
    for (std::size_t i = at + number_digits; i > at; --i) {
        const char digit = static_cast<char>('0' + number % 10);
        payload[i - 1] = masked_ ? static_cast<char>(digit ^ mask[(i - 1) & 3]) : digit;
        number /= 10;
    }
}

void append_client_frame(std::string& out, std::uint8_t opcode, std::string_view payload) {
    append_header(out, opcode, payload.size());
    for (std::size_t i = 0; i < payload.size(); ++i)
        out += static_cast<char>(payload[i] ^ mask[i & 3]);
}

void append_raw_frame(std::string& out, std::string_view payload) {
    const auto size = static_cast<std::uint32_t>(payload.size());
    char header[sizeof size];
    std::memcpy(header, &size, sizeof size);
    out.append(header, sizeof header).append(payload);
}

}  // namespace lifeline::load
