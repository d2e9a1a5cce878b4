#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "load/fatal.h"

namespace lifeline::load {

// Cuts what a server sends into frames. A frame that arrives whole, as nearly all do, is handed on
// as a view into the read buffer; only the rest of one that was cut is kept.
class Splitter {
public:
    explicit Splitter(bool websocket) : websocket_(websocket) {}

    // sink(opcode, payload); a raw frame counts as text.
    template <class Sink>
    void take(std::string_view bytes, Sink&& sink) {
        if (rest_.empty()) {
            rest_ = split(bytes, sink);
            return;
        }
        rest_ += bytes;
        rest_.erase(0, rest_.size() - split(rest_, sink).size());
    }

private:
    struct Header {
        std::size_t bytes = 0;  // 0: not all there yet.
        std::size_t payload = 0;
        std::uint8_t opcode = 1;
    };

    template <class Sink>
    std::string_view split(std::string_view bytes, Sink& sink) {
        for (;;) {
            const Header header = websocket_ ? websocket_header(bytes) : raw_header(bytes);
            if (header.bytes == 0 || bytes.size() - header.bytes < header.payload) return bytes;
            sink(header.opcode, bytes.substr(header.bytes, header.payload));
            bytes.remove_prefix(header.bytes + header.payload);
        }
    }

    static Header raw_header(std::string_view bytes) {
        std::uint32_t size = 0;
        if (bytes.size() < sizeof size) return {};
        std::memcpy(&size, bytes.data(), sizeof size);
        return {.bytes = sizeof size, .payload = size};
    }

    static Header websocket_header(std::string_view bytes) {
        if (bytes.size() < 2) return {};
        const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
        if ((byte(0) & 0x80) == 0 || byte(1) > 127) fatal("a fragmented, masked or huge frame");
        Header header{
            .bytes = 2, .payload = byte(1), .opcode = static_cast<std::uint8_t>(byte(0) & 15)};
        if (header.payload < 126) return header;
        if (header.payload == 127) fatal("a frame of more than 65535 bytes");
        if (bytes.size() < 4) return {};
        header.bytes = 4;
        header.payload = static_cast<std::size_t>(byte(2)) << 8 | byte(3);
        return header;
    }

    std::string rest_;
    bool websocket_;
};

}  // namespace lifeline::load
