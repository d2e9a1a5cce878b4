#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "journal/journal.h"
#include "journal/view_front.h"
#include "library/library_store.h"

namespace lifeline::library {

// Which documents there are, whose, and with whom each is shared: a fold of the whole journal, kept
// in library.db with its cursor, disposable. What a document says, and who may see it, is for the
// document to say.
class Library : public journal::ViewFront<LibraryStore> {
public:
    using ViewFront::ViewFront;

    void list(LibraryQuery query, Loop& from, journal::Done<std::vector<LibraryRow>> done);
    void shared_with(std::vector<std::string> session_ids, Loop& from,
                     journal::Done<std::vector<std::string>> done);

private:
    View::Change read(const std::vector<journal::JournalEvent>& events) override;
};

}  // namespace lifeline::library
