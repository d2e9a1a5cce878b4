// Whatever comes as an event, a frame or a body: no crash, and what is accepted is what it says. It
// is accepted again as it is stored, alone and inside a frame, means the same, and a reader that is
// tolerant takes everything that a strict one does.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "contract/body.h"
#include "contract/canonical.h"
#include "contract/event.h"
#include "contract/frames.h"
#include "contract/json.h"
#include "contract/tables.h"

namespace lifeline::contract {
namespace {

void same(const Event& left, const Event& right) {
    CHECK(left.json() == right.json());
    CHECK(left.type() == right.type());
    CHECK(left.id() == right.id());
    CHECK(left.stream() == right.stream());
    CHECK(left.type_name() == right.type_name());
    CHECK(left.payload_json() == right.payload_json());
    const Rule& rule = tables::rules[type_info(left.type()).payload_rule];
    for (std::uint16_t i = 0; i < rule.count; ++i) {
        const Field field{type_info(left.type()).payload_rule, i};
        CHECK(left.raw(field) == right.raw(field));
        CHECK(left.text(field) == right.text(field));
        CHECK(left.integer(field) == right.integer(field));
    }
}

void check_event(std::string_view text) {
    static EventChecker checker;
    static FrameReader reader;
    const auto event = checker.check(text);
    if (!event) {
        CHECK(find_reason(event.error().reason) != nullptr);
        return;
    }
    CHECK(event->json().size() <= text.size());
    const auto again = checker.check(event->json());
    CHECK(again);
    same(*event, *again);
    const auto stored = checker.read_stored(event->json());
    CHECK(stored);
    same(*event, *stored);
    const auto frame = reader.read(R"({"op":"publish","event":)" + std::string(text) + "}");
    CHECK(frame);
    same(*event, *frame->event);

    const auto json = Json::parse(text);
    CHECK(json);
    CHECK(json->text("eventId") == event->id());
    CHECK(canonical_json(text) == canonical_json(event->json()));
}

void check_all(std::string_view text) {
    check_event(text);

    static FrameReader reader;
    const auto frame = reader.read(text);
    if (frame && frame->event) CHECK(frame->op == Op::publish);

    if (const auto json = Json::parse(text)) {
        const std::string once = canonical_json(text);
        // Whole numbers between 2^53 and 10^21 have a spelling that is refused as an integer.
        if (const auto again = Json::parse(once)) CHECK(canonical_json(once) == once);
    }
    for (std::size_t type = 0; type < tables::bodies.size(); ++type) {
        const auto body = check_body(static_cast<BodyType>(type), text);
        if (body)
            CHECK(check_body(static_cast<BodyType>(type), body->json())->json() == body->json());
    }
}

}  // namespace
}  // namespace lifeline::contract

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    lifeline::contract::check_all({reinterpret_cast<const char*>(data), size});
    return 0;
}
