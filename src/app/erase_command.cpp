#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>

#include "app/commands.h"
#include "app/folder_command.h"
#include "app/instance_reading.h"
#include "app/offline_records.h"
#include "app/remote.h"

namespace lifeline::app {

namespace {

struct Options : FolderOptions {
    RemoteOptions remote;
    std::string user;
    std::string session;
    std::string reason;
    std::string again;
};

std::vector<Listing::Column> erasures_columns() {
    return {{"ERASURE", "erasureId"}, {"STATE", "state"}, {"USER", "userId"},
            {"CALL", "sessionId"},    {"CALLS", "calls"}, {"DOCUMENTS", "documents"},
            {"EVENTS", "events"},     {"BY", "by"},       {"REASON", "reason"}};
}

std::vector<std::string> cells_of(const retention::Erasure& one, std::string_view state = {}) {
    const auto count = [&](std::uint64_t number) {
        return one.done ? fmt::format("{}", number) : std::string();
    };
    if (state.empty()) state = one.done ? "done" : "requested";
    return {one.id,           std::string(state),   one.user_id,       one.session_id,
            count(one.calls), count(one.documents), count(one.events), one.by,
            one.reason};
}

const std::string& whom(const retention::Erasure& one) {
    return one.user_id.empty() ? one.session_id : one.user_id;
}

retention::Erasure erasure_in(const contract::Json& json) {
    const auto text = [&](std::string_view name) {
        return std::string(json.text(name).value_or(""));
    };
    const auto number = [&](std::string_view name) {
        const auto value = json.find(name);
        return static_cast<std::uint64_t>(value ? value->as_integer().value_or(0) : 0);
    };
    return {.id = text("erasureId"),
            .user_id = text("userId"),
            .session_id = text("sessionId"),
            .by = text("by"),
            .reason = text("reason"),
            .done = text("state") == "done",
            .calls = number("calls"),
            .documents = number("documents"),
            .events = number("events")};
}

Result<retention::Erasure> ask(const Options& options, const retention::Erasure& asked,
                               OfflineRecords* records) {
    if (!options.remote) return records->erase(asked);
    const auto reply = ask_server(options.remote, "POST", "/v1/records/erasures",
                                  json_object({{"userId", asked.user_id},
                                               {"sessionId", asked.session_id},
                                               {"reason", asked.reason}}));
    if (!reply) return fail(reply.error());
    return erasure_in(reply->json);
}

// Those of a file that `lifeline erasures --json` wrote: after an older backup was restored.
Result<std::vector<retention::Erasure>> read_again(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(Code::malformed, "json_invalid", path + " cannot be read");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto json = contract::Json::parse(text);
    const auto list = json && json->is_object() ? json->find("erasures") : std::nullopt;
    if (!list)
        return fail(Code::malformed, "json_invalid",
                    path + " is not what lifeline erasures --json writes");
    std::vector<retention::Erasure> erasures;
    for (const auto& one : list->items()) {
        auto& erasure = erasures.emplace_back(erasure_in(one));
        erasure.id.clear();  // It is asked for anew.
        erasure.done = false;
    }
    return erasures;
}

std::string sentence_of(const retention::Erasure& one, bool remote) {
    if (one.done)
        return fmt::format("erased {}: {} events in {} calls and {} documents ({})", whom(one),
                           one.events, one.calls, one.documents, one.id);
    return fmt::format("{} is to be erased ({}); lifeline erasures{} says when it is done",
                       whom(one), one.id, remote ? " --server ..." : "");
}

Result<std::vector<retention::Erasure>> wanted_by(const Options& options) {
    if (!options.again.empty()) return read_again(options.again);
    if (options.user.empty() == options.session.empty() || options.reason.empty())
        return fail(Code::malformed, "missing_field",
                    "say whom or what (--user ID or --session ID) and --reason");
    return std::vector<retention::Erasure>{{.id = {},
                                            .user_id = options.user,
                                            .session_id = options.session,
                                            .by = std::string(operator_name),
                                            .reason = options.reason}};
}

// The restored folder may never have heard of them, as it is older.
bool nothing_left(const Error& error) {
    return error.reason == "user_not_found" || error.reason == "session_not_found";
}

// Whom it is about, why, and what to do.
int report_refused(const retention::Erasure& one, Error error) {
    error.detail = fmt::format("{} is not erased: {}", whom(one), error.detail);
    return report(error);
}

int erase(const Options& options) {
    auto wanted = wanted_by(options);
    if (!wanted) return report(wanted.error());
    std::unique_ptr<OfflineRecords> records;
    if (!options.remote) {
        auto opened = OfflineRecords::open(options.data);
        if (!opened) return report(opened.error());
        records = std::move(*opened);
    }
    auto columns = erasures_columns();
    columns.push_back({"REFUSED", "refused"});
    Listing table(std::move(columns));
    int status = 0;
    for (retention::Erasure& one : *wanted) {
        one.by = operator_name;
        const auto done = ask(options, one, records.get());
        if (!done && options.again.empty()) return report(done.error());
        if (!done && nothing_left(done.error())) continue;
        auto cells = cells_of(done ? *done : one, done ? std::string_view() : "refused");
        cells.push_back(done ? std::string() : done.error().reason);
        table.row(std::move(cells));
        if (!done)
            status = report_refused(one, done.error());  // The others do not wait for it.
        else if (!options.json)
            std::printf("%s\n", sentence_of(*done, static_cast<bool>(options.remote)).c_str());
    }
    if (options.json) table.print(Listing::Output::json, "erasures");
    return status;
}

int list(const Options& options) {
    Listing table(erasures_columns());
    if (options.remote) {
        const auto reply = ask_server(options.remote, "GET", "/v1/records/erasures");
        if (!reply) return report(reply.error());
        if (const auto all = reply->json.find("erasures"))
            for (const auto& one : all->items()) table.row(cells_of(erasure_in(one)));
    } else {
        retention::Ledger ledger;
        const auto read =
            read_instance(options.data, [&](std::string_view type, std::string_view payload) {
                return ledger.apply(type, payload);
            });
        if (!read) return report(read.error());
        for (const auto& one : ledger.erasures()) table.row(cells_of(one));
    }
    table.print(options.json ? Listing::Output::json : Listing::Output::table, "erasures");
    return 0;
}

}  // namespace

void add_erase(Command app) {
    {
        auto options = std::make_shared<Options>();
        auto made = add_folder_command(
            app, "erase", "Destroy what the journal and its views have of a person, or of a call",
            *options, [options] { return erase(*options); });
        add_remote_options(made, options->remote);
        made.option("--user", options->user, "The person's user id");
        made.option("--session", options->session, "The call's id");
        made.option("--reason", options->reason, "Why, for the record of it");
        made.option("--again", options->again,
                    "A file of lifeline erasures --json: all of these once more, for a folder "
                    "that was restored from an older backup; those that are refused are named");
        made.either("--user", "--session");
    }
    {
        auto options = std::make_shared<Options>();
        auto made = add_folder_command(app, "erasures", "What was asked to be erased, and was",
                                       *options, [options] { return list(*options); });
        add_remote_options(made, options->remote);
    }
}

}  // namespace lifeline::app
