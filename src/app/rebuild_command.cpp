#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <utility>

#include "agent/spend_view.h"
#include "app/commands.h"
#include "app/offline.h"
#include "audit/audit.h"
#include "billing/billing.h"
#include "findings/findings.h"
#include "journal/view_digest.h"
#include "library/library.h"
#include "metering/metering.h"
#include "outbox/outbox.h"
#include "reconciliation/reconciliation.h"
#include "roster/roster.h"
#include "search/search.h"
#include "snapshots/snapshots.h"

namespace lifeline::app {

namespace {

struct Options {
    std::string folder = "data";
    bool json = false;
};

// One view: where it is, and what brings it up to the journal's head.
struct View {
    const char* name;
    std::string path;
    std::function<Status()> follow;
};

// Made for the one call: it is closed before anybody looks at its file.
template <class T>
View view_of(const char* name, const std::string& path, Offline& house) {
    return {
        name, path, [path, &house] {
            ThreadWorker worker(path.substr(path.rfind('/') + 1, 15));
            T view(house.loop(), worker, house.journal());
            return house.wait([&](journal::Done<void> done) { view.start(path, std::move(done)); });
        }};
}

std::vector<View> views_of(Offline& house, const std::string& folder) {
    const journal::Folder files{folder};
    return {view_of<roster::Roster>("roster", files.views(), house),
            view_of<audit::Audit>("audit", files.audit(), house),
            view_of<library::Library>("library", files.library(), house),
            view_of<search::Search>("search", files.search(), house),
            view_of<agent::SpendView>("spend", files.spend(), house),
            view_of<snapshots::Snapshots>("snapshots", files.snapshots(), house),
            view_of<metering::Metering>("metering", files.metering(), house),
            view_of<billing::Billing>("billing", files.billing(), house),
            view_of<outbox::Outbox>("deliveries", files.deliveries(), house),
            view_of<reconciliation::Reconciliation>("reconciliation", folder + "/reconciliation.db",
                                                    house),
            view_of<findings::Findings>("findings", folder + "/findings.db", house)};
}

void remove(const std::string& path) {
    std::error_code ignored;
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix, ignored);
}

// "missing", "same" or "different": what was there, once it had read the whole journal, against
// what the journal says.
Result<std::string> rebuild(const View& view) {
    std::string before;
    if (std::filesystem::exists(view.path) && view.follow())
        before = journal::view_digest(view.path).value_or("unreadable");
    remove(view.path);
    if (const auto done = view.follow(); !done) return fail(done.error());
    const auto after = journal::view_digest(view.path);
    if (!after) return fail(after.error());
    return before.empty() ? "missing" : before == *after ? "same" : "different";
}

int rebuild_all(const Options& options) {
    using Watch = std::chrono::steady_clock;
    auto house = Offline::open(options.folder, Offline::Missing::refuse);
    if (!house) return report(house.error());
    Listing listing({{"VIEW", "view"}, {"BEFORE", "before"}, {"MS", "ms"}, {"BYTES", "bytes"}});
    bool all_same = true;
    for (const View& view : views_of(**house, options.folder)) {
        std::fprintf(stderr, "rebuilding %s ...\n", view.name);
        const auto began = Watch::now();
        const auto before = rebuild(view);
        if (!before) return report(before.error());
        all_same = all_same && *before != "different";
        const auto took =
            std::chrono::duration_cast<std::chrono::milliseconds>(Watch::now() - began);
        listing.row({view.name, *before, fmt::format("{}", took.count()),
                     fmt::format("{}", std::filesystem::file_size(view.path))});
    }
    listing.print(options.json ? Listing::Output::json : Listing::Output::table, "views");
    if (!all_same) std::fprintf(stderr, "A view was not what the journal says. It is now.\n");
    return all_same ? 0 : 1;
}

}  // namespace

void add_rebuild(Command app) {
    auto options = std::make_shared<Options>();
    auto made = app.command("rebuild",
                            "Make all views anew from the journal, and say whether they were what "
                            "it says (server stopped)");
    made.option("DIR", options->folder, "The data folder").required();
    made.flag("--json", options->json, "One JSON object");
    made.runs([options] { return rebuild_all(*options); });
}

}  // namespace lifeline::app
