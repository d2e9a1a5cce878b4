#include "audit/audit_store.h"

#include <algorithm>

namespace lifeline::audit {

namespace {

constexpr journal::ViewForm form{.tables = R"(
create table calls(id text primary key, account text not null, owner text not null) without rowid;
create table accepted(
    call text not null, action text not null, day text not null, type text not null,
    primary key(call, action)) without rowid;
create index accepted_by_day on accepted(day);
create table decisions(
    position integer primary key, call text not null, seq integer not null, account text not null,
    at text not null, type text not null, action text not null, confirmation text not null,
    decision text not null, outcome text not null, policy text not null, version text not null,
    rules text not null, by_kind text not null, by_id text not null, inputs text not null,
    asker text not null);
create index decisions_by_call on decisions(call, position);
create index decisions_by_account on decisions(account, position);
)",
                                 .version = 7};

constexpr const char* insert_decision =
    "insert or replace into decisions values("
    "?1,?2,?3,coalesce((select account from calls where id=?2),?15),"
    "?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?16,?17)";

Decision decision_in(const sql::Statement& row) {
    Decision decision;
    decision.position = row.natural(0);
    decision.session_id = row.text(1);
    decision.seq = row.natural(2);
    decision.account_id = row.text(3);
    decision.at = row.text(4);
    decision.type = row.text(5);
    decision.action_id = row.text(6);
    decision.confirmation_id = row.text(7);
    decision.decision_id = row.text(8);
    decision.outcome = row.text(9);
    decision.policy_id = row.text(10);
    decision.policy_version = row.text(11);
    decision.rules = row.text(12);
    decision.by_kind = row.text(13);
    decision.by_id = row.text(14);
    decision.inputs_hash = row.text(15);
    decision.requested_by = row.text(16);
    return decision;
}

}  // namespace

Result<AuditStore> AuditStore::open(const std::string& path, const journal::ViewSource& source) {
    auto view = journal::ViewFile::open(path, form, source);
    if (!view) return fail(view.error());
    return AuditStore(std::move(*view));
}

Status AuditStore::count(sql::Database& database, std::vector<CountedAction>& accepted) {
    for (CountedAction& one : accepted) {
        auto whose = database.prepare("select account, owner from calls where id=?");
        if (!whose) return fail(whose.error());
        whose->bind_text(1, one.session_id);
        const auto known = whose->step();
        if (!known) return fail(known.error());
        if (!*known) continue;  // Its call was erased.
        one.account_id = whose->text(0);
        one.owner_id = whose->text(1);
        auto insert = database.prepare("insert or replace into accepted values(?,?,?,?)");
        if (!insert) return fail(insert.error());
        if (const auto done = insert->bind_text(1, one.session_id)
                                  .bind_text(2, one.action_id)
                                  .bind_text(3, one.day)
                                  .bind_text(4, one.action_type)
                                  .run();
            !done)
            return done;
    }
    return {};
}

Status AuditStore::apply(AuditChange& change, std::uint64_t cursor) {
    return view_.move(cursor, [&](sql::Database& database) -> Status {
        for (const auto& [call, account, owner] : change.calls) {
            auto insert = database.prepare("insert or replace into calls values(?,?,?)");
            if (!insert) return fail(insert.error());
            if (const auto done =
                    insert->bind_text(1, call).bind_text(2, account).bind_text(3, owner).run();
                !done)
                return done;
        }
        if (auto counted = count(database, change.accepted); !counted) return counted;
        for (const Decision& one : change.decisions) {
            auto insert = database.prepare(insert_decision);
            if (!insert) return fail(insert.error());
            const auto done = insert->bind(1, one.position)
                                  .bind_text(2, one.session_id)
                                  .bind(3, one.seq)
                                  .bind_text(4, one.at)
                                  .bind_text(5, one.type)
                                  .bind_text(6, one.action_id)
                                  .bind_text(7, one.confirmation_id)
                                  .bind_text(8, one.decision_id)
                                  .bind_text(9, one.outcome)
                                  .bind_text(10, one.policy_id)
                                  .bind_text(11, one.policy_version)
                                  .bind_text(12, one.rules)
                                  .bind_text(13, one.by_kind)
                                  .bind_text(14, one.by_id)
                                  .bind_text(15, one.account_id)
                                  .bind_text(16, one.inputs_hash)
                                  .bind_text(17, one.requested_by)
                                  .run();
            if (!done) return done;
        }
        return {};
    });
}

Status AuditStore::forget(const std::string& stream) {
    for (const char* text : {"delete from calls where id=?", "delete from accepted where call=?",
                             "delete from decisions where call=?"}) {
        auto remove = view_.database().prepare(text);
        if (!remove) return fail(remove.error());
        if (const auto done = remove->bind_text(1, stream).run(); !done) return done;
    }
    return {};
}

Result<std::vector<CountedAction>> AuditStore::accepted_since(const std::string& day) {
    auto select = view_.database().prepare(
        "select day, account, owner, type, call, action from accepted "
        "join calls on calls.id=accepted.call where day>=?");
    if (!select) return fail(select.error());
    select->bind_text(1, day);
    std::vector<CountedAction> found;
    for (;;) {
        const auto more = select->step();
        if (!more) return fail(more.error());
        if (!*more) return found;
        const auto text = [&](int column) { return std::string(select->text(column)); };
        found.push_back({text(0), text(1), text(2), text(3), text(4), text(5)});
    }
}

Result<std::vector<Decision>> AuditStore::list(const DecisionQuery& query) {
    // Each condition asks for nothing where its value is empty.
    auto select = view_.database().prepare(
        query.session_id.empty()
            ? "select * from decisions where position<?1 and (?2='' or account=?2) and ?3='' "
              "and (?4='' or type=?4) and (?5='' or outcome=?5) order by position desc limit ?6"
            : "select * from decisions where position<?1 and (?2='' or account=?2) and call=?3 "
              "and (?4='' or type=?4) and (?5='' or outcome=?5) order by position desc limit ?6");
    if (!select) return fail(select.error());
    select->bind(1, static_cast<std::int64_t>(std::min<std::uint64_t>(query.before, INT64_MAX)))
        .bind_text(2, query.account_id)
        .bind_text(3, query.session_id)
        .bind_text(4, query.type)
        .bind_text(5, query.outcome)
        .bind(6, static_cast<std::int64_t>(query.limit));
    std::vector<Decision> found;
    for (;;) {
        const auto more = select->step();
        if (!more) return fail(more.error());
        if (!*more) return found;
        found.push_back(decision_in(*select));
    }
}

}  // namespace lifeline::audit
