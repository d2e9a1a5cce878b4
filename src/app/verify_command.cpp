#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/commands.h"
#include "app/verify_reports.h"
#include "archive/verify.h"
#include "base/clock.h"
#include "base/text.h"
#include "contract/json_writer.h"
#include "journal/heads.h"
#include "journal/verify.h"
#include "proof/line.h"
#include "proof/verify.h"

namespace lifeline::app {

namespace {

using Heads = std::vector<journal::SignedHead>;

struct Options {
    std::string what;
    std::vector<std::string> archives;
    std::string checkpoint;
    std::string public_key;
    bool json = false;
};

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

std::string folder_json(const FolderFound& found) {
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

std::string folder_text(const FolderFound& found) {
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

Result<archive::Known> known_by(const Options& options, const std::optional<Heads>& heads) {
    archive::Known known{.key = {}, .heads = heads.value_or(Heads())};
    if (options.public_key.empty()) return known;
    const auto bytes = from_hex(options.public_key);
    if (!bytes || bytes->size() != ed25519_key_bytes)
        return fail(Code::malformed, "query_invalid",
                    "--public-key takes the 64 hex digits of an Ed25519 key");
    std::ranges::copy(*bytes, known.key.emplace().begin());
    return known;
}

Result<std::ifstream> open_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return fail(Code::unavailable, "storage_failed", path + " cannot be read");
    return in;
}

Result<archive::Report> look_at_archive(const std::string& path, const archive::Known& known) {
    auto in = open_file(path);
    if (!in) return fail(in.error());
    return archive::verify(*in, known);
}

Result<bool> is_statement(const std::string& path) {
    auto in = open_file(path);
    if (!in) return fail(in.error());
    // As much of it as tells; the rest may be of any length.
    std::array<char, 256> begin{};
    in->read(begin.data(), begin.size());
    return proof::begins({begin.data(), static_cast<std::size_t>(in->gcount())});
}

Result<proof::Report> look_at_statement(const Options& options, const archive::Known& known) {
    std::vector<archive::Report> archives;
    for (const std::string& path : options.archives) {
        auto found = look_at_archive(path, known);
        if (!found) {
            found.error().detail = path + ": " + found.error().detail;
            return fail(found.error());
        }
        archives.push_back(std::move(*found));
    }
    auto in = open_file(options.what);
    if (!in) return fail(in.error());
    return proof::verify(*in, known, archives);
}

Error archives_beside(const std::string& what) {
    return {Code::malformed,
            "query_invalid",
            "archives are looked at beside a statement's proof, which " + what + " is not",
            {}};
}

int show(const Options& options, const std::string& json, const std::string& text,
         const std::vector<Error>& problems) {
    std::printf("%s", options.json ? (json + "\n").c_str() : text.c_str());
    for (Error problem : problems) {
        problem.detail = one_line(problem.detail);
        report(problem);
    }
    return problems.empty() ? 0 : 1;
}

int check_file(const Options& options, const std::optional<Heads>& heads) {
    const auto known = known_by(options, heads);
    if (!known) return report(known.error());
    const auto statement = is_statement(options.what);
    if (!statement) return report(statement.error());
    if (*statement) {
        const auto found = look_at_statement(options, *known);
        if (!found) return report(found.error());
        return show(options, as_json(*found, heads.has_value()), as_text(*found, heads.has_value()),
                    found->problems);
    }
    if (!options.archives.empty()) return report(archives_beside(options.what));
    const auto found = look_at_archive(options.what, *known);
    if (!found) return report(found.error());
    return show(options, as_json(*found, heads.has_value()), as_text(*found, heads.has_value()),
                found->problems);
}

int run(const Options& options) {
    const auto heads = read_checkpoint(options);
    if (!heads) return report(heads.error());
    std::error_code ignored;
    if (std::filesystem::is_regular_file(options.what, ignored)) return check_file(options, *heads);
    if (!options.archives.empty()) return report(archives_beside(options.what));
    const auto found = look_at(options.what, *heads);
    if (!found) return report(found.error());
    return show(options, folder_json(*found), folder_text(*found), found->report.problems);
}

}  // namespace

void add_verify(Command app) {
    auto options = std::make_shared<Options>();
    auto made = app.command("verify",
                            "Check a data folder (server running or not), a call's archive or a "
                            "statement's proof, whole: names what is bad");
    made.option("WHAT", options->what,
                "The data folder, or a file of `lifeline archive` or `lifeline statement --format "
                "proof`")
        .required();
    made.option("ARCHIVE", options->archives,
                "Archives of calls, which a statement's usage records are looked up in");
    made.option("--checkpoint", options->checkpoint,
                "Heads that were published and kept elsewhere: each is held against it");
    made.option("--public-key", options->public_key,
                "The key that an archive or a proof must be signed with, in hex");
    made.flag("--json", options->json, "One JSON object");
    made.runs([options] { return run(*options); });
}

}  // namespace lifeline::app
