#include "document/editing.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "base/text.h"
#include "contract/json.h"
#include "contract/json_writer.h"
#include "document/rebase.h"

namespace lifeline::document {

namespace {

using contract::EventType;
using contract::JsonWriter;
namespace field = contract::field::document_edit_requested;

ServerEvent edited(const State& state, std::uint64_t base, const Patch& patch,
                   const std::string& by) {
    JsonWriter json;
    json.object();
    json.key("rev").value(state.rev + 1);
    json.key("baseRev").value(base);
    json.key("patch").raw(patch_json(patch));
    json.key("by").value(by);
    json.end();
    return {fmt::format("ll_edited:{}", state.rev + 1), EventType::document_edited, json.take()};
}

ServerEvent rejected(const State& state, const contract::Event& event, std::uint64_t base,
                     const std::string& by, const std::vector<std::string>& paths) {
    JsonWriter json;
    json.object();
    json.key("baseRev").value(base);
    json.key("currentRev").value(state.rev);
    json.key("by").value(by);
    json.key("paths").array();
    for (const std::string& path : paths) json.value(path);
    json.end();
    json.end();
    const Digest digest = sha256(event.id());
    return {"ll_rejected:" + to_hex({digest.data(), 16}), EventType::document_edit_rejected,
            json.take()};
}

// The editor's own words for where it crossed, each once.
std::vector<std::string> paths_of(const Patch& patch, const std::vector<bool>& crossed) {
    std::vector<std::string> paths;
    for (std::size_t i = 0; i < patch.size(); ++i)
        if (crossed[i]) paths.push_back(pointer_of(patch[i].path));
    std::ranges::sort(paths);
    const auto twice = std::ranges::unique(paths);
    paths.erase(twice.begin(), twice.end());
    return paths;
}

Error in_payload(Error error) {
    error.pointer = "/payload/patch" + error.pointer;
    return error;
}

}  // namespace

Result<Decision> edit(const State& state, const contract::Event& event, const Command& from) {
    if (const auto allowed = may(state, from.caller, Right::edit); !allowed)
        return fail(allowed.error());
    if (event.type() != EventType::document_edit_requested)
        return fail(Code::not_allowed, "forbidden", "a document takes edits and nothing else",
                    "/type");
    const auto base = static_cast<std::uint64_t>(event.integer(field::base_rev));
    if (base > state.rev)
        return fail(Code::conflict, "revision_ahead", "the document has not come so far",
                    "/payload/baseRev");
    const auto json = contract::Json::parse(event.raw(field::patch));
    if (!json) return fail(json.error());
    auto wanted = read_patch(*json);
    if (!wanted) return fail(in_payload(wanted.error()));
    if (base < state.oldest_base())
        return Decision{{rejected(state, event, base, state.last_editor, {""})}};
    Rebase rebase(*wanted);
    std::string crossed_by;
    for (const Revision& revision : state.revisions)
        if (revision.rev > base && rebase.over(revision.effects)) crossed_by = revision.by;
    if (!crossed_by.empty())
        return Decision{
            {rejected(state, event, base, crossed_by, paths_of(*wanted, rebase.crossed()))}};
    Value tried = state.content;
    if (const auto applied = apply_patch(tried, rebase.patch()); !applied)
        return fail(in_payload(applied.error()));
    return Decision{{edited(state, base, rebase.patch(), from.actor.id)}};
}

}  // namespace lifeline::document
