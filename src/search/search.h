#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "journal/journal.h"
#include "journal/view_front.h"
#include "search/query.h"
#include "search/search_store.h"

namespace lifeline::search {

// What was said, asked for and written in documents, by its words: a fold of the whole journal,
// kept in search.db with its cursor, disposable.
class Search : public journal::ViewFront<SearchStore> {
public:
    using ViewFront::ViewFront;

    void find(Query query, Loop& from, journal::Done<std::vector<Found>> done);

private:
    View::Change read(const std::vector<journal::JournalEvent>& events) override;
};

}  // namespace lifeline::search
