#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "journal/view_file.h"

namespace lifeline::library {

struct LibraryRow {
    std::string document_id;
    std::string kind;
    std::string title;
    std::string owner_id;
    std::string account_id;
    std::string created_at;
    std::uint64_t rev = 0;
    std::uint64_t position = 0;  // Of document.created: the order of the list, and its cursor.
};

struct LibraryQuery {
    std::string account_id;  // Documents of this account; empty for all.
    std::string user_id;     // Only those that are theirs, or shared with them; empty for all.
    std::string kind;        // Only of this kind; empty for any.
    std::uint64_t before = UINT64_MAX;  // The list goes from the newest to the oldest.
    std::size_t limit = 50;
};

// What one event says about the library.
struct LibraryChange {
    enum class Kind { created, edited, shared, unshared };
    Kind kind = Kind::created;
    LibraryRow row;    // created: all of it; edited: document_id and rev; else document_id.
    std::string with;  // shared, unshared: a user or a call
};

// The tables. Blocks; used by one thread at a time.
class LibraryStore {
public:
    static Result<LibraryStore> open(const std::string& path, const journal::ViewSource& source);

    Result<std::uint64_t> cursor() { return view_.cursor(); }
    Status settle(journal::Settle how) { return view_.settle(how); }
    // All that is known of this stream: it is about to be read again.
    Status forget(const std::string& stream);
    Status apply(const std::vector<LibraryChange>& changes, std::uint64_t cursor);
    Result<std::vector<LibraryRow>> list(const LibraryQuery& query);
    // Which documents are shared with any of these calls, each once.
    Result<std::vector<std::string>> shared_with(const std::vector<std::string>& session_ids);

private:
    explicit LibraryStore(journal::ViewFile view) : view_(std::move(view)) {}
    Status apply_one(const LibraryChange& change);

    journal::ViewFile view_;
};

}  // namespace lifeline::library
