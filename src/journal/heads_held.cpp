#include <fmt/format.h>

#include "journal/heads.h"
#include "journal/journal_file.h"
#include "journal/mark.h"

namespace lifeline::journal {

namespace {

constexpr std::size_t problems_max = 50;

// Empty where the journal has it.
Result<std::string> what_differs(sql::Database& database, const std::vector<Epoch>& epochs,
                                 std::uint64_t end, const HeadMark& head) {
    const auto same_epoch = [&head](const Epoch& epoch) { return epoch.id() == head.epoch; };
    if (std::ranges::none_of(epochs, same_epoch)) return "this journal knows no such epoch";
    if (head.position == 0) return "";
    if (head.position > end)
        return fmt::format("this journal ends at position {}: what came after is missing", end);
    const auto row = row_at_or_before(database, head.position);
    if (!row) return fail(row.error());
    if (!*row || (*row)->last_position != head.position) return "no row ends there";
    if (epoch_of(epochs, (*row)->first_position).id() != head.epoch)
        return "what this journal has there belongs to another epoch";
    if ((*row)->hash != head.hash) return "the row there has another hash";
    return "";
}

}  // namespace

Result<HeadMark> marked_head(const Folder& folder) {
    const auto key = FolderKey::open(folder);
    if (!key) return fail(key.error());
    const auto mark = MarkFile::open(folder, *key);
    if (!mark) return fail(mark.error());
    HeadMark head = mark->newest();
    auto database = open_journal_file(folder, {.access = sql::Access::read});
    if (!database) return fail(database.error());
    const auto epochs = load_epochs(*database);
    if (!epochs) return fail(epochs.error());
    const auto row = row_at_or_before(*database, head.position);
    if (!row) return fail(row.error());
    // The mark says the journal's last epoch, which may begin behind its last row.
    if (*row) head.epoch = epoch_of(*epochs, (*row)->first_position).id();
    return head;
}

Result<HeadsHeld> hold_heads(const Folder& folder, std::span<const SignedHead> heads) {
    auto database = open_journal_file(folder, {.access = sql::Access::read});
    if (!database) return fail(database.error());
    const auto epochs = load_epochs(*database);
    if (!epochs) return fail(epochs.error());
    const auto last = last_row(*database);
    if (!last) return fail(last.error());
    HeadsHeld found;
    for (const SignedHead& head : heads) {
        const auto differs = what_differs(*database, *epochs, last->last_position, head.head);
        if (!differs) return fail(differs.error());
        if (differs->empty())
            ++found.held;
        else if (found.problems.size() < problems_max)
            found.problems.push_back({Code::corrupt,
                                      "checkpoint_differs",
                                      describe(head) + " is not this journal's: " + *differs,
                                      {}});
    }
    return found;
}

}  // namespace lifeline::journal
