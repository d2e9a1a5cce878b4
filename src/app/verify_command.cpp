#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/commands.h"
#include "archive/verify.h"
#include "base/clock.h"
#include "base/text.h"
#include "contract/json_writer.h"
#include "journal/heads.h"
#include "journal/verify.h"

namespace lifeline::app {

namespace {

using Heads = std::vector<journal::SignedHead>;

struct Options {
    std::string what;
    std::string checkpoint;
    std::string public_key;
    bool json = false;
};

void write_problems(contract::JsonWriter& json, const std::vector<Error>& problems) {
    json.key("problems").array();
    for (const Error& problem : problems) {
        json.object().key("code").value(problem.reason);
        json.key("detail").value(problem.detail).end();
    }
    json.end();
}

// None where no file is named.
Result<std::optional<Heads>> read_checkpoint(const Options& options) {
    if (options.checkpoint.empty()) return std::nullopt;
    auto heads = journal::load_heads(options.checkpoint);
    if (!heads) return fail(heads.error());
    return std::move(*heads);
}

// A folder, and what it was found to have of the heads that others kept.
struct FolderFound {
    journal::VerifyReport report;
    std::optional<journal::HeadsHeld> heads;
    std::optional<Ed25519PublicKey> key;
};

Result<FolderFound> look_at(const std::string& path, const std::optional<Heads>& heads) {
    auto report = journal::verify({path});
    if (!report) return fail(report.error());
    FolderFound found{.report = std::move(*report), .heads = {}, .key = {}};
    if (const auto key = journal::SealKey::open({path})) found.key = key->public_key();
    if (!heads) return found;
    auto held = journal::hold_heads({path}, *heads);
    if (!held) return fail(held.error());
    auto& problems = found.report.problems;
    problems.insert(problems.end(), held->problems.begin(), held->problems.end());
    found.heads = std::move(*held);
    return found;
}

std::string as_json(const FolderFound& found) {
    const auto& report = found.report;
    contract::JsonWriter json;
    json.object();
    json.key("ok").value(report.ok());
    json.key("epoch").value(report.epoch);
    json.key("rows").value(report.rows);
    json.key("events").value(report.events);
    json.key("erased").value(report.erased);
    json.key("streams").value(report.streams);
    json.key("head").value(report.head);
    json.key("marked").value(report.marked);
    if (found.key) {
        json.key("keyId").value(journal::key_id(*found.key));
        json.key("publicKey").value(to_hex(*found.key));
    }
    if (found.heads) json.key("headsHeld").value(found.heads->held);
    write_problems(json, report.problems);
    json.end();
    return json.take();
}

std::string as_text(const FolderFound& found) {
    const auto& report = found.report;
    std::string text = fmt::format(
        "epoch    {}\nevents   {} in {} streams ({} erased), {} rows\n"
        "head     {} (the mark vouches for {})\n",
        report.epoch, report.events, report.streams, report.erased, report.rows, report.head,
        report.marked);
    if (found.key)
        text += fmt::format("key      {}, public {}\n", journal::key_id(*found.key),
                            to_hex(*found.key));
    if (found.heads)
        text += fmt::format("heads    {} of {} published heads are this journal's\n",
                            found.heads->held, found.heads->held + found.heads->problems.size());
    if (report.ok()) text += "verified every record and the whole chain\n";
    return text;
}

std::string as_json(const archive::Report& report, bool heads) {
    contract::JsonWriter json;
    json.object();
    json.key("ok").value(report.ok());
    json.key("sessionId").value(report.session_id);
    json.key("epoch").value(report.epoch);
    json.key("exportedAt").value(format_rfc3339(report.exported_at));
    json.key("records").value(report.records);
    json.key("erased").value(report.erased);
    json.key("usageRecords").value(report.usage);
    json.key("rows").value(report.rows);
    json.key("segments").value(report.segments);
    json.key("seals").value(report.seals);
    json.key("heads").value(report.heads);
    json.key("keyId").value(report.key_id);
    json.key("publicKey").value(report.public_key);
    json.key("keyKnown").value(report.key_known);
    if (heads) {
        json.key("headsHeld").value(report.heads_held);
        json.key("headsOutside").value(report.heads_outside);
    }
    write_problems(json, report.problems);
    json.end();
    return json.take();
}

std::string as_text(const archive::Report& report, bool heads) {
    std::string text = fmt::format(
        "archive  {}, written {}\nevents   {} ({} erased)\nusage    {} records\n"
        "rows     {}, positions {} to {}, in {} runs that end with {} seals and {} signed heads\n"
        "key      {}{}\n",
        report.session_id, format_rfc3339(report.exported_at), report.records, report.erased,
        report.usage, report.rows, report.first_position, report.last_position, report.segments,
        report.seals, report.heads, report.key_id,
        report.key_known ? ", the one you gave"
                         : ": whose it is this file cannot say; give --public-key, as `lifeline "
                           "verify DIR` and GET /v1/journal/heads show it");
    if (heads)
        text += fmt::format("heads    {} published heads are in its rows, {} are not within them\n",
                            report.heads_held, report.heads_outside);
    if (report.ok())
        text += "verified every event, its place in the chain, transcript, decisions and usage\n";
    return text;
}

Result<archive::Report> look_at_archive(const Options& options, const std::optional<Heads>& heads) {
    archive::Known known{.key = {}, .heads = heads.value_or(Heads())};
    if (!options.public_key.empty()) {
        const auto bytes = from_hex(options.public_key);
        if (!bytes || bytes->size() != ed25519_key_bytes)
            return fail(Code::malformed, "query_invalid",
                        "--public-key takes the 64 hex digits of an Ed25519 key");
        std::ranges::copy(*bytes, known.key.emplace().begin());
    }
    std::ifstream in(options.what, std::ios::binary);
    if (!in) return fail(Code::unavailable, "storage_failed", options.what + " cannot be read");
    return archive::verify(in, known);
}

int show(const Options& options, const std::string& json, const std::string& text,
         const std::vector<Error>& problems) {
    std::printf("%s", options.json ? (json + "\n").c_str() : text.c_str());
    for (const Error& problem : problems) report(problem);
    return problems.empty() ? 0 : 1;
}

int run(const Options& options) {
    const auto heads = read_checkpoint(options);
    if (!heads) return report(heads.error());
    std::error_code ignored;
    if (std::filesystem::is_regular_file(options.what, ignored)) {
        const auto found = look_at_archive(options, *heads);
        if (!found) return report(found.error());
        return show(options, as_json(*found, heads->has_value()),
                    as_text(*found, heads->has_value()), found->problems);
    }
    const auto found = look_at(options.what, *heads);
    if (!found) return report(found.error());
    return show(options, as_json(*found), as_text(*found), found->report.problems);
}

}  // namespace

void add_verify(Command app) {
    auto options = std::make_shared<Options>();
    auto made = app.command("verify",
                            "Check a data folder (server running or not) or a call's archive, "
                            "whole: names what is bad");
    made.option("WHAT", options->what, "The data folder, or a file that `lifeline archive` wrote")
        .required();
    made.option("--checkpoint", options->checkpoint,
                "Heads that were published and kept elsewhere: each is held against it");
    made.option("--public-key", options->public_key,
                "The key that an archive must be signed with, in hex");
    made.flag("--json", options->json, "One JSON object");
    made.runs([options] { return run(*options); });
}

}  // namespace lifeline::app
