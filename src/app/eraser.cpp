#include "app/eraser.h"

#include <algorithm>
#include <utility>

#include "base/id.h"
#include "base/log.h"
#include "contract/json.h"
#include "session/sessions.h"

// What is asked for, and whether it may be. What is then done is in erasing.cpp.
namespace lifeline::app {

namespace {

std::vector<std::string> listed(const std::set<std::string, std::less<>>& names) {
    return {names.begin(), names.end()};
}

}  // namespace

void Eraser::start() {
    put_off_.clear();
    work();
}

void Eraser::look(Loop& from, journal::Done<retention::Ledger> done) {
    parts_.streams.home().post(
        [this, done = session::on_loop<retention::Ledger>(from, std::move(done))]() mutable {
            done(parts_.log.ledger());
        });
}

void Eraser::change_hold(retention::HoldChange change, Loop& from,
                         journal::Done<retention::Ledger> given) {
    Loop& home = parts_.streams.home();
    home.post([this, &home, change = std::move(change),
               done = session::on_loop<retention::Ledger>(from, std::move(given))]() mutable {
        if (parts_.log.ledger().held(change.hold.scope, change.hold.subject) == change.enabled)
            return done(parts_.log.ledger());
        log::warn("legal hold scope={} subject={} enabled={} by={}",
                  retention::to_text(change.hold.scope), change.hold.subject, change.enabled,
                  change.by);
        parts_.log.append(new_id("ll_hold:", home.clock().wall(), parts_.random), change,
                          [this, done = std::move(done)](const Status& written) mutable {
                              if (!written) return done(fail(written.error()));
                              done(parts_.log.ledger());
                              put_off_.clear();  // What was held may go now.
                              work();
                          });
    });
}

void Eraser::request(retention::Erasure asked, Loop& from,
                     journal::Done<retention::Erasure> given) {
    Loop& home = parts_.streams.home();
    home.post([this, asked = std::move(asked),
               done = session::on_loop<retention::Erasure>(from, std::move(given))]() mutable {
        const auto& ledger = parts_.log.ledger();
        // What is on its way already is the same again.
        for (const auto& known : ledger.erasures())
            if (!known.done && known.user_id == asked.user_id &&
                known.session_id == asked.session_id)
                return done(known);
        if (ledger.held(retention::HoldScope::user, asked.user_id))
            return done(
                fail(Code::conflict, "record_held", "a legal hold lies on user " + asked.user_id));
        find(std::move(asked), parts_.journal.head_position(),
             [this, done = std::move(done)](Result<std::shared_ptr<Targets>> targets) mutable {
                 if (!targets) return done(fail(targets.error()));
                 auto calls = listed((*targets)->calls);
                 check(*targets, std::move(calls),
                       [this, targets = *targets, done = std::move(done)](Status may) mutable {
                           if (!may) return done(fail(may.error()));
                           write_down(std::move(targets->erasure), std::move(done));
                       });
             });
    });
}

// Every call it reaches has to be over and free; nothing is written before all of them are.
void Eraser::check(std::shared_ptr<Targets> targets, std::vector<std::string> calls,
                   journal::Done<void> done) {
    if (calls.empty()) {
        auto documents = listed(targets->documents);
        return check_documents(std::move(targets), std::move(documents), std::move(done));
    }
    const std::string id = std::move(calls.back());
    calls.pop_back();
    parts_.streams.read_call(
        id, [this, alive = alive_, targets, id, calls = std::move(calls), done = std::move(done)](
                const Result<std::shared_ptr<retention::CallContents>>& call) mutable {
            if (!*alive) return;
            if (!call) return done(fail(call.error()));
            if (*call == nullptr)
                return done(fail(Code::not_found, "session_not_found", "no such call: " + id));
            if (auto may = may_go(*targets, id, **call); !may) {
                Error error = may.error();
                error.detail += " (" + id + ")";
                return done(fail(std::move(error)));
            }
            check(std::move(targets), std::move(calls), std::move(done));
        });
}

void Eraser::check_documents(std::shared_ptr<Targets> targets, std::vector<std::string> documents,
                             journal::Done<void> done) {
    if (documents.empty()) {
        const auto& asked = targets->erasure;
        const bool nobody = !asked.user_id.empty() && targets->calls.empty() &&
                            targets->documents.empty() && targets->identity.empty();
        if (!nobody) return done({});
        return done(
            fail(Code::not_found, "user_not_found", "the journal has nothing of " + asked.user_id));
    }
    const std::string id = std::move(documents.back());
    documents.pop_back();
    parts_.streams.read_document(
        id,
        [this, alive = alive_, targets, documents = std::move(documents), done = std::move(done)](
            const Result<std::shared_ptr<retention::DocumentContents>>& document) mutable {
            if (!*alive) return;
            if (!document) return done(fail(document.error()));
            if (*document != nullptr)
                if (auto may = parts_.log.ledger().may_erase({}, (*document)->account_id(),
                                                             {(*document)->owner_id()});
                    !may)
                    return done(std::move(may));
            check_documents(std::move(targets), std::move(documents), std::move(done));
        });
}

Status Eraser::may_go(const Targets& targets, const std::string& id,
                      const retention::CallContents& call) const {
    const auto& erasure = targets.erasure;
    const retention::Plan plan = plan_of(targets, call);
    const bool in_it = erasure.user_id.empty() || call.people().contains(erasure.user_id);
    if (in_it && !call.is_over())
        return fail(Code::conflict, "erasure_needs_end",
                    "a call of theirs is not over: end it first");
    if (plan.empty()) return {};
    return parts_.log.ledger().may_erase(id, call.account_id(), call.people());
}

retention::Plan Eraser::plan_of(const Targets& targets, const retention::CallContents& call) const {
    const auto& erasure = targets.erasure;
    return erasure.user_id.empty() ? call.whole()
                                   : call.of_person(erasure.user_id, targets.documents);
}

void Eraser::write_down(retention::Erasure erasure, journal::Done<retention::Erasure> done) {
    Loop& home = parts_.streams.home();
    erasure.id = new_id("era_", home.clock().wall(), parts_.random);
    log::warn("erasure id={} user={} session={} by={}", erasure.id, erasure.user_id,
              erasure.session_id, erasure.by);
    parts_.log.append(erasure,
                      [this, erasure, done = std::move(done)](const Status& written) mutable {
                          if (!written) return done(fail(written.error()));
                          if (parts_.cut && !erasure.user_id.empty()) parts_.cut(erasure.user_id);
                          done(std::move(erasure));
                          work();
                      });
}

void Eraser::find(retention::Erasure erasure, std::uint64_t head, Found done) {
    auto targets = std::make_shared<Targets>(Targets{.erasure = std::move(erasure), .head = head});
    if (!targets->erasure.session_id.empty()) {
        targets->calls.insert(targets->erasure.session_id);
        return done(std::move(targets));
    }
    find_on(std::move(targets), 0, std::move(done));
}

// The whole journal is read: no view knows of those who have left a call, or spoke through another.
void Eraser::find_on(std::shared_ptr<Targets> targets, std::uint64_t after, Found done) {
    auto have = [this, alive = alive_, targets, done = std::move(done)](
                    Result<std::vector<journal::JournalEvent>> events) mutable {
        if (!*alive) return;
        if (!events) return done(fail(events.error()));
        for (const auto& event : *events) look_at(*targets, event);
        if (events->empty() || events->back().event.position >= targets->head)
            return done(std::move(targets));
        const std::uint64_t last = events->back().event.position;
        find_on(std::move(targets), last, std::move(done));
    };
    parts_.journal.read_all(after, {.events = 2048, .bytes = 1024 * 1024}, parts_.streams.home(),
                            std::move(have));
}

void Eraser::look_at(Targets& targets, const journal::JournalEvent& found) {
    const auto& [stream, stored] = found;
    const auto names = [&](const std::string& word) {
        return stored.bytes.find('"' + word + '"') != std::string::npos;
    };
    const std::string& user_id = targets.erasure.user_id;
    // What came after it was asked for is none of it, but for what was begun to be done.
    if (stored.position > targets.until) {
        if (stream.starts_with("doc_") && names(targets.erasure.id))
            targets.documents.insert(stream);
        return;
    }
    if (stream.starts_with("sess_")) {
        if (stored.actor.id == user_id || names(user_id)) targets.calls.insert(stream);
        return;
    }
    const bool theirs = targets.documents.contains(stream);
    if (!theirs && !names(user_id)) return;
    const auto event = checker_.read_stored(stored.bytes);
    if (!event) return;
    using contract::EventType;
    namespace field = contract::field;
    switch (event->type()) {
        case EventType::document_created:
            if (event->text(field::document_created::owner_id) == user_id)
                targets.documents.insert(stream);
            return;
        case EventType::document_shared: {
            const auto with = contract::Json::parse(event->raw(field::document_shared::with));
            const auto call = with ? with->text("sessionId") : std::nullopt;
            if (!theirs || !call) return;
            targets.calls.emplace(*call);
            targets.shared[stream].emplace(*call);
            return;
        }
        case EventType::record_erasure_requested:
            if (event->find_text("erasureId") == targets.erasure.id)
                targets.until = stored.position;
            return;
        case EventType::identity_user_created:
        case EventType::identity_user_linked:
        case EventType::identity_user_unlinked:
            if (event->find_text("userId") == user_id) targets.identity.push_back(stored.seq);
            return;
        default:
            return;
    }
}

}  // namespace lifeline::app
