#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "document/value.h"
#include "search/change.h"
#include "search/part.h"
#include "sql/database.h"

namespace lifeline::search {

// What documents say, for one chunk of events: each is read once, changed in memory, and indexed
// once by what it says in the end, however often it was edited in between.
class Documents {
public:
    Documents(sql::Database& database, Desk& desk) : database_(database), desk_(desk) {}

    Status take(const std::string& document_id, const Place& place, const DocumentMade& made);
    Status take(const std::string& document_id, const Place& place, const DocumentEdited& edited);
    // Whatever is left to be written.
    Status finish();

private:
    struct Draft {
        Place place;
        std::string title;
        std::string owner_id;
        std::string at = {};
        std::uint64_t seq = 0;
        document::Value content = {};
        bool lost = false;  // Its events do not make a document any more.
    };
    // Null where there is no such document.
    Result<Draft*> draft_of(const std::string& document_id, const Place& place);
    Status write(const std::string& document_id, Draft& draft);

    sql::Database& database_;
    Desk& desk_;
    std::map<std::string, Draft> drafts_;
};

}  // namespace lifeline::search
