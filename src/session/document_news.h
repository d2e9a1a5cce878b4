#pragma once

#include <memory>
#include <vector>

#include "session/documents.h"
#include "session/sessions.h"

namespace lifeline::session {

// Tells calls of the documents that are shared with them: of each newest revision, one at a time
// for each call, so that a busy document costs a call one append after the other and not one for
// every edit. What a crash lost is told when the document is opened again; a call knows what it was
// told, so saying it twice is nothing. One for every loop that has documents; outlives none of
// them.
class DocumentNews {
public:
    DocumentNews(Documents& documents, Sessions& sessions);
    ~DocumentNews();
    DocumentNews(const DocumentNews&) = delete;
    DocumentNews& operator=(const DocumentNews&) = delete;

    class Desk;

private:
    std::vector<std::shared_ptr<Desk>> desks_;
};

}  // namespace lifeline::session
