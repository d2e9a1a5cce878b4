#include <memory>

#include "app/commands.h"
#include "app/folder_command.h"
#include "app/instance_reading.h"
#include "app/offline_records.h"
#include "app/remote.h"
#include "contract/json_writer.h"

namespace lifeline::app {

namespace {

struct Options : FolderOptions {
    RemoteOptions remote;
    std::string scope;
    std::string subject;
    std::string reason;
};

Status change(const Options& options, bool enabled) {
    if (options.remote) {
        contract::JsonWriter json;
        json.object().key("scope").value(options.scope);
        json.key("subject").value(options.subject).key("enabled").value(enabled);
        json.key("reason").value(options.reason).end();
        const auto reply = ask_server(options.remote, "POST", "/v1/records/holds", json.take());
        return reply ? Status() : fail(reply.error());
    }
    auto records = OfflineRecords::open(options.data);
    if (!records) return fail(records.error());
    return (*records)->change_hold(
        {.hold = {*retention::hold_scope_from(options.scope), options.subject},
         .enabled = enabled,
         .by = std::string(operator_name),
         .reason = options.reason});
}

int set(const Options& options, bool enabled) {
    if (const auto changed = change(options, enabled); !changed) return report(changed.error());
    Listing hold({{"", "scope"}, {"", "subject"}, {"", "state"}});
    hold.row({options.scope, options.subject, enabled ? "held" : "free"});
    return done(options.json,
                options.scope + " " + options.subject + (enabled ? " is held" : " is free"), hold);
}

int list(const Options& options) {
    Listing table({{"SCOPE", "scope"}, {"SUBJECT", "subject"}, {"BY", "by"}, {"REASON", "reason"}});
    if (options.remote) {
        const auto reply = ask_server(options.remote, "GET", "/v1/records/holds");
        if (!reply) return report(reply.error());
        if (const auto all = reply->json.find("holds"))
            for (const auto& one : all->items()) table.row_of(one);
    } else {
        retention::Ledger ledger;
        const auto read =
            read_instance(options.data, [&](std::string_view type, std::string_view payload) {
                return ledger.apply(type, payload);
            });
        if (!read) return report(read.error());
        for (const auto& [hold, held] : ledger.holds())
            table.row(
                {std::string(retention::to_text(hold.scope)), hold.subject, held.by, held.reason});
    }
    table.print(options.json ? Listing::Output::json : Listing::Output::table, "holds");
    return 0;
}

}  // namespace

void add_hold(Command app) {
    auto family = app.family("hold", "Legal holds: what is held is neither erased nor expires");
    const auto command = [&](const char* name, const char* what, int (*run)(const Options&)) {
        auto options = std::make_shared<Options>();
        auto made = add_folder_command(family, name, what, *options,
                                       [options, run] { return run(*options); });
        add_remote_options(made, options->remote);
        return std::pair(made, options);
    };
    command("list", "All holds", &list);
    const auto changes = [&](const char* name, const char* what, int (*run)(const Options&)) {
        auto [made, options] = command(name, what, run);
        made.option("SCOPE", options->scope, "account, user or session")
            .required()
            .one_of({"account", "user", "session"});
        made.option("SUBJECT", options->subject, "Which account, user or call").required();
        made.option("--reason", options->reason, "Why, for the record of it").required();
    };
    changes("set", "Lay a hold", [](const Options& options) { return set(options, true); });
    changes("lift", "Lift a hold", [](const Options& options) { return set(options, false); });
}

}  // namespace lifeline::app
