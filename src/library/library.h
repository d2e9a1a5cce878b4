#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "contract/event.h"
#include "journal/journal.h"
#include "journal/view.h"
#include "library/library_store.h"

namespace lifeline::library {

// Which documents there are, whose, and with whom each is shared: a fold of the whole journal, kept
// in library.db with its cursor, disposable. What a document says, and who may see it, is for the
// document to say. Lives on its loop; may be asked from any.
class Library {
public:
    Library(Loop& home, Worker& worker, journal::Journal& journal);

    // Opens the view and brings it up to the journal's head.
    void start(std::string path, journal::Done<void> ready) {
        view_.start(std::move(path), std::move(ready));
    }
    // Something was appended. From any thread.
    void poke() { view_.poke(); }
    // Nothing that was erased before is in its files any more.
    void settle(journal::Settle how, Loop& from, journal::Done<void> done) {
        view_.settle(how, from, std::move(done));
    }

    void list(LibraryQuery query, Loop& from, journal::Done<std::vector<LibraryRow>> done);
    void shared_with(std::vector<std::string> session_ids, Loop& from,
                     journal::Done<std::vector<std::string>> done);

private:
    using View = journal::View<LibraryStore>;
    View::Change read(const std::vector<journal::JournalEvent>& events);

    contract::EventChecker checker_;
    View view_;
};

}  // namespace lifeline::library
