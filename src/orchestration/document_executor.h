#pragma once

#include <memory>
#include <string_view>

#include "base/loop.h"
#include "contract/event.h"
#include "journal/journal.h"
#include "orchestration/executor.h"
#include "session/documents.h"
#include "session/sessions.h"

namespace lifeline::orchestration {

// The tools `document.create`, `document.edit` and `document.read`: what an agent writes enters
// documents by the same door as what people do, in the agent's name and with its rights in the
// call; what it reads is what it may read there. The document's id and the edit's are derived from
// call and action, so that a claim that is executed again after a crash makes one document and one
// edit.
class DocumentExecutor final : public Executor {
public:
    DocumentExecutor(Loop& loop, session::Sessions& sessions, session::Documents& documents,
                     journal::Journal& journal)
        : loop_(loop), sessions_(sessions), documents_(documents), journal_(journal) {}
    ~DocumentExecutor() override { *alive_ = false; }

    void execute(Job job, Done done) override;
    // It is a matter of one append.
    void call_off(std::string_view, std::string_view) override {}

private:
    struct Origin;  // In which call, in whose name.
    void create(const Job& job, const Origin& origin, Done done);
    void edit(const Job& job, const Origin& origin, Done done);
    void read(const Job& job, const Origin& origin, Done done);
    void edited(const std::string& document_id, std::uint64_t request_seq, Done done);

    Loop& loop_;
    session::Sessions& sessions_;
    session::Documents& documents_;
    journal::Journal& journal_;
    contract::EventChecker checker_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::orchestration
