#include "app/verify_reports.h"

#include <fmt/format.h>

#include "base/clock.h"
#include "transcript/plain_text.h"

namespace lifeline::app {

namespace {

// Rows, and what was signed of them.
void write_chain(contract::JsonWriter& json, const archive::Report& report, bool heads) {
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
}

std::string chain_text(const archive::Report& report, bool heads) {
    std::string text = fmt::format(
        "rows     {}, positions {} to {}, in {} runs that end with {} seals and {} signed heads\n"
        "key      {}{}\n",
        report.rows, report.first_position, report.last_position, report.segments, report.seals,
        report.heads, report.key_id,
        report.key_known ? ", the one you gave"
                         : ": whose it is this file cannot say; give --public-key, as `lifeline "
                           "verify DIR` and GET /v1/journal/heads show it");
    if (heads)
        text += fmt::format("heads    {} published heads are in its rows, {} are not within them\n",
                            report.heads_held, report.heads_outside);
    return text;
}

}  // namespace

std::string one_line(std::string_view text) {
    std::string line = transcript::plain_text(text);
    for (char& c : line)
        if (c == '\n' || c == '\t') c = ' ';
    return line;
}

void write_problems(contract::JsonWriter& json, const std::vector<Error>& problems) {
    json.key("problems").array();
    for (const Error& problem : problems) {
        json.object().key("code").value(problem.reason);
        json.key("detail").value(problem.detail).end();
    }
    json.end();
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
    write_chain(json, report, heads);
    write_problems(json, report.problems);
    json.end();
    return json.take();
}

std::string as_text(const archive::Report& report, bool heads) {
    std::string text =
        fmt::format("archive  {}, written {}\nevents   {} ({} erased)\nusage    {} records\n",
                    one_line(report.session_id), format_rfc3339(report.exported_at), report.records,
                    report.erased, report.usage);
    text += chain_text(report, heads);
    if (report.ok())
        text += "verified every event, its place in the chain, transcript, decisions and usage\n";
    return text;
}

std::string as_json(const proof::Report& report, bool heads) {
    contract::JsonWriter json;
    json.object();
    json.key("ok").value(report.ok());
    json.key("accountId").value(report.account_id);
    json.key("period").value(report.period);
    json.key("closed").value(report.closed);
    json.key("currency").value(report.currency);
    json.key("total").value(report.total);
    json.key("epoch").value(report.journal.epoch);
    json.key("exportedAt").value(format_rfc3339(report.journal.exported_at));
    json.key("records").value(report.journal.records);
    json.key("cards").value(report.cards);
    json.key("charges").value(report.charges);
    json.key("adjustments").value(report.adjustments);
    json.key("byHand").value(report.by_hand);
    json.key("costs").value(report.costs);
    json.key("costsUnchecked").value(report.costs_unchecked);
    json.key("usageRecords").value(report.usage);
    json.key("archives").value(report.archives);
    json.key("inArchives").value(report.evidence);
    write_chain(json, report.journal, heads);
    write_problems(json, report.problems);
    json.end();
    return json.take();
}

std::string as_text(const proof::Report& report, bool heads) {
    std::string text = fmt::format(
        "proof    {}, {}, {}, written {}\ntotal    {} {}\n"
        "booked   {} charges and {} adjustments ({} by hand) by {} versions of cards\n",
        one_line(report.account_id), report.period,
        report.closed ? "closed" : "open: it can still change",
        format_rfc3339(report.journal.exported_at), one_line(report.total),
        one_line(report.currency), report.charges, report.adjustments, report.by_hand,
        report.cards);
    text +=
        report.archives == 0
            ? fmt::format("usage    {} records; give archives of their calls to look them up\n",
                          report.usage)
            : fmt::format("usage    {} records, {} of them in {} archives with what they rest on\n",
                          report.usage, report.evidence, report.archives);
    if (report.costs > 0)
        text += fmt::format("costs    {} charges say what they cost{}\n", report.costs,
                            report.costs_unchecked == 0
                                ? ", by the card that is here"
                                : ": not checked, the card is not here (--costs writes it)");
    text += chain_text(report.journal, heads);
    if (report.ok())
        text +=
            "verified every record and its signature, every charge and adjustment again, and the "
            "statement\n";
    return text;
}

}  // namespace lifeline::app
