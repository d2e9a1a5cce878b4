#include "net/event_stream.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/random.h"

namespace lifeline::net {
namespace {

// "type|id|data" of each event, with the stream cut after every `piece` bytes.
std::vector<std::string> events_of(std::string_view stream, std::size_t piece) {
    std::vector<std::string> out;
    EventStreamReader reader(64);
    while (!stream.empty()) {
        const std::string_view bytes = stream.substr(0, piece);
        stream.remove_prefix(bytes.size());
        const bool whole = reader.feed(bytes, [&](const StreamEvent& event) {
            out.push_back(event.type + "|" + event.id + "|" + event.data);
        });
        if (!whole) {
            out.emplace_back("too long");
            break;
        }
    }
    return out;
}

TEST(EventStream, TheEventsOfAStream) {
    struct Case {
        const char* name;
        std::string stream;
        std::vector<std::string> events;
    };
    const Case cases[] = {
        {"one", "data: a\n\n", {"message||a"}},
        {"of another type, with an id", "event: x\nid: 7\ndata: a\n\n", {"x|7|a"}},
        {"an id counts until the next",
         "id: 7\ndata: a\n\ndata: b\n\n",
         {"message|7|a", "message|7|b"}},
        {"a type counts once", "event: x\ndata: a\n\ndata: b\n\n", {"x||a", "message||b"}},
        {"lines are joined", "data: a\ndata: b\ndata\n\n", {"message||a\nb\n"}},
        {"without the space", "data:a\n\n", {"message||a"}},
        {"one space only", "data:  a\n\n", {"message|| a"}},
        {"CR, CRLF", "data: a\r\rdata: b\r\n\r\n", {"message||a", "message||b"}},
        {"comments and strangers", ": hello\nretry: 10\nfoo: bar\ndata: a\n\n", {"message||a"}},
        {"empty data is no event", "id: 1\ndata: \n\nevent: x\n\ndata: a\n\n", {"message|1|a"}},
        {"a byte order mark",
         "\xEF\xBB\xBF"
         "data: a\n\n",
         {"message||a"}},
        {"cut off at the end", "data: a\n\ndata: b\n", {"message||a"}},
        {"an id with a NUL is none", std::string("id: a\0b\ndata: a\n\n", 17), {"message||a"}},
        {"a colon in the data", "data: a: b\n\n", {"message||a: b"}},
        {"a line too long", "data: a\n\ndata: " + std::string(64, 'x'), {"message||a", "too long"}},
        {"an event too long",
         "data: " + std::string(40, 'x') + "\ndata: " + std::string(40, 'x') + "\n\n",
         {"too long"}},
    };
    for (const auto& [name, stream, events] : cases) {
        SCOPED_TRACE(name);
        EXPECT_EQ(events_of(stream, stream.size()), events);
        EXPECT_EQ(events_of(stream, 1), events);
        EXPECT_EQ(events_of(stream, 3), events);
    }
}

TEST(EventStream, NoiseIsBounded) {
    SeededRandom random(7);
    for (int round = 0; round < 500; ++round) {
        constexpr std::string_view alphabet = "data:ide\r\n\n x";
        std::string stream;
        for (std::uint64_t i = random.below(300); i > 0; --i)
            stream += alphabet[random.below(alphabet.size())];
        const auto whole = events_of(stream, stream.size() + 1);
        EXPECT_EQ(whole, events_of(stream, 1 + random.below(5))) << stream;
        for (const std::string& event : whole) EXPECT_LT(event.size(), 64u * 3);
    }
}

}  // namespace
}  // namespace lifeline::net
