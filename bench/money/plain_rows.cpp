#include "money/plain_rows.h"

#include <utility>

#include "billing/columns.h"

namespace lifeline::money {

namespace {

constexpr const char* tables = R"(
create table usage(record text not null, account text not null, session text not null,
    participant text not null, item text not null, meter text not null, dims text not null,
    hour integer not null, quantity integer not null);
create table charges(charge text not null, account text not null, item text not null,
    hour integer not null, quantity integer not null, amount text not null,
    primary key(account, item, hour)) without rowid;
)";

}  // namespace

PlainRows::PlainRows(const std::string& dir, bool dump) {
    auto opened = sql::Database::open(dir + "/rows.db",
                                      {.access = sql::Access::create, .sync = sql::Sync::normal});
    CHECK(opened);
    database_.emplace(*std::move(opened));
    CHECK(database_->run(tables));
    auto begun = sql::Transaction::begin(*database_, sql::Transaction::Kind::write);
    CHECK(begun);
    transaction_.emplace(*std::move(begun));
    auto usage = database_->prepare("insert into usage values(?,?,?,?,?,?,?,?,?)");
    auto charge = database_->prepare("insert into charges values(?,?,?,?,?,?)");
    CHECK(usage && charge);
    usage_.emplace(*std::move(usage));
    charge_.emplace(*std::move(charge));
    if (!dump) return;
    usage_file_.open(dir + "/usage.tsv");
    charge_file_.open(dir + "/charges.tsv");
}

PlainRows::~PlainRows() {
    CHECK(transaction_->commit());
    CHECK(database_->checkpoint(sql::Checkpoint::truncate));
}

void PlainRows::add(const metering::CallName& call, const metering::UsageRecord& record,
                    std::string_view item) {
    const std::string dims = billing::words_json(record.key.dims);
    const std::int64_t hour = billing::number_of(record.window);
    CHECK(usage_->bind_text(1, record.id)
              .bind_text(2, call.account_id)
              .bind_text(3, call.session_id)
              .bind_text(4, record.key.participant)
              .bind_text(5, item)
              .bind_text(6, record.key.meter)
              .bind_text(7, dims)
              .bind(8, hour)
              .bind(9, *record.quantity)
              .run());
    if (usage_file_.is_open())
        usage_file_ << record.id << '\t' << call.account_id << '\t' << call.session_id << '\t'
                    << record.key.participant << '\t' << item << '\t' << record.key.meter << '\t'
                    << dims << '\t' << hour << '\t' << *record.quantity << '\n';
}

void PlainRows::add(const std::string& id, const billing::ChargeKey& key, std::int64_t quantity,
                    const std::string& amount) {
    const std::int64_t hour = billing::number_of(key.window);
    CHECK(charge_->bind_text(1, id)
              .bind_text(2, key.account_id)
              .bind_text(3, key.item)
              .bind(4, hour)
              .bind(5, quantity)
              .bind_text(6, amount)
              .run());
    if (charge_file_.is_open())
        charge_file_ << id << '\t' << key.account_id << '\t' << key.item << '\t' << hour << '\t'
                     << quantity << '\t' << amount << '\n';
}

}  // namespace lifeline::money
