#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <memory>

#include "app/commands.h"
#include "app/config.h"
#include "app/expiry.h"
#include "app/folder_command.h"
#include "app/offline_records.h"
#include "contract/event.h"
#include "contract/stream.h"
#include "journal/verify.h"

namespace lifeline::app {

namespace {

struct Options : FolderOptions {
    std::string config;
    bool dry_run = false;
};

struct Journal {
    std::map<std::string, retention::CallContents> calls;
    retention::Ledger ledger;
};

// Nothing is locked or written; the journal is read through.
Result<Journal> read_journal(const std::string& folder) {
    if (const auto there = journal_is_there(folder); !there) return fail(there.error());
    Journal journal;
    contract::EventChecker checker;
    const auto read = journal::for_each_event(
        {folder}, 0, [&](const journal::JournalEvent& found) -> Result<bool> {
            const auto& stored = found.event;
            const bool instance = found.stream == contract::instance_stream;
            if (!instance && !found.stream.starts_with("sess_")) return true;
            auto event = stored.erased ? Result<contract::Event>(fail(Code::gone, "erased", {}))
                                       : checker.read_stored(stored.bytes);
            if (instance) {
                if (event) (void)journal.ledger.apply(event->type_name(), event->payload_json());
                return true;
            }
            journal.calls[found.stream].take({.seq = stored.seq,
                                              .event_id = stored.event_id,
                                              .actor = stored.actor,
                                              .cause = stored.cause,
                                              .at = stored.recorded_at,
                                              .event = event ? &*event : nullptr});
            return true;
        });
    if (!read) return fail(read.error());
    return journal;
}

int show(const Options& options, const retention::KeepingPolicy& policy) {
    const auto journal = read_journal(options.data);
    if (!journal) return report(journal.error());
    const WallTime now = SystemClock().wall();
    Listing table({{"CALL", "sessionId"},
                   {"ACCOUNT", "accountId"},
                   {"OVER", "endedAt"},
                   {"EVENTS", "events"},
                   {"BECAUSE", "because"},
                   {"HELD", "held"}});
    for (const auto& [id, call] : journal->calls) {
        const auto plan = expiring(call, policy.of(call.account_id()), now);
        if (plan.empty()) continue;
        const auto may = journal->ledger.may_erase(id, call.account_id(), call.people());
        table.row({id, call.account_id(), format_rfc3339(call.over_at()),
                   fmt::format("{}", plan.erased),
                   plan.extent == retention::Extent::superseded ? "superseded" : "retention",
                   may ? "" : may.error().detail});
    }
    table.print(options.json ? Listing::Output::json : Listing::Output::table, "calls");
    return 0;
}

int run(const Options& options) {
    const auto config = read_config(options.config);
    if (!config) return report(config.error());
    if (options.dry_run) return show(options, config->retention);
    auto records = OfflineRecords::open(options.data, config->retention);
    if (!records) return report(records.error());
    const auto events = (*records)->apply_retention();
    if (!events) return report(events.error());
    Listing gone({{"", "events"}});
    gone.row({fmt::format("{}", *events)});
    return done(options.json, fmt::format("erased {} events", *events), gone);
}

}  // namespace

void add_retention(Command app) {
    auto options = std::make_shared<Options>();
    auto made = add_folder_command(app, "retention",
                                   "Apply [retention] of a configuration now (server stopped), or "
                                   "say what would go",
                                   *options, [options] { return run(*options); });
    made.option("--config", options->config, "The TOML file with [retention]").required();
    made.flag("--dry-run", options->dry_run,
              "Say what would go, beside a running server too; nothing is touched");
}

}  // namespace lifeline::app
