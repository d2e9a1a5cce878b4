#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sql/database.h"

namespace lifeline::journal {

// What a view's tables are. The version is raised when they, or what is folded into them, change.
struct ViewForm {
    std::string_view tables;
    std::int64_t version = 1;
};

// The history that a view is folded from, and how far that has come.
struct ViewSource {
    std::string epoch;
    std::uint64_t head = 0;
};

// How thoroughly a view's files are rid of what was deleted in them.
enum class Settle {
    log,   // What is deleted is overwritten where it stood; the log is emptied.
    file,  // The file is written anew as well: no page has anything of an earlier time.
};

// The database of a view that is folded from the whole journal, with its cursor. Disposable: what
// is missing, unreadable, of another version or epoch, or ahead of its journal is made anew, since
// its cursor would mean something else. Blocks; used by one thread at a time.
class ViewFile {
public:
    static Result<ViewFile> open(const std::string& path, const ViewForm& form,
                                 const ViewSource& source);

    // As it lies there, only to be read, also beside the server that folds it; it may be behind its
    // journal. Refused where it is of another version (not_ready): the next start makes it anew.
    static Result<ViewFile> look(const std::string& path, const ViewForm& form);

    Result<std::uint64_t> cursor();
    // What `change` does, and the new cursor, in one transaction: a crash neither skips nor
    // doubles.
    Status move(std::uint64_t cursor, const std::function<Status(sql::Database&)>& change);
    Status settle(Settle how);
    sql::Database& database() { return database_; }

private:
    explicit ViewFile(sql::Database database) : database_(std::move(database)) {}
    static Result<ViewFile> open_existing(const std::string& path, const ViewForm& form,
                                          const ViewSource& source);
    static Result<ViewFile> create(const std::string& path, const ViewForm& form,
                                   const ViewSource& source);

    sql::Database database_;
};

}  // namespace lifeline::journal
