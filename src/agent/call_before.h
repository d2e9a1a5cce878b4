#pragma once

#include <functional>
#include <string>
#include <vector>

#include "agent/conversation.h"
#include "agent/driver.h"
#include "session/feed.h"
#include "session/sessions.h"

namespace lifeline::agent {

// Reads the whole of a call that is over, for the one that continues it: its last messages, as
// this agent saw them. Lives on its loop.
class CallBefore final : session::FeedReader {
public:
    // May destroy it. Nothing where the call before cannot be read.
    using Done = std::move_only_function<void(std::vector<Message>)>;

    CallBefore(Loop& loop, session::Sessions& sessions, const std::string& session_id,
               const std::string& agent_id, Done done);

private:
    void take(std::vector<journal::StoredEvent> events) override;
    void caught_up(std::uint64_t head) override;
    void ended(const Error& error) override;
    void tell(std::vector<Message> messages);

    Conversation conversation_;
    contract::EventChecker checker_;
    Done done_;
    session::Feed feed_;
};

}  // namespace lifeline::agent
