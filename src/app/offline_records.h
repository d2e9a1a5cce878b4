#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/eraser.h"
#include "app/expiry.h"
#include "app/meter_writer.h"
#include "app/offline.h"
#include "app/record_signer.h"
#include "audit/audit.h"
#include "library/library.h"
#include "metering/metering.h"
#include "roster/roster.h"
#include "search/search.h"

namespace lifeline::app {

// What erases in a data folder while no server runs: the journal, its streams, and all views that
// hold words, as a server has them.
class OfflineRecords {
public:
    static Result<std::unique_ptr<OfflineRecords>> open(const std::string& folder,
                                                        retention::KeepingPolicy policy = {});
    // Its views are not open yet: open() does both.
    OfflineRecords(std::unique_ptr<Offline> house, retention::KeepingPolicy policy);

    const retention::Ledger& ledger() { return house_->instance().ledger(); }
    // Written down and carried out; what is left to do then stands in the way of it.
    Result<retention::Erasure> erase(retention::Erasure asked);
    Status change_hold(retention::HoldChange change);
    // One round of what the policy asks for; how many events have gone.
    Result<std::uint64_t> apply_retention();

private:
    Status start(const std::string& folder);

    std::unique_ptr<Offline> house_;
    ThreadWorker views_{"views"};
    session::Sessions sessions_;
    session::Documents documents_;
    roster::Roster roster_;
    audit::Audit audit_;
    library::Library library_;
    search::Search search_;
    metering::Metering metering_;
    SystemRandom signer_random_;
    std::optional<RecordSigner> signer_;
    std::optional<MeterWriter> meter_writer_;
    StreamEraser streams_;
    std::unique_ptr<Eraser> eraser_;
    std::unique_ptr<Expiry> expiry_;
};

}  // namespace lifeline::app
