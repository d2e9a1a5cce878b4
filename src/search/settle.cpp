#include <vector>

#include "search/search_store.h"

namespace lifeline::search {

Status SearchStore::settle(journal::Settle how) {
    std::vector<std::int64_t> numbers;
    {
        auto select = view_.database().prepare("select id from parts");
        if (!select) return fail(select.error());
        for (;;) {
            const auto more = select->step();
            if (!more) return fail(more.error());
            if (!*more) break;
            const std::int64_t number = select->integer(0);
            if (desk_->all_unsettled || desk_->unsettled.contains(number))
                numbers.push_back(number);
        }
    }
    for (const std::int64_t number : numbers)
        if (const auto merged = Part(view_.database(), *desk_, number).settle(); !merged)
            return merged;
    desk_->all_unsettled = false;
    desk_->unsettled.clear();
    return view_.settle(how);
}

}  // namespace lifeline::search
