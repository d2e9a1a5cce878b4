#include <algorithm>
#include <set>
#include <utility>

#include "app/reconciler.h"
#include "base/fact_id.h"
#include "base/log.h"
#include "contract/json.h"
#include "contract/json_writer.h"

// What a run found and found no more, written into the accounts it is of.
namespace lifeline::app {

namespace {

using findings::Finding;
using findings::FindingsStore;
using findings::State;

std::string changed_json(const std::string& finding_id, State state, std::string_view reason) {
    contract::JsonWriter json;
    json.object().key("findingId").value(finding_id);
    if (!reason.empty()) json.key("reason").value(reason);
    json.key("state").value(findings::to_text(state)).end();
    return json.take();
}

// Whether a run has to say it: what it found is new, is another difference, or is there again.
bool is_news(const std::map<std::string, Finding>& standing, const Difference& difference) {
    const auto known = standing.find(difference.finding_id);
    if (known == standing.end() || known->second.state == State::adjusted) return true;
    return !findings::same_difference(known->second.payload, difference.payload);
}

using Entries = std::vector<StreamWriter::Entry>;

constexpr std::size_t entries_at_once = 200;

// What there is to say of a run in the accounts' streams. There may be very many of both.
Entries said_of(const std::map<std::string, Finding>& standing, const Counting& counting,
                const Counted& counted) {
    Entries entries;
    std::set<std::string_view> there;
    for (const Difference& one : counted.differences) {
        there.insert(one.finding_id);
        if (!is_news(standing, one)) continue;
        log::warn("finding={} account={} run={}", one.finding_id, one.account_id, counting.run_id);
        entries.push_back({.stream = one.account_id,
                           .name = fact_id("mismatch:", {one.finding_id, counting.run_id}),
                           .type = "billing.reconciliation.mismatch",
                           .payload = one.payload,
                           .done = {}});
    }
    for (const auto& [id, finding] : standing) {
        if (there.contains(id)) continue;
        const auto payload = contract::Json::parse(finding.payload);
        const auto window =
            payload ? parse_window(payload->text("window").value_or("")) : std::nullopt;
        if (!window || *window < counting.span.first || *window > counting.span.last) continue;
        log::info("finding={} account={} gone run={}", id, finding.account_id, counting.run_id);
        entries.push_back({.stream = finding.account_id,
                           .name = fact_id("gone:", {id, counting.run_id}),
                           .type = "billing.finding.changed",
                           .payload = changed_json(id, State::closed, {}),
                           .done = {}});
    }
    return entries;
}

}  // namespace

struct Reconciler::Writing {
    Entries entries;
    std::size_t next = 0;  // Of them, to be written.
    std::size_t left = 0;  // On their way.
    Status status = {};
    journal::Done<void> done;
};

void Reconciler::apply(const Found& found, journal::Done<void> done) {
    parts_.findings.ask<Entries>(
        parts_.home,
        [this, alive = alive_, done = std::move(done)](Result<Entries> entries) mutable {
            if (!*alive) return;
            if (!entries) return done(fail(entries.error()));
            write(std::make_shared<Writing>(
                Writing{.entries = *std::move(entries), .done = std::move(done)}));
        },
        [found](FindingsStore& store) -> Result<Entries> {
            const auto standing = store.standing();
            if (!standing) return fail(standing.error());
            return said_of(*standing, found.counting, *found.counted);
        });
}

// So many at once: the server serves others in between.
void Reconciler::write(std::shared_ptr<Writing> writing) {
    const std::size_t begin = writing->next;
    const std::size_t end = std::min(begin + entries_at_once, writing->entries.size());
    writing->next = end;
    writing->left = end - begin;
    if (writing->left == 0) return writing->done(writing->status);
    for (std::size_t i = begin; i < end; ++i) {
        writing->entries[i].done = [this, alive = alive_, writing](Status written) {
            if (!*alive) return;
            if (!written) writing->status = std::move(written);
            if (--writing->left == 0) write(writing);
        };
        parts_.writer.write(std::move(writing->entries[i]));
    }
}

}  // namespace lifeline::app
