#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/loop.h"
#include "billing/billing.h"
#include "journal/journal.h"

namespace lifeline::app {

// What the journal, read once more from its beginning, says is to be charged and is not written:
// folded into a view of its own that is thrown away. Whatever happened to the view that is in use,
// these are the charges it would have had. Lives on `home`; one reading at a time, and who asks
// meanwhile hears the same.
class BooksAgain {
public:
    using Due = std::vector<billing::DueEntry>;
    // So many of them are told, the oldest; the others with a later reading.
    static constexpr std::size_t due_at_once = 100'000;

    // `path` is nobody else's, and nothing stays there.
    BooksAgain(Loop& home, Worker& worker, journal::Journal& journal, std::string path)
        : home_(home), worker_(worker), journal_(journal), path_(std::move(path)) {
        clear();  // What a crash left.
    }
    ~BooksAgain() { *alive_ = false; }
    BooksAgain(const BooksAgain&) = delete;
    BooksAgain& operator=(const BooksAgain&) = delete;

    void due(journal::Done<Due> done);

private:
    void finish(const Result<Due>& due);
    void clear();

    Loop& home_;
    Worker& worker_;
    journal::Journal& journal_;
    std::string path_;
    std::unique_ptr<billing::Billing> view_;
    std::vector<journal::Done<Due>> waiting_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::app
