#include "proof/line.h"

#include <utility>

#include "contract/json.h"
#include "contract/json_writer.h"
#include "journal/journal.h"

namespace lifeline::proof {

namespace {

using contract::Json;
using contract::JsonWriter;

constexpr std::string_view statement_begins = R"({"line":"statement","statement":)";

// What stands in an archive's line from this member on.
std::string_view from(std::string_view line, std::string_view member) {
    const auto at = line.find(member);
    return at == std::string_view::npos ? std::string_view() : line.substr(at);
}

// The object's text, open for more.
std::string open_text(JsonWriter& json) {
    json.end();
    std::string text = json.take();
    text.pop_back();
    return text;
}

// What is none is passed over: then it is not as it was written.
std::vector<Month> months_in(const std::optional<Json>& list) {
    std::vector<Month> months;
    if (!list) return months;
    for (const Json& one : list->items())
        if (const auto month = parse_month(one.as_text().value_or(""))) months.push_back(*month);
    return months;
}

constexpr std::string_view head_rest = R"(,"epoch":)";
constexpr std::string_view record_rest = R"(,"seq":)";

}  // namespace

std::string render(const Head& head) {
    JsonWriter json;
    json.object().key("line").value("head").key("format").value(format_name);
    json.key("accountId").value(head.account_id).key("period").value(text_of(head.month));
    json.key("closed").array();
    for (const Month month : head.closed) json.value(text_of(month));
    json.end();
    archive::Head journal = head.journal;
    journal.session_id.clear();
    const std::string of_archive = archive::render(journal);
    return open_text(json) + std::string(from(of_archive, head_rest));
}

std::string render(const Record& record) {
    JsonWriter json;
    json.object().key("line").value("record").key("number").value(record.number);
    json.key("stream").value(record.stream);
    const std::string of_archive = archive::render(record.event);
    return open_text(json) + std::string(from(of_archive, record_rest));
}

std::string statement_line(std::string_view statement_json) {
    JsonWriter json;
    json.object().key("line").value("statement").key("statement").raw(statement_json).end();
    return json.take();
}

std::optional<Head> read_head(std::string_view line) {
    const auto json = Json::parse(line);
    if (!json || json->text("format") != format_name) return std::nullopt;
    const auto month = parse_month(json->text("period").value_or(""));
    if (!month) return std::nullopt;
    const std::string empty = archive::render(archive::Head{});
    const auto begins = std::string_view(empty).substr(0, empty.find(head_rest));
    auto journal = archive::read_head(std::string(begins) + std::string(from(line, head_rest)));
    if (!journal) return std::nullopt;
    Head head{.account_id = std::string(json->text("accountId").value_or("")),
              .month = *month,
              .closed = months_in(json->find("closed")),
              .journal = std::move(*journal)};
    if (render(head) != line) return std::nullopt;
    return head;
}

std::optional<Record> read_record(std::string_view line) {
    const auto json = Json::parse(line);
    const auto number = json ? json->find("number") : std::nullopt;
    const auto counted = number ? number->as_integer() : std::nullopt;
    const auto stream = json ? json->text("stream") : std::nullopt;
    if (!counted || *counted < 0 || !stream || stream->size() > journal::limits::name_bytes_max)
        return std::nullopt;
    auto event = archive::read_record(R"({"line":"record")" + std::string(from(line, record_rest)));
    if (!event) return std::nullopt;
    Record record{.number = static_cast<std::uint64_t>(*counted),
                  .stream = std::string(*stream),
                  .event = std::move(*event)};
    if (render(record) != line) return std::nullopt;
    return record;
}

std::optional<std::string> read_statement(std::string_view line) {
    if (!is_statement(line) || !line.ends_with('}')) return std::nullopt;
    const std::string_view statement =
        line.substr(statement_begins.size(), line.size() - statement_begins.size() - 1);
    const auto json = Json::parse(statement);
    if (!json || !json->is_object()) return std::nullopt;
    return std::string(statement);
}

bool begins(std::string_view line) {
    return line.starts_with(R"({"line":"head","format":"lifeline-statement-)");
}

bool is_statement(std::string_view line) {
    return line.starts_with(statement_begins);
}

std::string end_message(const Digest& digest) {
    return "LLSTMT1\n" + std::string(view(digest));
}

}  // namespace lifeline::proof
