#include "search/documents.h"

#include <utility>

#include "contract/json.h"
#include "document/patch.h"

namespace lifeline::search {

namespace {

constexpr std::string_view kind = "document";
// A chunk may be about more documents than memory should hold at once.
constexpr std::size_t drafts_max = 32;

// The texts in it, each a line of its own; keys are the application's words and not the author's.
void add_texts(std::string& texts, const contract::Json& json) {
    if (const auto text = json.as_text()) {
        if (!text->empty()) texts.append("\n").append(*text);
        return;
    }
    for (const auto& item : json.items()) add_texts(texts, item);
    for (const auto& member : json.members()) add_texts(texts, member.value);
}

Result<document::Value> content_of(std::string_view json) {
    if (json.empty()) return document::Value();
    const auto parsed = contract::Json::parse(json);
    if (!parsed) return fail(parsed.error());
    return document::Value::from(*parsed);
}

}  // namespace

Status Documents::take(const std::string& document_id, const Place& place,
                       const DocumentMade& made) {
    auto content = content_of(made.initial_json);
    if (!content) return fail(content.error());
    auto insert = database_.prepare("insert into documents values(?,?,?,?,'')");
    if (!insert) return fail(insert.error());
    if (const auto done = insert->bind(1, place.stream)
                              .bind_text(2, made.owner_id)
                              .bind_text(3, made.account_id)
                              .bind_text(4, made.title)
                              .run();
        !done)
        return done;
    Part part(database_, desk_, place.part);
    if (const auto added = part.add({static_cast<std::uint64_t>(place.stream), made.at, made.seq},
                                    place.stream, kind, document_id);
        !added)
        return fail(added.error());
    auto draft = draft_of(document_id, place);
    if (!draft) return fail(draft.error());
    (*draft)->content = *std::move(content);
    (*draft)->at = made.at;
    (*draft)->seq = made.seq;
    return {};
}

Status Documents::take(const std::string& document_id, const Place& place,
                       const DocumentEdited& edited) {
    auto found = draft_of(document_id, place);
    if (!found) return fail(found.error());
    Draft* draft = *found;
    if (draft == nullptr || draft->lost) return {};
    draft->at = edited.at;
    draft->seq = edited.seq;
    const auto json = contract::Json::parse(edited.patch_json);
    if (!json) return fail(json.error());
    const auto patch = document::read_patch(*json);
    // It was applied to this very content before it was written. Where it cannot be, an edit before
    // it was erased, and what the document says nobody can know.
    draft->lost = !patch || !document::apply_patch(draft->content, *patch);
    return {};
}

Result<Documents::Draft*> Documents::draft_of(const std::string& document_id, const Place& place) {
    if (const auto known = drafts_.find(document_id); known != drafts_.end()) return &known->second;
    auto select = database_.prepare("select owner, title, content from documents where stream=?");
    if (!select) return fail(select.error());
    select->bind(1, place.stream);
    const auto found = select->step();
    if (!found) return fail(found.error());
    if (!*found) return nullptr;
    auto content = content_of(select->text(2));
    if (!content) return fail(content.error());
    Draft draft{.place = place,
                .title = std::string(select->text(1)),
                .owner_id = std::string(select->text(0)),
                .content = *std::move(content)};
    select->reset();
    if (drafts_.size() >= drafts_max)
        if (const auto done = finish(); !done) return fail(done.error());
    return &drafts_.emplace(document_id, std::move(draft)).first->second;
}

Status Documents::finish() {
    for (auto& [id, draft] : std::exchange(drafts_, {}))
        if (const auto done = write(id, draft); !done) return done;
    return {};
}

Status Documents::write(const std::string& document_id, Draft& draft) {
    Part part(database_, desk_, draft.place.part);
    auto passage = part.load(draft.place.stream, kind, document_id);
    if (!passage) return fail(passage.error());
    if (!passage->said.text.empty())
        if (const auto done = part.forget(passage->id, passage->said.text); !done) return done;
    const std::string content = draft.lost ? std::string() : draft.content.json();
    auto keep = database_.prepare(draft.lost ? "delete from documents where stream=?1"
                                             : "update documents set content=?2 where stream=?1");
    if (!keep) return fail(keep.error());
    keep->bind(1, draft.place.stream);
    if (!draft.lost) keep->bind_text(2, content);
    if (const auto done = keep->run(); !done) return done;
    passage->said.text = draft.lost ? std::string() : draft.title;
    if (!draft.lost)
        if (const auto json = contract::Json::parse(content)) add_texts(passage->said.text, *json);
    passage->said.progress = transcript::Progress::final;
    passage->said.participant_id = draft.owner_id;
    if (const auto done = part.keep(*passage); !done) return done;
    if (const auto done = part.move(passage->id, draft.at, draft.seq); !done) return done;
    if (passage->said.text.empty()) return {};
    return part.index(passage->id, passage->said.text);
}

}  // namespace lifeline::search
