#include "app/books_again.h"

#include <filesystem>
#include <utility>

namespace lifeline::app {

void BooksAgain::due(journal::Done<Due> done) {
    waiting_.push_back(std::move(done));
    if (view_) return;
    clear();
    view_ = std::make_unique<billing::Billing>(home_, worker_, journal_);
    view_->start(path_, [this, alive = alive_](const Status& read) {
        if (!*alive) return;
        if (!read) return finish(fail(read.error()));
        view_->due(due_at_once, home_, [this, alive](const Result<Due>& due) {
            if (*alive) finish(due);
        });
    });
}

// The view is asked no more, but it is in the middle of telling: it goes after that.
void BooksAgain::finish(const Result<Due>& due) {
    home_.post([this, alive = alive_, view = std::shared_ptr(std::move(view_))]() mutable {
        view.reset();
        if (*alive && !view_) clear();
    });
    for (auto& done : std::exchange(waiting_, {})) done(due);
}

void BooksAgain::clear() {
    worker_.submit([path = path_] {
        std::error_code ignored;
        for (const char* suffix : {"", "-wal", "-shm"})
            std::filesystem::remove(path + suffix, ignored);
    });
}

}  // namespace lifeline::app
