#include "mcp/tool_call.h"

#include <fmt/format.h>

#include <limits>

#include "contract/canonical.h"
#include "contract/form.h"
#include "contract/json_writer.h"
#include "contract/reason.h"
#include "mcp/arguments.h"
#include "mcp/session_key.h"
#include "mcp/toolbox.h"

namespace lifeline::mcp {

namespace {

using contract::Form;
using contract::Json;
using contract::refuse;
using Must = Arguments::Must;
namespace reason = contract::reason;

constexpr std::size_t name_bytes_max = 128;
constexpr std::size_t naming_bytes_max = 512;
constexpr std::size_t summary_bytes_max = 2048;
constexpr std::size_t path_bytes_max = 512;

Result<Naming> read_naming(const Json& json) {
    Naming naming;
    const auto read = [&](std::string_view name, std::string& into) {
        const auto text = json.text(name);
        if (text && text->size() <= naming_bytes_max) into = *text;
        return !text || text->size() <= naming_bytes_max;
    };
    if (!json.is_object() || !read("session", naming.session) ||
        !read("session_key", naming.session_key) || !read("run_id", naming.run_id) ||
        !read("tool_call_id", naming.tool_call_id))
        return refuse(reason::args_invalid, "_lifeline names a call in a few texts",
                      "/params/arguments/_lifeline");
    return naming;
}

// Which document, by its id or by what it is.
Result<AskedDocument> read_document_named(Arguments& given) {
    AskedDocument asked;
    asked.document_id = given.form("documentId", Must::be_fine, Form::document_id);
    asked.kind = given.form("kind", Must::be_fine, Form::word);
    asked.action.wait = wait_by_itself;
    if (given.fault()) return fail(*given.fault());
    if (asked.document_id.empty() && asked.kind.empty())
        return refuse(reason::document_not_named, "neither documentId nor kind",
                      "/params/arguments/documentId");
    return asked;
}

}  // namespace

std::string Naming::call() const {
    if (!session.empty()) return contract::matches(Form::call_id, session) ? session : "";
    return session_of_key(session_key).value_or("");
}

Result<ToolCall> read_tool_call(const Json& params) {
    const auto name = params.text("name");
    if (!name || name->empty() || name->size() > name_bytes_max)
        return refuse(reason::tool_unknown, "no name of a tool", "/params/name");
    const auto arguments = params.find("arguments");
    const bool none = !arguments || arguments->kind() == Json::Kind::null;
    if (!none && !arguments->is_object())
        return refuse(reason::args_invalid, "arguments is an object", "/params/arguments");
    Naming naming;
    contract::JsonWriter rest;
    rest.object();
    if (!none) {
        for (const auto& [key, value] : arguments->members()) {
            if (key != naming_member) {
                rest.key(key).raw(contract::canonical_json(value));
                continue;
            }
            auto read = read_naming(value);
            if (!read) return fail(read.error());
            naming = std::move(*read);
        }
    }
    rest.end();
    std::string args_json = contract::canonical_json(rest.take());
    auto args = Json::parse(args_json);
    if (!args) return fail(args.error());
    return ToolCall{std::string(*name), std::move(*args), std::move(args_json), std::move(naming)};
}

Result<AskedAction> read_request_action(const Json& args) {
    Arguments given(args, {"actionType", "summary", "args", "idempotencyKey", "waitMs"});
    AskedAction asked;
    asked.type = given.form("actionType", Must::be_there, Form::word);
    asked.summary = given.text("summary", Must::be_fine, summary_bytes_max);
    if (asked.summary.empty()) asked.summary = asked.type;
    if (auto object = given.object("args", Must::be_fine); !object.empty())
        asked.args_json = std::move(object);
    asked.idempotency_key = given.form("idempotencyKey", Must::be_fine, Form::id);
    asked.wait = Millis{given.integer("waitMs", 0, wait_max.count(), 0)};
    if (given.fault()) return fail(*given.fault());
    return asked;
}

Result<AskedState> read_get_action(const Json& args) {
    Arguments given(args, {"actionId", "waitMs"});
    AskedState asked;
    asked.action_id = given.form("actionId", Must::be_there, Form::id);
    asked.wait = Millis{given.integer("waitMs", 0, wait_max.count(), 0)};
    if (given.fault()) return fail(*given.fault());
    return asked;
}

Result<AskedTranscript> read_get_transcript(const Json& args) {
    Arguments given(args, {"after", "limit"});
    AskedTranscript asked;
    asked.after = given.integer("after", 0, std::int64_t{1} << 53, asked.after);
    asked.limit = given.integer("limit", 1, 200, asked.limit);
    if (given.fault()) return fail(*given.fault());
    return asked;
}

Result<AskedAction> read_create_document(const ToolCall& call) {
    Arguments given(call.args, {"kind", "title", "content"});
    given.form("kind", Must::be_there, Form::word);
    const std::string title = given.text("title", Must::be_there, 1024);
    given.object("content", Must::be_fine);
    if (given.fault()) return fail(*given.fault());
    return AskedAction{.type = std::string(document_create),
                       .summary = fmt::format("Create {}", title),
                       .args_json = call.args_json,
                       .wait = wait_by_itself};
}

Result<AskedDocument> read_edit_document(const ToolCall& call) {
    Arguments given(call.args, {"documentId", "kind", "baseRev", "patch"});
    const auto base = given.integer("baseRev", 0, std::int64_t{1} << 53, -1);
    const std::string patch = given.list("patch", Must::be_there);
    if (!given.fault() && base < 0)
        return refuse(reason::args_invalid, "baseRev is missing", "/params/arguments/baseRev");
    auto edit = read_document_named(given);
    if (!edit) return edit;
    edit->action.type = document_edit;
    edit->action.summary = "Edit";
    edit->action.args_json = fmt::format(R"("baseRev":{},"patch":{}}})", base, patch);
    return edit;
}

Result<AskedDocument> read_read_document(const ToolCall& call) {
    Arguments given(call.args, {"documentId", "kind", "path"});
    const std::string path = given.text("path", Must::be_fine, path_bytes_max);
    auto asked = read_document_named(given);
    if (!asked) return asked;
    asked->action.type = document_read;
    asked->action.summary = "Read";
    contract::JsonWriter json;
    json.value(path);
    asked->action.args_json = fmt::format(R"("path":{}}})", json.take());
    return asked;
}

AskedAction action_on(AskedDocument asked, std::string_view document_id) {
    asked.action.args_json = contract::canonical_json(
        fmt::format(R"({{"documentId":"{}",{})", document_id, asked.action.args_json));
    asked.action.summary += fmt::format(" {}", document_id);
    return std::move(asked.action);
}

}  // namespace lifeline::mcp
