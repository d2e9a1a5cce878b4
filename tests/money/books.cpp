#include "books.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace lifeline::money {

namespace {

// Nothing of it is ever a file.
constexpr const char* nowhere = ":memory:";

template <class Store>
Store open_store() {
    auto store = Store::open(nowhere, {"memory", 0});
    EXPECT_TRUE(store.has_value()) << store.error().detail;
    return *std::move(store);
}

}  // namespace

Books::Books()
    : metering_(open_store<metering::MeteringStore>()),
      billing_(open_store<billing::BillingStore>()) {}

std::uint64_t Books::append(const std::string& stream, const std::string& type,
                            const std::string& payload) {
    const std::uint64_t position = head() + 1;
    const std::string bytes = contract::event_json("ll_" + std::to_string(position), stream,
                                                   format_rfc3339(wall), type, payload);
    auto event = checker_.read_stored(bytes);
    EXPECT_TRUE(event.has_value())
        << event.error().reason << " " << event.error().pointer << " " << bytes;
    if (!event) return position;
    const std::uint64_t seq = ++seqs_[stream];
    std::optional<metering::Moment> before;
    if (!lines.empty()) before = metering::Moment{lines.back().wall, lines.back().steady};
    lines.push_back({stream, type, payload, position, wall, steady});
    std::vector<metering::Happening> happenings;
    happenings.push_back({.stream = stream,
                          .seq = seq,
                          .position = position,
                          .at = {wall, steady},
                          .before = before,
                          .bytes = sha256(bytes),
                          .event = *event});
    if (metering::may_concern(bytes))
        EXPECT_TRUE(metering_.apply(std::move(happenings), {wall, steady}, position).has_value());
    if (type.starts_with("billing."))
        EXPECT_TRUE(
            billing_.apply({{stream, seq, position, *std::move(event)}}, position).has_value());
    return position;
}

void Books::tick(const std::string& because) {
    append("sys_metering", "system.tick",
           R"({"window":")" + text_of(window_of(wall)) + R"(","openCalls":1,"because":")" +
               because + R"("})");
}

void Books::settle() {
    for (;;) {
        const auto records = metering_.due(1000);
        ASSERT_TRUE(records.has_value());
        for (const auto& one : *records)
            append(one.session_id, "billing.usage.measured",
                   one.json.substr(0, one.json.size() - 1) + R"(,"keyId":"k","signature":")" +
                       std::string(86, 'A') + R"("})");
        const auto entries = billing_.due(1000);
        ASSERT_TRUE(entries.has_value());
        for (const auto& one : *entries) append(one.account_id, one.type, one.payload);
        if (records->empty() && entries->empty()) return;
    }
}

void Books::close(Window hour) {
    append(
        "sys_metering", "billing.window.closed",
        R"({"window":")" + text_of(hour) + R"(","upToPosition":)" + std::to_string(head()) + "}");
    settle();
}

reconciliation::EvidenceStore Books::evidence_of(const std::vector<Line>& lines,
                                                 std::size_t chunk) {
    auto evidence = open_store<reconciliation::EvidenceStore>();
    for (std::size_t at = 0; at < lines.size(); at += chunk) {
        std::vector<reconciliation::Told> told;
        const std::size_t end = std::min(at + chunk, lines.size());
        std::optional<std::pair<WallTime, SteadyTime>> before;
        for (std::size_t i = at; i < end; ++i) {
            const Line& line = lines[i];
            told.push_back({.stream = line.stream,
                            .event = {.position = line.position,
                                      .type = line.type,
                                      .wall = line.wall,
                                      .steady = line.steady,
                                      .payload = line.payload,
                                      .before = before}});
            before = {line.wall, line.steady};
        }
        EXPECT_TRUE(evidence.apply(told, *before, lines[end - 1].position).has_value());
    }
    return evidence;
}

reconciliation::Report Books::report_of(reconciliation::EvidenceStore& evidence, Window first,
                                        Window last, std::uint64_t up_to) {
    auto report = reconciliation::run(evidence, {.run_id = "rr_1",
                                                 .first = first,
                                                 .last = last,
                                                 .up_to = up_to,
                                                 .config_sha256 = std::string(64, 'c')});
    EXPECT_TRUE(report.has_value());
    return *std::move(report);
}

}  // namespace lifeline::money
