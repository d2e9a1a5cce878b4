#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/loop.h"
#include "base/result.h"
#include "contract/event.h"
#include "journal/follower.h"
#include "journal/journal.h"
#include "library/library_store.h"

namespace lifeline::library {

// Which documents there are, whose, and with whom each is shared: a fold of the whole journal, kept
// in library.db with its cursor, disposable. A moment behind the journal by nature; what a document
// says, and who may see it, is for the document to say. Lives on its loop; may be asked from any.
class Library {
public:
    Library(Loop& home, Worker& worker, journal::Journal& journal);
    ~Library();
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;

    // Opens the view and brings it up to the journal's head.
    void start(std::string path, journal::Done<void> ready);
    // Something was appended. From any thread.
    void poke();

    void list(LibraryQuery query, Loop& from, journal::Done<std::vector<LibraryRow>> done);
    void shared_with(std::vector<std::string> session_ids, Loop& from,
                     journal::Done<std::vector<std::string>> done);

private:
    void take(std::vector<journal::JournalEvent> events, journal::Follower::Taken taken);
    template <class T, class Ask>
    void ask(Loop& from, journal::Done<T> done, Ask question);

    Loop& home_;
    Worker& worker_;
    journal::Journal& journal_;
    contract::EventChecker checker_;
    std::shared_ptr<LibraryStore> store_;  // Touched only by the worker's jobs, once opened.
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    journal::Follower follower_;
};

}  // namespace lifeline::library
