#include "session/document_news.h"

#include <map>
#include <set>
#include <string>

#include "base/log.h"
#include "session/limits.h"

namespace lifeline::session {

namespace {

struct Told {
    bool known = false;  // The call has taken what follows.
    std::uint64_t rev = 0;
    bool shared = false;
    bool telling = false;
    bool again = false;  // It has changed meanwhile.
    bool over = false;   // The call is.
};

call::DocumentChanged news_of(const document::State& state, const document::Share& share) {
    return {.document_id = state.id,
            .kind = state.kind,
            .title = state.title,
            .rev = state.rev,
            .by = state.last_editor,
            .shared = share.role != document::ShareRole::none};
}

}  // namespace

// The documents of one loop. Lives on it.
class DocumentNews::Desk : public std::enable_shared_from_this<Desk> {
public:
    Desk(DocumentShard& shard, Sessions& sessions) : shard_(shard), sessions_(sessions) {}

    void look(const std::string& id) {
        shard_.with(id, Missing::refuse, [self = weak_from_this()](Result<DocumentActor*> actor) {
            const auto desk = self.lock();
            if (!desk || !actor) return;
            const document::State& state = (*actor)->state();
            for (const document::Share& share : state.shares)
                if (share.with_call) desk->tell(share.with, news_of(state, share));
        });
    }

private:
    using Key = std::pair<std::string, std::string>;  // The document, the call.

    void tell(const std::string& session_id, call::DocumentChanged news) {
        forget_some();
        const Key key{news.document_id, session_id};
        Told& told = told_[key];
        if (told.telling) {
            told.again = true;
            return;
        }
        if (told.over || (told.known && told.rev == news.rev && told.shared == news.shared)) return;
        told.telling = true;
        told.again = false;
        told.rev = news.rev;
        told.shared = news.shared;
        sessions_.submit(session_id,
                         {std::move(news), {"server", "lifeline"}, contract::Role::server},
                         shard_.loop(), [self = weak_from_this(), key](Result<Receipt> receipt) {
                             if (const auto desk = self.lock()) desk->answered(key, receipt);
                         });
    }
    void answered(const Key& key, const Result<Receipt>& receipt) {
        Told& told = told_[key];
        told.telling = false;
        told.known = receipt.has_value();
        if (receipt) {
            if (told.again) look(key.first);
            return;
        }
        const std::string& reason = receipt.error().reason;
        told.over = reason == "session_over" || reason == "session_not_found";
        if (!told.over) look_later(key.first);
    }
    void look_later(const std::string& document_id) {
        later_.insert(document_id);
        if (std::exchange(waiting_, true)) return;
        shard_.loop().start_timer(news_again_after, [self = weak_from_this()] {
            const auto desk = self.lock();
            if (!desk) return;
            desk->waiting_ = false;
            for (const std::string& id : std::exchange(desk->later_, {})) desk->look(id);
        });
    }
    // What is forgotten is told once more, which is nothing.
    void forget_some() {
        if (told_.size() < news_remembered_max) return;
        std::erase_if(told_, [](const auto& entry) { return !entry.second.telling; });
    }

    DocumentShard& shard_;
    Sessions& sessions_;
    std::map<Key, Told> told_;
    std::set<std::string> later_;
    bool waiting_ = false;
};

DocumentNews::DocumentNews(Documents& documents, Sessions& sessions) {
    for (const auto& shard : documents.shards()) {
        auto desk = std::make_shared<Desk>(*shard, sessions);
        shard->on_work = [desk = std::weak_ptr(desk)](const std::string& id) {
            if (const auto open = desk.lock()) open->look(id);
        };
        desks_.push_back(std::move(desk));
    }
}

DocumentNews::~DocumentNews() = default;

}  // namespace lifeline::session
