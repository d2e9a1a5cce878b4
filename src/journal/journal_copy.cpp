#include "journal/journal_copy.h"

#include "journal/chain_walk.h"
#include "journal/journal_file.h"

namespace lifeline::journal {

namespace {

constexpr std::uint64_t rows_per_commit = 1024;

// Adds rows to a journal file in large transactions.
class RowCopy {
public:
    static Result<RowCopy> begin(sql::Database& target) {
        auto insert = target.prepare("insert into journal_row values(?, ?, ?, ?, ?)");
        if (!insert) return fail(insert.error());
        return RowCopy(target, std::move(*insert));
    }
    Status add(const StoredRow& row) {
        if (!transaction_) {
            auto begun = sql::Transaction::begin(*target_, sql::Transaction::Kind::write);
            if (!begun) return fail(begun.error());
            transaction_.emplace(std::move(*begun));
        }
        auto done = insert_.bind(1, row.first_position)
                        .bind(2, row.count)
                        .bind_bytes(3, row.previous)
                        .bind_bytes(4, row.hash)
                        .bind_bytes(5, row.body)
                        .run();
        if (!done || ++rows_ % rows_per_commit != 0) return done;
        return flush();
    }
    Status flush() {
        if (!transaction_) return {};
        auto done = transaction_->commit();
        transaction_.reset();
        if (!done) return done;
        return target_->checkpoint(sql::Checkpoint::passive);
    }

private:
    RowCopy(sql::Database& target, sql::Statement insert)
        : target_(&target), insert_(std::move(insert)) {}

    sql::Database* target_;
    sql::Statement insert_;
    std::optional<sql::Transaction> transaction_;
    std::uint64_t rows_ = 0;
};

}  // namespace

Result<Copied> copy_journal(const Folder& from, const Folder& to, OnDamage on_damage) {
    auto source = open_journal_file(from, {.access = sql::Access::read});
    if (!source) return fail(source.error());
    auto epochs = load_epochs(*source);
    if (!epochs) return fail(epochs.error());
    auto target = create_journal_file(to, epochs->front());
    if (!target) return fail(target.error());
    for (std::size_t i = 1; i < epochs->size(); ++i)
        if (auto added = add_epoch(*target, (*epochs)[i]); !added) return fail(added.error());

    const auto last = last_row(*source);
    if (!last && on_damage == OnDamage::refuse) return fail(last.error());
    const std::uint64_t end = last ? last->last_position : UINT64_MAX;
    auto copy = RowCopy::begin(*target);
    if (!copy) return fail(copy.error());
    ChainWalk chain(*epochs);
    auto copied = for_each_row_sliced(*source, 0, [&](const StoredRow& row) -> Result<bool> {
        if (row.first_position > end) return false;
        if (const auto checked = chain.next(row); !checked) return fail(checked.error());
        if (auto added = copy->add(row); !added) return fail(added.error());
        return true;
    });
    const bool damaged = !copied && copied.error().code == Code::corrupt;
    if (!copied && !(damaged && on_damage == OnDamage::stop)) return fail(copied.error());
    auto settled = copy->flush();
    if (settled) settled = target->checkpoint(sql::Checkpoint::truncate);
    if (!settled) return fail(settled.error());
    const HeadMark head{epochs->back().id(), chain.position(), chain.hash()};
    return Copied{.database = std::move(*target),
                  .epochs = std::move(*epochs),
                  .head = head,
                  .bad = damaged ? std::optional(copied.error()) : std::nullopt};
}

}  // namespace lifeline::journal
