#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/digest.h"
#include "billing/billing_store.h"
#include "contract/event.h"
#include "metering/metering_store.h"
#include "reconciliation/evidence_store.h"
#include "reconciliation/run.h"

namespace lifeline::money {

// A journal in memory, and behind it what measures and charges in the server: records and charges
// that become due are written into it, as the server does. Clocks stand still until they are moved.
class Books {
public:
    struct Line {
        std::string stream;
        std::string type;
        std::string payload;
        std::uint64_t position = 0;
        WallTime wall;
        SteadyTime steady;
    };

    Books();

    void pass(Millis time) { wall += time, steady += time; }
    std::uint64_t append(const std::string& stream, const std::string& type,
                         const std::string& payload);
    void tick(const std::string& because);
    // What is due is written; nothing more is due then.
    void settle();
    void close(Window hour);

    std::uint64_t head() const { return lines.size(); }
    // The journal as reconciliation reads it, chunk by chunk.
    static reconciliation::EvidenceStore evidence_of(const std::vector<Line>& lines,
                                                     std::size_t chunk);
    static reconciliation::Report report_of(reconciliation::EvidenceStore& evidence, Window first,
                                            Window last, std::uint64_t up_to);

    WallTime wall = *parse_rfc3339("2026-02-27T21:10:00.000Z");
    SteadyTime steady{Micros(7'000'000)};
    std::vector<Line> lines;

private:
    contract::EventChecker checker_;
    metering::MeteringStore metering_;
    billing::BillingStore billing_;
    std::map<std::string, std::uint64_t> seqs_;
};

}  // namespace lifeline::money
